package main

import (
	"context"
	"errors"
	"fmt"

	"bpnt/loadtest"
)

// overloaded is the result of --overload: what is left of the goodput when more comes than can be served.
type overloaded struct {
	CapacityPerS float64          `json:"capacity_per_s"` // goodput of the closed loop
	Steps        []overloadStep   `json:"steps"`
	Last         *loadtest.Report `json:"last"`
	Proof        *proof           `json:"proof,omitempty"`
}

type overloadStep struct {
	Multiple float64 `json:"multiple"`
	trial
	Late       int64   `json:"late"`              // approved after longer than the patience, from the intended time
	Shed       int64   `json:"shed"`              // answered 91
	Unanswered int64   `json:"unanswered"`        // no answer: the terminal reversed
	Unserved   int64   `json:"unserved"`          // families that no terminal was free for
	Kept       float64 `json:"share_of_capacity"` // goodput over capacity
}

// multipleMax bounds --overload: beyond it the generator is what is measured.
const multipleMax = 100

// checkOverload refuses multiples that mean nothing.
func (c *loadtestCmd) checkOverload() error {
	if len(c.Overload) == 0 {
		return nil
	}
	for _, m := range c.Overload {
		if !(m > 0 && m <= multipleMax) { // as a negation, so that no NaN passes
			return usage("--overload takes multiples of the capacity above 0 and up to %d, as 0.5,1,2,5,10", multipleMax)
		}
	}
	return c.steady("--overload")
}

func (c *loadtestCmd) overload(ctx context.Context, s *streams, cfg loadtest.Config, fleet []loadtest.Outlet) error {
	q := c.newSequence(s, small(cfg), fleet, len(c.Overload)+1)
	result := new(overloaded)
	var err error
	result.Proof, err = c.proved(ctx, s, func() ([]*loadtest.Report, error) {
		err := c.observed(ctx, s, func(o *observer) error {
			q.watch = o
			return q.climb(ctx, result)
		})
		return q.reports, err
	})
	if err != nil {
		return err
	}
	return c.printOverload(s, result)
}

// climb measures the capacity, then offers its multiples.
func (q *sequence) climb(ctx context.Context, r *overloaded) error {
	closed := q.next
	closed.Arrivals = loadtest.Arrivals{}
	report, err := q.play(ctx, "capacity, in a closed loop", closed)
	if err != nil {
		return err
	}
	if r.CapacityPerS = report.GoodputPerS; r.CapacityPerS == 0 {
		return errors.New("nothing was approved in a closed loop: there is no capacity to overload. Run bpnt loadtest to see why")
	}
	fmt.Fprintf(q.rows(), "capacity: %.0f redemptions/s in a closed loop of %d terminals\n", r.CapacityPerS, report.Terminals)
	writeCells(q.rows(), overloadWidths, overloadHead)
	for _, m := range q.c.Overload {
		rate := m * r.CapacityPerS
		if report, err = q.play(ctx, fmt.Sprintf("%g times the capacity: %.0f/s", m, rate), q.c.open(q.next, rate)); err != nil {
			return err
		}
		step := newOverloadStep(m, r.CapacityPerS, report)
		r.Steps, r.Last = append(r.Steps, step), report
		writeCells(q.rows(), overloadWidths, step.cells())
	}
	return nil
}

func newOverloadStep(multiple, capacity float64, r *loadtest.Report) overloadStep {
	return overloadStep{
		Multiple: multiple, trial: newTrial(r), Late: r.Results.Late, Shed: r.Results.Shed, Unanswered: r.Results.Unanswered,
		Unserved: r.Unserved, Kept: r.GoodputPerS / capacity,
	}
}

var (
	overloadHead = []string{
		"multiple", "asked/s", "sent/s", "goodput/s", "late", "p50 ms", "p99 ms", "shed (91)", "unanswered", "unserved", "kept",
	}
	overloadWidths = []int{8, 9, 9, 9, 8, 10, 10, 9, 10, 9, 6}
)

func (o overloadStep) cells() []string {
	return []string{
		fmt.Sprintf("%g", o.Multiple), fmt.Sprintf("%.0f", o.AskedPerS), fmt.Sprintf("%.0f", o.SentPerS),
		fmt.Sprintf("%.0f", o.GoodputPerS), fmt.Sprint(o.Late), fmt.Sprintf("%.1f", o.P50), fmt.Sprintf("%.1f", o.P99), fmt.Sprint(o.Shed),
		fmt.Sprint(o.Unanswered), fmt.Sprint(o.Unserved), fmt.Sprintf("%.0f %%", 100*o.Kept),
	}
}

// sentSlack: a generator that sends less than this share of what was asked for has met its own limits.
const sentSlack = 0.9

// sentences are the verdict, and what the generator could not do.
func (r *overloaded) sentences() []string {
	last := r.Steps[len(r.Steps)-1]
	all := []string{fmt.Sprintf("Goodput at %gx is %.0f %% of capacity.", last.Multiple, 100*last.Kept)}
	if last.SentPerS < sentSlack*last.AskedPerS {
		all = append(all, fmt.Sprintf("Of the %.0f/s asked for, terminals sent %.0f/s: each waits for its answer before it sends again, and rests"+
			" for a second after a 91, so the line stood before the terminals, and who waited there longer than the patience was late."+
			" More terminals (--terminals, with --lines) send more.", last.AskedPerS, last.SentPerS))
	}
	return all
}

func (c *loadtestCmd) printOverload(s *streams, r *overloaded) error {
	table := loadtest.Table{Title: "Overload", Head: overloadHead}
	for _, step := range r.Steps {
		table.Rows = append(table.Rows, step.cells())
		r.Last.Load = append(r.Last.Load, step.point())
	}
	table.Note = fmt.Sprintf("Capacity: %.0f redemptions/s in a closed loop. The other figures of this page are of the last step.",
		r.CapacityPerS)
	r.Last.Tables = append(r.Last.Tables, table)
	r.Last.Findings = r.Proof.findings()
	for i, sentence := range r.sentences() {
		r.Last.Findings = append(r.Last.Findings, loadtest.Finding{Good: i == 0, Text: sentence})
		if !c.JSON {
			fmt.Fprintln(s.out, sentence)
		}
	}
	err := writePage(c.Report, r.Last.WriteHTML)
	if c.JSON {
		err = errors.Join(err, printJSON(s.out, r))
	}
	return errors.Join(err, c.verdict(s, r.Proof))
}
