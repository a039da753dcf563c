package main

import (
	"encoding/json"
	"strings"
	"testing"

	"bpnt/ledger/localpg/pgtest"
)

// TestWorkloads plays every workload against a gateway and a ledger of its own: the books are proved to the rupiah, and
// what only that workload shows is there. The short form plays each once, for a moment.
func TestWorkloads(t *testing.T) {
	needPostgres(t)
	for _, tt := range []struct {
		workload string
		again    bool
		extra    []string
		shows    func(demoResult) bool
	}{
		{"spread", false, []string{"--lines", "2"}, func(r demoResult) bool { return r.Load.Connects == 2 && r.Load.Terminals == 6 }},
		{"realistic", false, []string{"--voids", "0.5", "--inquiries", "0.5"}, func(r demoResult) bool {
			return r.Outcomes["void_approved"] > 0 && r.Load.Others["inquiry"].Count > 0
		}},
		{"hot-outlet", false, nil, func(r demoResult) bool { return r.Outlets == 1 && r.Load.Terminals == 6 }},
		{"hot-outlet", true, []string{"--terminals", "20"}, func(r demoResult) bool { return r.Outlets == 6 && r.Load.Terminals == 4 }},
		{"duplicates", false, nil, func(r demoResult) bool { return r.Load.Copies.Same > 0 && r.Load.Copies.Otherwise == 0 }},
		{"drain", false, []string{"--amount", "500"}, func(r demoResult) bool {
			return r.Load.Drain.Emptied > 0 && r.Outcomes["insufficient_funds"] > 0
		}},
		{"the25th", false, nil, func(r demoResult) bool { return r.Load.Arrivals == "the25th, up to 2350 visits/s" }},
		{"month", false, nil, func(r demoResult) bool { return r.Load.Month.Families == 3000 && r.Load.Month.Minutes > 0 }},
		{"spread", true, []string{"--idle", "0.5", "--rate", "100", "--arrivals", "ramp"}, func(r demoResult) bool {
			return r.Load.OfferedPerS == 50
		}},
	} {
		t.Run(strings.Join(append([]string{tt.workload}, tt.extra...), " "), func(t *testing.T) {
			if testing.Short() && tt.again {
				t.Skip("played once already")
			}
			t.Parallel()
			args := []string{
				"demo", "--workload", tt.workload, "--families", "3000", "--outlets", "6", "--warmup", "0s", "--json",
				"--duration", shortOr("300ms", "2s"), "--data-dir", pgtest.Folder(t),
			}
			r := bpnt(t, "", append(args, tt.extra...)...)
			var got demoResult
			if err := json.Unmarshal([]byte(r.out), &got); err != nil || r.status != 0 {
				t.Fatalf("status %d, %v:\n%s%s", r.status, err, r.out, r.err)
			}
			if got.LedgerDebitsIDR != got.TerminalsDebitsIDR || got.LedgerDebitsIDR == 0 || got.Audit.Violations != 0 {
				t.Errorf("books Rp %d, terminals Rp %d, %d violations", got.LedgerDebitsIDR, got.TerminalsDebitsIDR, got.Audit.Violations)
			}
			if !tt.shows(got) {
				t.Errorf("the workload does not show: %s", r.out)
			}
		})
	}
}

func shortOr(short, long string) string {
	if testing.Short() {
		return short
	}
	return long
}
