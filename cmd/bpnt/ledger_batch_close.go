package main

import (
	"context"
	"time"

	"bpnt/ledger"
)

type batchCloseForgottenCmd struct {
	storage
	Before time.Time `placeholder:"TIME" help:"As 2026-11-26T00:00:00+07:00: close what holds earlier sales. The last cut-over where not given."`
	JSON   bool      `help:"Print what was closed as JSON."`
}

func (batchCloseForgottenCmd) Help() string {
	return `An outlet that forgets the settlement would leave its batch open for days. This closes what holds sales of a business
day that is over, and prints it; a settlement that comes later speaks of all such batches together with the open one. Run
it from a timer some minutes after the cut-over, before bpnt ledger settle; it hinders nobody, and a run that was broken
off is simply run again.

  bpnt ledger batch close-forgotten
  bpnt ledger batch close-forgotten --before 2026-11-26T00:00:00+07:00 --json`
}

func (c *batchCloseForgottenCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		report, err := books.CloseForgotten(ctx, c.Before)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, report)
		}
		s.say("%d batches with sales from before %s were closed", len(report.Batches), report.Before.Format("2006-01-02 15:04 MST"))
		if len(report.Batches) > 0 {
			writeBatches(s.out, report.Batches)
		}
		return nil
	})
}
