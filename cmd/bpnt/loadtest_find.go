package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"bpnt/loadtest"
)

// trial is one play of a search or of an overload.
type trial struct {
	AskedPerS   float64 `json:"asked_per_s"`
	SentPerS    float64 `json:"sent_per_s"`
	GoodputPerS float64 `json:"goodput_per_s"`
	GoodShare   float64 `json:"good_share"`
	P50         float64 `json:"p50_ms"`
	P99         float64 `json:"p99_ms"`
	P999        float64 `json:"p999_ms"`
	BareP99     float64 `json:"bare_p99_ms,omitempty"`
	LagP99      float64 `json:"generator_lag_p99_ms"`
	Held        bool    `json:"held"`
}

func newTrial(r *loadtest.Report) trial {
	t := trial{
		AskedPerS: r.OfferedPerS, SentPerS: r.SentPerS, GoodputPerS: r.GoodputPerS, GoodShare: r.GoodShare,
		P50: r.Latency.P50, P99: r.Latency.P99, P999: r.Latency.P999, LagP99: r.Lag.P99,
	}
	if r.Bare != nil {
		t.BareP99 = r.Bare.Latency.P99
	}
	return t
}

// point is the trial for the page's pictures.
func (t trial) point() loadtest.LoadPoint {
	return loadtest.LoadPoint{Asked: t.AskedPerS, Sent: t.SentPerS, Goodput: t.GoodputPerS, P50: t.P50, P99: t.P99, BareP99: t.BareP99}
}

// trialHead and trialWidths make rows that line up although each is printed when it is known.
var (
	trialHead   = []string{"asked/s", "sent/s", "goodput/s", "in time", "p50 ms", "p99 ms", "p99.9 ms", "bare p99", "lag p99", "held"}
	trialWidths = []int{9, 9, 9, 9, 9, 9, 9, 9, 9, 6}
)

func (t trial) cells() []string {
	held := "no"
	if t.Held {
		held = "yes"
	}
	bare := "-"
	if t.BareP99 > 0 {
		bare = fmt.Sprintf("%.2f", t.BareP99)
	}
	return []string{
		fmt.Sprintf("%.0f", t.AskedPerS), fmt.Sprintf("%.0f", t.SentPerS), fmt.Sprintf("%.0f", t.GoodputPerS),
		fmt.Sprintf("%.2f %%", 100*t.GoodShare), fmt.Sprintf("%.2f", t.P50), fmt.Sprintf("%.2f", t.P99),
		fmt.Sprintf("%.2f", t.P999), bare, fmt.Sprintf("%.2f", t.LagP99), held,
	}
}

// writeCells prints a row in columns of given widths.
func writeCells(w io.Writer, widths []int, cells []string) {
	for i, cell := range cells {
		fmt.Fprintf(w, "%*s ", widths[i], cell)
	}
	fmt.Fprintln(w)
}

// searched is the result of --find-max.
type searched struct {
	Bound  string           `json:"bound"`
	Found  loadtest.Found   `json:"found"`
	Trials []trial          `json:"trials"`
	Last   *loadtest.Report `json:"last"` // the run that confirmed the result
	Proof  *proof           `json:"proof,omitempty"`
}

// checkFind refuses a search that cannot be made, before anything is made ready for it.
func (c *loadtestCmd) checkFind() error {
	if c.FindMax == "" {
		return nil
	}
	if _, err := loadtest.ParseBound(c.FindMax); err != nil {
		return usage("--find-max: %w", err)
	}
	return c.steady("--find-max")
}

// find looks for the highest rate that holds a bound.
func (c *loadtestCmd) find(ctx context.Context, s *streams, cfg loadtest.Config, fleet []loadtest.Outlet) error {
	bound, err := loadtest.ParseBound(c.FindMax)
	if err != nil {
		return err
	}
	search := loadtest.DefaultSearch()
	if c.Rate > 0 {
		search.Start = c.Rate
	}
	q := c.newSequence(s, small(cfg), fleet, search.PlaysMax)
	result := &searched{Bound: bound.String()}
	result.Proof, err = c.proved(ctx, s, func() ([]*loadtest.Report, error) {
		err := c.observed(ctx, s, func(o *observer) (err error) {
			q.watch = o
			result.Found, err = search.Find(ctx, func(ctx context.Context, rate float64) (bool, error) {
				return q.try(ctx, bound, rate, result)
			})
			return err
		})
		return q.reports, err
	})
	if err != nil {
		return err
	}
	return c.printSearch(s, result)
}

// try plays one rate and prints its row.
func (q *sequence) try(ctx context.Context, bound loadtest.Bound, rate float64, result *searched) (held bool, err error) {
	report, err := q.play(ctx, fmt.Sprintf("play %d: %.0f/s", len(result.Trials)+1, rate), q.c.open(q.next, rate))
	if err != nil {
		return false, err
	}
	t := newTrial(report)
	t.Held = bound.Held(report)
	if t.Held || result.Last == nil {
		result.Last = report
	}
	if len(result.Trials) == 0 {
		writeCells(q.rows(), trialWidths, trialHead)
	}
	result.Trials = append(result.Trials, t)
	writeCells(q.rows(), trialWidths, t.cells())
	return t.Held, nil
}

// rows go where the answer goes, unless that must be JSON only.
func (q *sequence) rows() io.Writer {
	if q.c.JSON {
		return q.s.err
	}
	return q.s.out
}

func (c *loadtestCmd) printSearch(s *streams, r *searched) error {
	r.Last.Findings = append(r.Proof.findings(), loadtest.Finding{Good: r.Found.Rate > 0, Text: r.sentence()})
	for _, t := range r.Trials {
		r.Last.Load = append(r.Last.Load, t.point())
	}
	r.Last.Tables = append(r.Last.Tables, trialTable(r.Trials))
	err := writePage(c.Report, r.Last.WriteHTML)
	if c.JSON {
		err = errors.Join(err, printJSON(s.out, r))
	} else {
		fmt.Fprintf(s.out, "\n%s\n", r.sentence())
	}
	return errors.Join(err, c.verdict(s, r.Proof))
}

// verdict prints the proof, where there is one, and says whether it is good.
func (c *loadtestCmd) verdict(s *streams, p *proof) error {
	if p == nil {
		return nil
	}
	if !c.JSON {
		if err := p.write(s.out); err != nil {
			return err
		}
	}
	return p.verdict()
}

// sentence is the result in words.
func (r *searched) sentence() string {
	switch f := r.Found; {
	case f.Rate == 0:
		return fmt.Sprintf("No rate held %s: the slowest tried was %.0f/s.", r.Bound, slowest(r.Trials))
	case f.Unsure:
		return fmt.Sprintf("About %.0f/s holds %s, but it did not so three times in a row: this machine is too restless for more.",
			f.Rate, r.Bound)
	case f.Ceiling:
		return fmt.Sprintf("%.0f/s holds %s, and the search goes no higher.", f.Rate, r.Bound)
	default:
		return fmt.Sprintf("%.0f/s is the highest rate that holds %s with %.0f %% served in time, confirmed three times (%d plays).",
			f.Rate, r.Bound, 100*loadtest.GoodShareMin, f.Plays)
	}
}

func slowest(trials []trial) float64 {
	low := trials[0].AskedPerS
	for _, t := range trials {
		low = min(low, t.AskedPerS)
	}
	return low
}

func trialTable(trials []trial) loadtest.Table {
	t := loadtest.Table{
		Title: "The search", Head: trialHead,
		Note: "Each row is a play, in their order. The other figures of this page are of the last play that was held.",
	}
	for _, one := range trials {
		t.Rows = append(t.Rows, one.cells())
	}
	return t
}
