package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"bpnt/ledger"
	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
	"bpnt/loadtest"
	"bpnt/loadtest/chaos"
)

// chaosArgs are a campaign in a folder of the test's.
func chaosArgs(dir string, more ...string) []string {
	return append([]string{"loadtest", "chaos", "--dir", dir, "--json", "--families", "400", "--terminals", "16"}, more...)
}

// TestChaos plays one seed: gateway and Postgres are killed and sessions ended under load, over lines that fail.
// Everything that must be 0 is, faults did happen, and nothing is left behind. Without -short it is a minute of every
// fault.
func TestChaos(t *testing.T) {
	t.Parallel()
	needPostgres(t)
	dir := pgtest.Folder(t)
	args := []string{
		"--seed", "3", "--duration", "8s", "--gap", "400ms", "--only",
		"gateway-kill,postgres-kill,postgres-backend,session-end,wire-rough,wire-break,bucket-lock",
	}
	if !testing.Short() {
		args = []string{"--seed", "3", "--duration", "60s"}
	}
	r := bpnt(t, "", chaosArgs(dir, args...)...)
	var reports []chaos.Report
	if err := json.Unmarshal([]byte(r.out), &reports); err != nil || r.status != 0 || len(reports) != 1 {
		t.Fatalf("status %d, %v:\n%s%s", r.status, err, r.out, r.err)
	}
	got := &reports[0]
	for _, n := range got.Nemeses {
		if strings.Contains(n.Name, "kill") && n.Injected == 0 {
			t.Errorf("%s did not happen", n.Name)
		}
	}
	nemeses, wire := got.Faults()
	if nemeses < 7 || wire < 10 || got.Figure(chaos.FigureApproved) < 50 || got.Figure(chaos.FigureReversed) == 0 || got.Audits.Made < 1 {
		t.Errorf("%d faults, %d on the wire: %+v", nemeses, wire, got)
	}
	if got.Figure("gateways started") < 3 || got.Figure("Postgres started") < 2 || got.Figure("accounts ordered") < 20 {
		t.Errorf("the faults were not felt: %+v", got.Figures)
	}
	if len(got.Zeros) < 14 || got.Wrong() != 0 {
		t.Errorf("%+v", got.Zeros)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "bpnt-chaos-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestChaosFindsAHole takes a debit out of the books by hand while a campaign runs. The campaign must fail, name what
// is wrong and how to see it again, and keep the books.
func TestChaosFindsAHole(t *testing.T) {
	t.Parallel()
	needPostgres(t)
	dir := pgtest.Folder(t)
	cmd := command(t.Context(), chaosArgs(dir, "--seed", "9", "--duration", "4s", "--only", "checkpoint")...)
	var out, said strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	takeAPosting(t, dir)
	err := cmd.Wait()
	if cmd.ProcessState.ExitCode() != statusTrouble {
		t.Fatalf("%v: %s%s", err, out.String(), said.String())
	}
	for _, text := range []string{
		"invariants is ", "run it again with: bpnt loadtest chaos --seed 9 ", "are kept in " + dir,
	} {
		if !strings.Contains(said.String(), text) {
			t.Errorf("it does not say %q:\n%s", text, said.String())
		}
	}
	// Lost, or, where its outlet voided that very sale later, given back although nothing was there.
	if !regexp.MustCompile(`(lost|kept) is 1 and must be 0`).MatchString(said.String()) {
		t.Errorf("it does not miss the sale:\n%s", said.String())
	}
	var reports []chaos.Report
	if err := json.Unmarshal([]byte(out.String()), &reports); err != nil || reports[0].Wrong() == 0 {
		t.Errorf("%v: %s", err, out.String())
	}
	if books, _ := filepath.Glob(filepath.Join(dir, "bpnt-chaos-*", "postgres*", "data", "PG_VERSION")); len(books) != 1 {
		t.Errorf("the books are not there: %v", books)
	}
}

// takeAPosting waits for a redemption that a terminal has been told of, and takes it away as only the owner of a
// database can.
func takeAPosting(t *testing.T, dir string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if took(ctx, dir) {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Error("no redemption was found to take away")
			return
		}
	}
}

func took(ctx context.Context, dir string) bool {
	folders, _ := filepath.Glob(filepath.Join(dir, "bpnt-chaos-*", "postgres", "data", "postmaster.pid"))
	if len(folders) != 1 {
		return false
	}
	server, err := localpg.Start(ctx, localpg.Config{DataDir: filepath.Dir(filepath.Dir(folders[0]))})
	if err != nil {
		return false
	}
	out, err := server.Exec(ctx, databaseName, `set session_replication_role = replica;
		delete from bpnt.posting where (bucket, message) in (select bucket, id from bpnt.message m where class = 'R' and outcome = 1
			and at < now() - interval '1 second' and not exists (select from bpnt.message r where r.bucket = m.bucket
			and r.terminal = m.terminal and r.stan = m.stan and r.class <> 'R') order by at limit 1) returning 'gone'`)
	return err == nil && strings.Contains(out, "gone")
}

// TestCompareSales walks through what a terminal may believe and what the books may have.
func TestCompareSales(t *testing.T) {
	j := ledger.NewJakarta(1)
	sale := func(fate loadtest.Fate) loadtest.Sale {
		return loadtest.Sale{TID: "JKT00001", STAN: 7, Family: 3, Amount: 10_000, Fate: fate}
	}
	debit := func(amount int64) ledger.Debit {
		return ledger.Debit{TID: "JKT00001", STAN: 7, Family: j.FamilyID(3), AmountIDR: amount}
	}
	other := debit(10_000)
	other.Family++
	for _, tt := range []struct {
		name                         string
		sales                        []loadtest.Sale
		debits                       []ledger.Debit
		lost, doubled, kept, charged int64
	}{
		{name: "approved and debited", sales: []loadtest.Sale{sale(loadtest.FateApproved)}, debits: []ledger.Debit{debit(10_000)}},
		{name: "approved, nothing there", sales: []loadtest.Sale{sale(loadtest.FateApproved)}, lost: 1},
		{name: "approved, taken back", sales: []loadtest.Sale{sale(loadtest.FateApproved)}, debits: []ledger.Debit{debit(0)}, lost: 1},
		{name: "approved, half of it", sales: []loadtest.Sale{sale(loadtest.FateApproved)}, debits: []ledger.Debit{debit(5_000)}, lost: 1},
		{name: "approved, another family", sales: []loadtest.Sale{sale(loadtest.FateApproved)}, debits: []ledger.Debit{other}, lost: 1},
		{name: "debited twice", sales: []loadtest.Sale{sale(loadtest.FateApproved)}, debits: []ledger.Debit{debit(10_000), debit(10_000)}, doubled: 1},
		{name: "debited too much", sales: []loadtest.Sale{sale(loadtest.FateApproved)}, debits: []ledger.Debit{debit(20_000)}, doubled: 1},
		{name: "reversed", sales: []loadtest.Sale{sale(loadtest.FateReversed)}, debits: []ledger.Debit{debit(0)}},
		{name: "reversed, still there", sales: []loadtest.Sale{sale(loadtest.FateReversed)}, debits: []ledger.Debit{debit(10_000)}, kept: 1},
		{name: "voided, still there", sales: []loadtest.Sale{sale(loadtest.FateVoided)}, debits: []ledger.Debit{debit(10_000)}, kept: 1},
		{name: "open, there", sales: []loadtest.Sale{sale(loadtest.FateOpen)}, debits: []ledger.Debit{debit(10_000)}},
		{name: "open, not there", sales: []loadtest.Sale{sale(loadtest.FateOpen)}},
		{name: "declined, debited", debits: []ledger.Debit{debit(10_000)}, charged: 1},
		{name: "given back too much", debits: []ledger.Debit{debit(-500)}, charged: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := compareSales(j, slices.Values(tt.sales), tt.debits)
			got := [4]int64{f.lost.n, f.doubled.n, f.kept.n, f.charged.n}
			if got != [4]int64{tt.lost, tt.doubled, tt.kept, tt.charged} {
				t.Errorf("lost, doubled, kept, charged %v", got)
			}
			var r chaos.Report
			f.into(&r)
			if r.ApprovedAfter = 1; (r.Failed() == nil) != (got == [4]int64{}) {
				t.Errorf("%v: %v", got, r.Failed())
			}
		})
	}
}

// TestCrashesAreSeen: what the runtime writes when a gateway breaks is found in its log, though another life followed.
func TestCrashesAreSeen(t *testing.T) {
	log, err := os.Create(filepath.Join(t.TempDir(), "gateway.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	w := &chaosWorld{gateways: []*chaosGateway{{log: log}}}
	for n, line := range []string{
		"fatal error: concurrent map writes", "panic: runtime error: index out of range [1] with length 1", "WARNING: DATA RACE",
		"level=ERROR msg=\"panic while serving a connection\"", "runtime: out of memory\nfatal error: out of memory",
	} {
		if _, err := log.WriteString("level=WARN msg=\"a batch was not posted\"\n" + line + "\n"); err != nil {
			t.Fatal(err)
		}
		if seen, _ := w.panics(); seen != int64(n+1) {
			t.Errorf("%d seen after %q", seen, line)
		}
	}
}

// TestHungGatewayIsSeen: one that does not obey is killed, and counted.
func TestHungGatewayIsSeen(t *testing.T) {
	if testing.Short() {
		t.Skip("short: waits for as long as a drain may take")
	}
	log, err := os.Create(filepath.Join(t.TempDir(), "gateway.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	g := &chaosGateway{log: log, program: "/bin/sh", args: []string{"-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"}}
	if err := g.run(); err != nil {
		t.Fatal(err)
	}
	for said := false; !said; { // until the trap is set
		text, err := os.ReadFile(log.Name())
		if err != nil {
			t.Fatal(err)
		}
		said = len(text) > 0
	}
	if err := g.hold(syscall.SIGTERM); err == nil || g.hung.Load() != 1 {
		t.Errorf("%d hung: %v", g.hung.Load(), err)
	}
}

// TestCountersOutliveTheirGateway: what a gateway had counted when it was last seen is not lost with it.
func TestCountersOutliveTheirGateway(t *testing.T) {
	c := newGatewayCounters("")
	c.last = metrics{`a_total{how="x"}`: 3, `a_total{how="y"}`: 4, "ab_total": 9}
	c.died()
	c.died() // it had not been read since
	c.last = metrics{`a_total{how="x"}`: 5}
	if c.sum("a_total") != 12 || c.sum(`a_total{how="x"}`) != 8 || c.now("a_total") != 5 || c.sum("b") != 0 {
		t.Errorf("%d, %d, %d", c.sum("a_total"), c.sum(`a_total{how="x"}`), c.now("a_total"))
	}
}

// TestLater counts months.
func TestLater(t *testing.T) {
	for _, tt := range []struct {
		from, want int32
		months     int
	}{{202611, 202612, 1}, {202611, 202701, 2}, {202611, 202611, 0}, {202611, 202512, -11}, {202601, 202512, -1}, {202611, 202710, 11}} {
		if got := later(tt.from, tt.months); got != tt.want {
			t.Errorf("%d months after %d: %d, want %d", tt.months, tt.from, got, tt.want)
		}
	}
}

// TestChaosRefused: what cannot be played is said at once, and nothing is made.
func TestChaosRefused(t *testing.T) {
	for _, tt := range []struct{ says, args string }{
		{"there is no such fault; there are disk-full, clock-jump", "--only nothing"},
		{"the duration must be longer than zero", "--duration 0s"},
		{"the gap between faults must be longer", "--gap 0s"},
		{"--seeds must be at least 1", "--seeds 0"},
		{"as many as --terminals", "--families 3"},
		{"--timeout must be at least 1s", "--timeout 10ms"},
		{"no such folder", "--report /nowhere/chaos.json"},
		{"--dir names another place", "--dir /nowhere"},
	} {
		dir := t.TempDir()
		cmd := command(t.Context(), append([]string{"loadtest", "chaos"}, strings.Fields(tt.args)...)...)
		cmd.Env = append(cmd.Env, "TMPDIR="+dir)
		out, _ := cmd.CombinedOutput()
		made, err := os.ReadDir(dir)
		if cmd.ProcessState.ExitCode() != statusUsage || !strings.Contains(string(out), tt.says) || err != nil || len(made) > 0 {
			t.Errorf("%s: status %d, should say %q, made %v: %s", tt.args, cmd.ProcessState.ExitCode(), tt.says, made, out)
		}
	}
}
