package loadtest

import (
	"fmt"
	"io"
	"iter"
	"sort"
	"text/tabwriter"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"bpnt/iso"
)

// Quantiles are latencies in milliseconds.
type Quantiles struct {
	Count int64   `json:"count"`
	P50   float64 `json:"p50"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p999"`
	Max   float64 `json:"max"`
}

// Report is what a run found. Rates and latencies are of the measured time; counts and money are of the whole run.
type Report struct {
	Terminals   int     `json:"terminals"`
	Families    int     `json:"families"`
	OfferedPerS float64 `json:"offered_per_s"` // 0 for a closed loop
	MeasuredS   float64 `json:"measured_s"`

	Redemptions  int64   `json:"redemptions"` // approved, and neither reversed nor voided
	RatePerS     float64 `json:"rate_per_s"`  // approved purchases answered per second
	MessagesPerS float64 `json:"messages_per_s"`

	Latency  Quantiles            `json:"latency_ms"` // of purchases
	Others   map[string]Quantiles `json:"latency_ms_by_class"`
	Lag      Quantiles            `json:"generator_lag_ms"`
	Outcomes map[string]int64     `json:"outcomes"`

	Unserved    int64 `json:"unserved"`
	Timeouts    int64 `json:"timeouts"`
	Broken      int64 `json:"broken_connections"`
	Connects    int64 `json:"connects"`
	Late        int64 `json:"late_answers"`
	Duplicate   int64 `json:"duplicate_answers"`
	Unmatched   int64 `json:"unmatched_answers"`
	Undecodable int64 `json:"undecodable_answers"`
	Altered     int64 `json:"altered_answers"`

	TerminalsDebitsIDR int64  `json:"terminals_debits_idr"` // approved minus reversed and voided, whole rupiah
	Unresolved         []Sale `json:"unresolved"`           // may stand in the books either way

	Settlement *Settlement `json:"settlement,omitempty"` // nil where terminals do not settle

	terminals []*terminal
}

// Sales yields every purchase of the run that was approved, reversed or is open, terminal by terminal, so that each
// can be looked up in the books.
func (p *Report) Sales() iter.Seq[Sale] {
	return func(yield func(Sale) bool) {
		for _, t := range p.terminals {
			if !t.journal.sales(t.outlet, yield) {
				return
			}
		}
	}
}

// report reads the recorder and the journals after every terminal has stopped.
func (r *run) report() *Report {
	a := settle(r.terminals)
	rec := r.recorder
	seconds := later(rec.from, earlier(rec.until, r.ended)).Sub(rec.from).Seconds()
	p := &Report{
		Terminals: len(r.terminals), OfferedPerS: r.cfg.Rate, MeasuredS: seconds,
		Redemptions: a.approved, TerminalsDebitsIDR: a.debits, Unresolved: a.unresolved, terminals: r.terminals,
		RatePerS: perSecond(rec.approved, seconds), MessagesPerS: perSecond(rec.messages, seconds),
		Latency: quantiles(rec.latency[classPurchase]), Others: map[string]Quantiles{}, Lag: quantiles(rec.lag),
		Outcomes: rec.outcomes(),
	}
	for _, t := range r.terminals {
		p.Families += len(t.outlet.Cards)
	}
	for c := classInquiry; c < classes; c++ {
		p.Others[classNames[c]] = quantiles(rec.latency[c])
	}
	p.setCounts(rec.counts)
	if r.cfg.Settle {
		p.Settlement = r.settlement()
	}
	return p
}

func (p *Report) setCounts(n [counters]int64) {
	p.Unserved, p.Timeouts, p.Broken, p.Connects = n[countUnserved], n[countTimeouts], n[countBroken], n[countConnects]
	p.Late, p.Duplicate, p.Unmatched = n[countLate], n[countDuplicate], n[countUnmatched]
	p.Undecodable, p.Altered = n[countUndecodable], n[countAltered]
}

func perSecond(n int64, seconds float64) float64 {
	if seconds <= 0 {
		return 0
	}
	return float64(n) / seconds
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func quantiles(h *hdrhistogram.Histogram) Quantiles {
	ms := func(percent float64) float64 { return float64(h.ValueAtPercentile(percent)) / 1000 }
	return Quantiles{Count: h.TotalCount(), P50: ms(50), P95: ms(95), P99: ms(99), P999: ms(99.9), Max: float64(h.Max()) / 1000}
}

// WriteText prints the report as a table for people.
func (p *Report) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "redemptions\t%d in all, %s\nrate\t%.0f/s (%.0f messages/s) over the measured %.1f s\n",
		p.Redemptions, iso.Rupiah(p.TerminalsDebitsIDR), p.RatePerS, p.MessagesPerS, p.MeasuredS)
	fmt.Fprintf(t, "arrivals\t%s\n", p.arrivals())
	p.writeLatencies(t)
	for _, name := range sortedKeys(p.Outcomes) {
		fmt.Fprintf(t, "%s\t%d\n", name, p.Outcomes[name])
	}
	p.Settlement.write(t)
	fmt.Fprintf(t, "answers\t%d late, %d duplicate, %d unmatched, %d undecodable, %d altered\n",
		p.Late, p.Duplicate, p.Unmatched, p.Undecodable, p.Altered)
	fmt.Fprintf(t, "connections\t%d made, %d broken under a message, %d timeouts\n", p.Connects, p.Broken, p.Timeouts)
	fmt.Fprintf(t, "unresolved\t%d\n", len(p.Unresolved))
	return t.Flush()
}

func (p *Report) arrivals() string {
	if p.OfferedPerS == 0 {
		return fmt.Sprintf("closed loop, %d terminals", p.Terminals)
	}
	return fmt.Sprintf("open loop, %.0f visits/s offered to %d terminals, %d families not served in time",
		p.OfferedPerS, p.Terminals, p.Unserved)
}

func (p *Report) writeLatencies(w io.Writer) {
	fmt.Fprintf(w, "latency (ms)\tp50\tp95\tp99\tp99.9\tmax\tcount\n")
	writeQuantiles(w, "purchase", p.Latency)
	for _, name := range sortedKeys(p.Others) {
		if p.Others[name].Count > 0 {
			writeQuantiles(w, name, p.Others[name])
		}
	}
	writeQuantiles(w, "generator's lag", p.Lag)
}

func writeQuantiles(w io.Writer, name string, q Quantiles) {
	fmt.Fprintf(w, "  %s\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%d\n", name, q.P50, q.P95, q.P99, q.P999, q.Max, q.Count)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
