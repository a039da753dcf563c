package main

import (
	"context"

	"bpnt/iso"
	"bpnt/ledger"
)

type disburseCmd struct {
	storage
	Programme string `default:"BPNT" help:"Programme whose purses are filled."`
	Period    int32  `help:"Month as YYYYMM; the current one where not given."`
	Amount    int64  `default:"200000" help:"Whole rupiah for each family."`
	JSON      bool   `help:"Print the report as JSON."`
}

func (disburseCmd) Help() string {
	return `Idempotent for each family and period: a run that was broken off is simply run again.

  bpnt ledger disburse --period 202611 --amount 200000`
}

func (c *disburseCmd) Run(ctx context.Context, s *streams) error {
	if c.Amount <= 0 {
		return usage("--amount must be a positive number of whole rupiah")
	}
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		report, err := disburse(ctx, s, books, c.Programme, c.Period, c.Amount, unknownTotal)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, report)
		}
		s.say("%s disbursed to %d families; %d had theirs before", iso.Rupiah(report.AmountIDR), report.Funded, report.Before)
		return nil
	})
}

// disburse funds every family; period 0 is the current month, families is for the bar.
func disburse(ctx context.Context, s *streams, books *ledger.Ledger, programme string, period int32, amount, families int64) (ledger.DisburseReport, error) {
	id, err := books.ProgrammeID(ctx, programme)
	if err != nil {
		return ledger.DisburseReport{}, usage("programme %q: %w", programme, err)
	}
	if period == 0 {
		if period, err = books.CurrentPeriod(ctx); err != nil {
			return ledger.DisburseReport{}, err
		}
	}
	bar := newProgress(s, "families funded", families)
	report, err := books.Disburse(ctx, ledger.Disbursement{Programme: id, Period: period, AmountIDR: amount, Progress: bar.set})
	if err != nil {
		return report, err
	}
	bar.done(report.Purses)
	return report, nil
}
