package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"bpnt/ledger/localpg/pgtest"
	"bpnt/loadtest"
)

// TestFaultyNetwork between a gateway and who speaks to it: the load test's own, and the one that stands alone.
func TestFaultyNetwork(t *testing.T) {
	needPostgres(t)
	dir := pgtest.Folder(t)
	defer startDemo(t, dir)()
	p, err := loadProfile(filepath.Join(dir, "edc.json"))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("loadtest", func(t *testing.T) { loadThroughFaults(t, dir, p.Addr) })
	t.Run("proxy", func(t *testing.T) { buyThroughProxy(t, dir, p.Addr) })
}

// loadThroughFaults: over a network that does everything far too often the books are right all the same, over shared lines
// and over a connection each, and the report says what was done to whom.
func loadThroughFaults(t *testing.T, dir, addr string) {
	const spec = "rough,cut=0.05,drop=0.05,duplicate=0.1:3,reorder=0.05:50ms,stall=0.05:200ms,half-open=0.01:300ms," +
		"slow=0.01:50ms"
	ways := []string{"2", "0"}
	if testing.Short() {
		ways = ways[:1]
	}
	for _, lines := range ways {
		args := []string{
			"loadtest", "--addr", addr, "--data-dir", dir, "--families", "300", "--outlets", "5", "--no-probe",
			"--workload", "realistic", "--duration", "1500ms", "--warmup", "0s", "--timeout", "300ms",
			"--faults", spec, "--fault-seed", "7", "--lines", lines, "--prove",
		}
		r := bpnt(t, "", append(args, "--json")...)
		var got struct {
			loadtest.Report
			Proof *proof `json:"proof"`
		}
		if err := json.Unmarshal([]byte(r.out), &got); err != nil || r.status != 0 {
			t.Fatalf("status %d, %v:\n%s%s", r.status, err, r.out, r.err)
		}
		if got.Proof.LedgerDebitsIDR != got.Proof.TerminalsDebitsIDR || got.Redemptions == 0 || len(got.Unresolved) > 0 {
			t.Errorf("proof %+v, %d redemptions", got.Proof, got.Redemptions)
		}
		f := got.Faults
		if f == nil || f.Seed != 7 || f.Injected["cut"] == 0 || f.Injected["split"] == 0 || len(f.Injected) != 11 {
			t.Fatalf("faults %+v", f)
		}
		if got.Broken == 0 {
			t.Error("no connection broke")
		}
	}
}

// TestBadFaults: a mistake in a plan is told in a sentence, before anything is done.
func TestBadFaults(t *testing.T) {
	r := bpnt(t, "", "loadtest", "--addr", "127.0.0.1:1", "--families", "20", "--outlets", "5", "--faults", "none", "--no-probe")
	if r.status != statusTrouble || !strings.Contains(r.err, "nobody listens at 127.0.0.1:1") {
		t.Errorf("no gateway: status %d\n%s", r.status, r.err)
	}
	for args, says := range map[string]string{
		"loadtest --faults smooth":                                      `"smooth" is no plan of faults: give none, mobile, rough`,
		"loadtest --faults cut=2":                                       "cut: the share must be 0 to 1",
		"loadtest --faults stal=0.1":                                    `there is no fault "stal"`,
		"loadtest proxy":                                                "--to",
		"loadtest proxy --to nowhere":                                   `the host's address "nowhere" must be host:port`,
		"loadtest proxy --to 127.0.0.1:1 --faults drop=0.1:7":           "drop has no time and no number",
		"loadtest proxy --to 127.0.0.1:1 --listen 127.0.0.1:99999":      "listen for terminals",
		"loadtest proxy --to 127.0.0.1:1 --framing morse":               "--framing",
		"loadtest proxy --to 127.0.0.1:1 --faults cut=0.6,duplicate=.6": "more than 1 together",
	} {
		r := bpnt(t, "", strings.Fields(args)...)
		if r.status != statusUsage || !strings.Contains(r.err, says) || strings.Contains(r.err, "goroutine") {
			t.Errorf("%s: status %d, want %q in\n%s", args, r.status, says, r.err)
		}
	}
}
