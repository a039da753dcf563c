package main

import (
	"context"
	"time"

	"bpnt/loadtest"
	"bpnt/loadtest/linear"
)

// orderPatience is how long an order of one account's messages is looked for. Nearly all take a few milliseconds.
const orderPatience = 10 * time.Second

// checkWitness refuses what would not be shown.
func (c *loadtestCmd) checkWitness() error {
	if c.Witness < 0 || c.Witness > 1 {
		return usage("--witness must be a share of the families, 0 to 1")
	}
	if c.Witness > 0 && (c.Compare != 0 || c.FindMax != "" || len(c.Overload) > 0) {
		return usage("--witness goes with a single run: leave --compare, --find-max and --overload out")
	}
	return nil
}

// watch shows a witness what a share of the families see. It is nil where nobody asked for one.
func (c *loadtestCmd) watch(cfg *loadtest.Config) *linear.Witness {
	if c.Witness == 0 {
		return nil
	}
	w := linear.NewWitness()
	cfg.Witness, cfg.WitnessShare = w.See, c.Witness
	return w
}

// judge asks whether what the witness saw can have happened; nil where there is none.
func judge(ctx context.Context, s *streams, w *linear.Witness) *linear.Report {
	if w == nil {
		return nil
	}
	s.say("looking for an order of each watched account's messages")
	return w.Check(context.WithoutCancel(ctx), orderPatience)
}
