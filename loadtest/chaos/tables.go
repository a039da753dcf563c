package chaos

import (
	"fmt"
	"maps"
	"slices"
)

// Table is rows that stand in columns: the first row is the heading; sides has a letter for each column, l or r for the
// side on which it is flush.
type Table struct {
	Sides string
	Rows  [][]string
}

// Headline says in a line what was done.
func (r *Report) Headline() string {
	nemeses, proxy := r.Faults()
	if r.Interrupted {
		return fmt.Sprintf("seed %d: broken off after %.0f s; %d faults and %d on the wire until then",
			r.Seed, r.Seconds, nemeses, proxy)
	}
	return fmt.Sprintf("seed %d: %d faults in %.0f s and %d on the wire, then %.0f s without; "+
		"everything answered again after %.1f s", r.Seed, nemeses, r.SafetyS, proxy, r.DurationS-r.SafetyS, r.RecoveredS)
}

// Tables are the report for people.
func (r *Report) Tables() []Table {
	return []Table{r.faultTable(), r.figureTable(), r.zeroTable()}
}

func (r *Report) faultTable() Table {
	rows := [][]string{{"fault", "injected", "not done", ""}}
	for _, c := range r.Nemeses {
		rows = append(rows, []string{c.Name, number(c.Injected), number(c.Failed), c.Error})
	}
	for _, name := range slices.Sorted(maps.Keys(r.LeftOut)) {
		rows = append(rows, []string{name, "-", "-", "left out: " + r.LeftOut[name]})
	}
	for _, c := range r.Proxy {
		rows = append(rows, []string{"wire " + c.Name, number(c.Injected), "", ""})
	}
	return Table{"lrrl", rows}
}

func (r *Report) figureTable() Table {
	rows := [][]string{{"figure", "", ""}}
	for _, f := range r.Figures {
		rows = append(rows, []string{f.Name, number(f.Value), f.About})
	}
	a := r.Audits
	rows = append(rows, []string{
		"audits", number(int64(a.Made)),
		fmt.Sprintf("%d more found the database away; the longest took %.1f s", a.Away, a.LongestS),
	})
	return Table{"lrl", rows}
}

func (r *Report) zeroTable() Table {
	rows := [][]string{{"must be 0", "", ""}}
	for _, z := range r.Zeros {
		rows = append(rows, []string{z.Name, number(z.Count), z.About})
	}
	return Table{"lrl", rows}
}

// Summary has a row for each of several campaigns, and their sums.
func Summary(reports []*Report) Table {
	rows := [][]string{{
		"seed", "faults", "on the wire", "approved", "reversed", "unknown", "audits", "recovered s", "wrong",
	}}
	var sum [7]int64
	for _, r := range reports {
		nemeses, proxy := r.Faults()
		figures := [7]int64{
			nemeses, proxy, r.Figure(FigureApproved), r.Figure(FigureReversed), r.Figure(FigureUnknown),
			int64(r.Audits.Made), r.wrong(),
		}
		for i, v := range figures {
			sum[i] += v
		}
		rows = append(rows, summaryRow(number(int64(r.Seed)), figures, fmt.Sprintf("%.1f", r.RecoveredS)))
	}
	return Table{"lrrrrrrrr", append(rows, summaryRow("all", sum, ""))}
}

// wrong counts trouble besides what must be 0.
func (r *Report) wrong() int64 {
	if r.Failed() == nil {
		return 0
	}
	return max(1, r.Wrong())
}

func summaryRow(name string, f [7]int64, recovered string) []string {
	row := []string{name}
	for _, v := range f[:6] {
		row = append(row, number(v))
	}
	return append(row, recovered, number(f[6]))
}

// The figures that a summary shows, by name.
const (
	FigureApproved = "approved"
	FigureReversed = "reversals answered"
	FigureUnknown  = "unknown commits"
)

func number(n int64) string { return fmt.Sprint(n) }
