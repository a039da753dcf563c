package main

import (
	"context"

	"bpnt/iso"
	"bpnt/ledger"
)

// disburseCmd has three forms: a file, every family, and the undoing of one.
type disburseCmd struct {
	storage
	File      string `type:"path" placeholder:"FILE" help:"Pay what this file says."`
	Rejects   string `type:"path" placeholder:"FILE" help:"With --file: where its faults are listed; FILE.rejects.csv where not given."`
	DryRun    bool   `help:"With --file: check everything, say what would be paid, move nothing."`
	Programme string `help:"For every family: programme whose purses are filled; BPNT where not given."`
	Period    int32  `help:"For every family: month as YYYYMM; the current one where not given."`
	Amount    *int64 `help:"For every family: whole rupiah for each; what the programme's rule says where not given."`
	Reverse   string `placeholder:"NAME" help:"Take back what is left of this disbursement."`
	Reason    string `help:"With --reverse: why, for the journal."`
	Example   bool   `help:"Print a small file to start from."`
	JSON      bool   `help:"Print the report as JSON."`
}

func (disburseCmd) Help() string {
	return `Pays what a file says, or a month to every family of the ledger. A run that was broken off is simply run again; nobody
is paid twice. Nothing can be spent before everything is funded.

A file is CSV: the header bpnt,disbursement,1,IDENTITY,LINES,TOTAL, the columns, and a line for each credit. A period is
a month, or a first and a last one (202609-202611): then the amount is shared out over the months, as the programme's
rules say; where they name no amount (PKH), evenly, and the last month gets what is left over. TOTAL is the sum of
the amounts, in whole rupiah. An identity is used once. All lines are paid, or none: what is wrong is listed by line in
FILE.rejects.csv.

  bpnt,disbursement,1,BNI-DKI-202611,2,800000
  family,programme,period,amount
  3171000000001,BPNT,202611,200000
  3171000000002,BPNT,202609-202611,600000

  bpnt ledger disburse --example > pay.csv
  bpnt ledger disburse --file pay.csv --dry-run
  bpnt ledger disburse --file pay.csv
  bpnt ledger disburse --period 202611
  bpnt ledger disburse --reverse BNI-DKI-202611 --reason "sent twice by the bank"`
}

// disburseExample pays the first two families of bpnt ledger seed.
const disburseExample = `bpnt,disbursement,1,EXAMPLE-202611,2,800000
family,programme,period,amount
3171000000001,BPNT,202611,200000
3171000000002,BPNT,202609-202611,600000
`

func (c *disburseCmd) Run(ctx context.Context, s *streams) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.Example {
		_, err := s.out.Write([]byte(disburseExample))
		return err
	}
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		switch {
		case c.File != "":
			return c.payFile(ctx, s, books)
		case c.Reverse != "":
			return c.takeBack(ctx, s, books)
		}
		return c.payEveryone(ctx, s, books)
	})
}

// check refuses flags of one form beside another's.
func (c *disburseCmd) check() error {
	everyone := c.Programme != "" || c.Period != 0 || c.Amount != nil
	forms := 0
	for _, asked := range []bool{c.File != "", c.Reverse != "", c.Example, everyone} {
		if asked {
			forms++
		}
	}
	switch {
	case forms > 1:
		return usage("give one of --file, --reverse, --example, or --programme, --period and --amount for every family")
	case c.File == "" && (c.DryRun || c.Rejects != ""):
		return usage("--dry-run and --rejects go with --file")
	case (c.Reverse == "") != (c.Reason == ""):
		return usage("--reverse and --reason go together")
	case c.Amount != nil && (*c.Amount <= 0 || *c.Amount > ledger.AmountMax):
		return usage("--amount must be a positive number of whole rupiah")
	}
	return nil
}

func (c *disburseCmd) payEveryone(ctx context.Context, s *streams, books *ledger.Ledger) error {
	programme, amount := c.Programme, int64(0)
	if programme == "" {
		programme = "BPNT"
	}
	if c.Amount != nil {
		amount = *c.Amount
	}
	report, err := disburse(ctx, s, books, programme, c.Period, amount, unknownTotal)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, report)
	}
	s.say("%s disbursed to %d families; %d had theirs before", iso.Rupiah(report.AmountIDR), report.Funded, report.Before)
	if report.Name != "" {
		s.say("it is known as %s (--reverse takes it back)", report.Name)
	}
	sayCollected(s, report.Collected)
	sayExpired(s, report.Expired)
	return nil
}

// sayCollected tells of debts of families that the new money repaid before it was opened.
func sayCollected(s *streams, collected ledger.Moved) {
	if collected.Purses > 0 {
		s.say("%s of it repaid what families owed, from %d purses", iso.Rupiah(collected.AmountIDR), collected.Purses)
	}
}

// sayExpired tells of earlier periods, which some programmes close when the next one opens.
func sayExpired(s *streams, expired ledger.Moved) {
	if expired.Purses > 0 {
		s.say("%s of earlier periods expired, in %d purses", iso.Rupiah(expired.AmountIDR), expired.Purses)
	}
}

// disburse funds every family; period 0 is the current month, amount 0 what the rule says, families is for the bar.
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
	bar.done(report.Funded)
	return report, nil
}

// takeBack undoes a disbursement as far as it has not been spent.
func (c *disburseCmd) takeBack(ctx context.Context, s *streams, books *ledger.Ledger) error {
	bar := newProgress(s, "purses emptied", unknownTotal)
	moved, err := books.ReverseDisbursement(ctx, c.Reverse, c.Reason, bar.set)
	if err != nil {
		return err
	}
	bar.done(moved.Purses)
	if c.JSON {
		return printJSON(s.out, moved)
	}
	s.say("%s taken back from %d purses; what families had spent of %s stays spent", iso.Rupiah(moved.AmountIDR), moved.Purses, c.Reverse)
	return nil
}
