package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bpnt/ledger/localpg/pgtest"
)

// TestBaselines measures everything for a moment at the smallest size: every row is there in every round, ratios are to
// pgbench of the same round, medians are of the rounds, and the books are the terminals'.
func TestBaselines(t *testing.T) {
	needPostgres(t)
	rounds := "2"
	if testing.Short() {
		rounds = "1"
	}
	dir, page := pgtest.Folder(t), filepath.Join(t.TempDir(), "page.html")
	t.Setenv("TMPDIR", dir)
	r := bpnt(t, "", "loadtest", "baselines", "--rounds", rounds, "--duration", "300ms", "--families", "2000", "--outlets", "5",
		"--terminals", "20", "--lines", "4", "--set", "autovacuum=off", "--json", "--report", page)
	var got baselineResult
	if err := json.Unmarshal([]byte(r.out), &got); err != nil || r.status != 0 {
		t.Fatalf("status %d, %v:\n%s%s", r.status, err, r.out, r.err)
	}
	var letters string
	for _, row := range got.Rows {
		letters += row.Letter
		if len(row.Rounds) != int(rounds[0]-'0') {
			t.Errorf("%s has %d rounds", row.Name, len(row.Rounds))
		}
		wantFigures(t, row, got.Rows[0])
	}
	if letters != "abcdddeeefghi" {
		t.Errorf("rows %s", letters)
	}
	if p := got.Proof; p.LedgerDebitsIDR != p.TerminalsDebitsIDR || p.LedgerDebitsIDR == 0 || p.Violations != 0 || p.Unresolved != 0 {
		t.Errorf("proof %+v", *got.Proof)
	}
	if !strings.Contains(got.Environment.Command, "--set autovacuum=off") || got.Environment.Postgres == "" {
		t.Errorf("environment %+v", got.Environment)
	}
	text, err := os.ReadFile(page)
	if err != nil || strings.Count(string(text), `class="bar"`) != len(got.Rows)-1 || !strings.Contains(string(text), "gateway with lanes") {
		t.Errorf("the page: %v\n%s", err, text)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// wantFigures checks a row's figures, whose ratios are to pgbench's row.
func wantFigures(t *testing.T, row, pgbench *baselineRow) {
	t.Helper()
	want := map[string][]figure{
		"a": {perSecond, walBytes}, "b": {perSecond, walBytes, roundTrips}, "c": {perSecond, walBytes, roundTrips},
		"d": {perSecond, walBytes, roundTrips}, "e": {perSecond, walBytes, roundTrips},
		"f": {perSecond, walBytes, roundTrips, p50, p99}, "g": {perSecond, walBytes, roundTrips, p50, p99},
		"h": {perSecond, walBytes, roundTrips, p50, p99}, "i": {oursNanos, stockNanos, codecRatio, oursAllocs, stockAllocs},
	}[row.Letter]
	for i, f := range row.Rounds {
		for _, name := range want {
			if f[name] <= 0 {
				t.Errorf("round %d of %s has no %s: %v", i+1, row.Name, name, f)
			}
		}
		ratio, ok := f[ratioToPgbench]
		if exact := f[perSecond] / pgbench.Rounds[i][perSecond]; ok != (row.Letter != "i") || ok && math.Abs(ratio-exact) > 1e-9 {
			t.Errorf("round %d of %s: ratio %v, want %v", i+1, row.Name, ratio, exact)
		}
	}
}

// TestFigures: what follows from other figures, and medians one by one.
func TestFigures(t *testing.T) {
	f := figures{perSecond: 12_000, gatewayCPU: 20, postgresCPU: 30}
	f.relate(4_000, 2)
	if f[ratioToPgbench] != 3 || f[withoutLoad] != 40_000 {
		t.Errorf("%v", f)
	}
	f = figures{perSecond: 12_000, postgresCPU: 30}
	f.relate(0, 2)
	if len(f) != 2 {
		t.Errorf("without pgbench and a gateway: %v", f)
	}
	r := &baselineResult{}
	for _, rate := range []float64{10, 40, 20, 30} {
		r.add("g", "gateway", figures{perSecond: rate, p99: 100 / rate})
	}
	r.conclude()
	if got := r.Rows[0]; len(r.Rows) != 1 || got.Median[perSecond] != 25 || math.Abs(got.Median[p99]-(5+10.0/3)/2) > 1e-9 || got.spread() != "10 to 40" {
		t.Errorf("%+v", got)
	}
	if rate, err := tps([]byte("latency average = 9 ms\ntps = 3456.789 (without initial connection time)\n")); err != nil || rate != 3456.789 {
		t.Errorf("tps %v, %v", rate, err)
	}
	if _, err := tps([]byte("nothing")); err == nil {
		t.Error("a rate was found in nothing")
	}
}

// TestBaselinesBadInput: a sentence that says what to do, before anything is started.
func TestBaselinesBadInput(t *testing.T) {
	for says, args := range map[string][]string{
		"--rounds must be at least 1":         {"--rounds", "0"},
		"--duration at least 100ms":           {"--duration", "1ms"},
		"--families must be at least 2000":    {"--families", "1999", "--outlets", "5"},
		"--only takes letters from a to i":    {"--only", "a,z"},
		"no such folder":                      {"--report", "no/such/folder/x.html"},
		"--terminals at least --lines":        {"--lines", "0"},
		"--terminals must be --outlets (253)": {"--terminals", "20"},
	} {
		r := bpnt(t, "", append([]string{"loadtest", "baselines"}, args...)...)
		if r.status != statusUsage || !strings.Contains(r.err, says) {
			t.Errorf("%v: status %d: %s", args, r.status, r.err)
		}
	}
}
