package loadtest

import (
	"fmt"
	"strings"
)

// Table is what a search or a comparison found beside a run. The first column stands on the left, figures on the right.
type Table struct {
	Title, Note string
	Head        []string
	Rows        [][]string
}

func (p *Report) latencyTable() Table {
	t := Table{
		Title: "Latency", Head: append(append([]string{"ms"}, quantileNames...), "count"),
		Note: "Open loop: from the time at which a family should have been served. A message without answer counts until the terminal gave up.",
	}
	t.Rows = append(t.Rows, quantileCells("purchase", p.Latency))
	if b := p.Bare; b != nil {
		t.Rows = append(t.Rows, quantileCells("bare commit of one row", b.Latency), b.ratioCells())
	}
	for _, name := range sortedKeys(p.Others) {
		if p.Others[name].Count > 0 {
			t.Rows = append(t.Rows, quantileCells(name, p.Others[name]))
		}
	}
	t.Rows = append(t.Rows, quantileCells("generator's lag", p.Lag))
	return t
}

func quantileCells(name string, q Quantiles) []string {
	cells := []string{name}
	for _, v := range q.figures() {
		cells = append(cells, fmt.Sprintf("%.2f", v))
	}
	return append(cells, grouped(float64(q.Count)))
}

func (b *BareCommit) ratioCells() []string {
	cells := []string{"purchase / bare commit"}
	for _, key := range quantileKeys {
		cells = append(cells, fmt.Sprintf("%.1f x", b.Ratios[key]))
	}
	return append(cells, "")
}

func (p *Report) outcomeTable() Table {
	t := Table{Title: "Outcomes", Note: "Of the whole run, warm-up included.", Head: []string{"outcome", "messages", "share of purchases"}}
	var purchases int64
	for name, n := range p.Outcomes {
		if ofPurchase(name) {
			purchases += n
		}
	}
	for _, name := range sortedKeys(p.Outcomes) {
		share := ""
		if ofPurchase(name) && purchases > 0 {
			share = fmt.Sprintf("%.3f %%", 100*float64(p.Outcomes[name])/float64(purchases))
		}
		t.Rows = append(t.Rows, []string{strings.ReplaceAll(name, "_", " "), grouped(float64(p.Outcomes[name])), share})
	}
	return t
}

// ofPurchase tells the outcomes that are purchases' answers from those that count other things.
func ofPurchase(name string) bool {
	return name != "reversed" && name != "batches_closed" && name != "no_answer" && !strings.HasPrefix(name, "void_")
}

func (p *Report) wireTable() Table {
	rows := [][]string{}
	for _, r := range []struct {
		name string
		n    int64
	}{
		{"terminals", int64(p.Terminals)},
		{"connections made", p.Connects},
		{"connections broken under a message", p.Broken},
		{"timeouts", p.Timeouts},
		{"answers late", p.Late},
		{"answers duplicate", p.Duplicate},
		{"answers unmatched", p.Unmatched},
		{"answers undecodable", p.Undecodable},
		{"answers altered", p.Altered},
		{"families unserved", p.Unserved},
		{"purchases unresolved", int64(len(p.Unresolved))},
	} {
		rows = append(rows, []string{r.name, grouped(float64(r.n))})
	}
	return Table{Title: "On the wire", Note: "An answer belongs to a question by " + MatchKey + ".", Head: []string{"", "count"}, Rows: rows}
}
