package main

import (
	"context"
	"fmt"

	"bpnt/loadtest"
)

// sequence is several runs, one after another, over the same terminals. No run uses STANs or batch numbers of an earlier
// one, and together they spend no more than each family has.
type sequence struct {
	c       *loadtestCmd
	s       *streams
	fleet   []loadtest.Outlet
	next    loadtest.Config
	watch   *observer // nil for none
	plays   int
	reports []*loadtest.Report // kept for the proof only: they hold every sale
}

// newSequence shares the families' money out among so many runs.
func (c *loadtestCmd) newSequence(s *streams, cfg loadtest.Config, fleet []loadtest.Outlet, runs int) *sequence {
	cfg.Funds /= int64(runs)
	return &sequence{c: c, s: s, fleet: fleet, next: cfg}
}

func (q *sequence) play(ctx context.Context, name string, cfg loadtest.Config) (*loadtest.Report, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("the test was broken off: %w", err)
	}
	q.s.say("%s", name)
	report, err := q.c.play(ctx, q.s, cfg, q.fleet, q.watch)
	if err != nil {
		return nil, err
	}
	if q.plays++; q.c.Prove {
		q.reports = append(q.reports, report)
	}
	q.next.FirstSTAN, q.next.FirstBatch = report.NextSTAN(), report.NextBatch()
	return report, nil
}

// small makes all purchases of the least amount, so that the families' money lasts for many runs.
func small(cfg loadtest.Config) loadtest.Config {
	cfg.AmountMax = leastPurchase
	return cfg
}

const leastPurchase = 500 // whole rupiah: what amounts are multiples of

// steady refuses workloads that end by themselves or have a rate of their own.
func (c *loadtestCmd) steady(flag string) error {
	switch c.Workload {
	case workloadDrain, workloadThe25th, workloadMonth:
		return usage("%s needs families that come all the time: --workload %s does not", flag, c.Workload)
	}
	if c.Arrivals != "" && c.Arrivals != string(loadtest.ShapePoisson) && c.Arrivals != string(loadtest.ShapeConstant) {
		return usage("%s needs a steady rate: --arrivals poisson or constant", flag)
	}
	return nil
}

// open is a configuration in an open loop at a rate: Poisson, where no other shape was asked for.
func (c *loadtestCmd) open(cfg loadtest.Config, rate float64) loadtest.Config {
	cfg.Arrivals = loadtest.Arrivals{Shape: loadtest.ShapePoisson, Rate: rate}
	if c.Arrivals != "" {
		cfg.Arrivals.Shape = loadtest.Shape(c.Arrivals)
	}
	return cfg
}
