package chaos

import (
	"strings"
	"testing"
	"time"
)

func sample() *Report {
	r := newReport(Config{Seed: 7, Duration: 10 * time.Second}, []Nemesis{{Name: "kill"}, {Name: "freeze"}})
	r.Nemeses[0].Injected, r.Nemeses[1].Injected = 3, 4
	r.Proxy = []Count{{Name: "cut", Injected: 50}}
	r.Fact(FigureApproved, 1200, "")
	r.Fact(FigureUnknown, 9, "")
	r.ApprovedAfter = 100
	return r
}

// TestFailed: a figure that must be 0 and is not fails the campaign, with its example; trouble does, too.
func TestFailed(t *testing.T) {
	r := sample()
	r.MustBeZero("lost", 0, "approved and not debited", "")
	if err := r.Failed(); err != nil {
		t.Fatal(err)
	}
	r.MustBeZero("doubled", 2, "debited twice", "JKT00001/000007")
	want := "doubled is 2 and must be 0 (debited twice): JKT00001/000007"
	if err := r.Failed(); err == nil || err.Error() != want || r.Wrong() != 2 {
		t.Errorf("%v, want %s", err, want)
	}
	r = sample()
	r.Trouble = []string{"the estate did not recover"}
	if err := r.Failed(); err == nil || !strings.Contains(err.Error(), "did not recover") || r.Wrong() != 0 {
		t.Errorf("%v", err)
	}
}

// TestSummary has a row for each campaign and their sums; a campaign that failed without a count is wrong all the same.
func TestSummary(t *testing.T) {
	bad := sample()
	bad.Seed, bad.ApprovedAfter = 8, 0
	table := Summary([]*Report{sample(), bad})
	want := [][]string{
		{"7", "7", "50", "1200", "0", "9", "0", "0.0", "0"},
		{"8", "7", "50", "1200", "0", "9", "0", "0.0", "1"},
		{"all", "14", "100", "2400", "0", "18", "0", "", "1"},
	}
	for i, row := range want {
		if got := strings.Join(table.Rows[i+1], " "); got != strings.Join(row, " ") {
			t.Errorf("row %d is %q, want %q", i, got, row)
		}
	}
	if len(table.Sides) != len(table.Rows[0]) {
		t.Errorf("%d columns, %d headings", len(table.Sides), len(table.Rows[0]))
	}
}

// TestTables: each row has as many cells as its table has columns, and what was left out is there with its reason.
func TestTables(t *testing.T) {
	r := sample()
	r.LeftOut = map[string]string{"clock": "no libfaketime"}
	r.MustBeZero("lost", 0, "approved and not debited", "")
	var all strings.Builder
	for _, table := range r.Tables() {
		for _, row := range table.Rows {
			if len(row) != len(table.Sides) {
				t.Errorf("%d cells in %d columns: %q", len(row), len(table.Sides), row)
			}
			all.WriteString(strings.Join(row, " ") + "\n")
		}
	}
	for _, line := range []string{"kill 3 0", "wire cut 50", "clock - - left out: no libfaketime", "lost 0 approved and not debited"} {
		if !strings.Contains(all.String(), line) {
			t.Errorf("no %q in\n%s", line, all.String())
		}
	}
	if h := r.Headline(); h != "seed 7: 7 faults in 8 s and 50 on the wire, then 2 s without; everything answered again after 0.0 s" {
		t.Error(h)
	}
}
