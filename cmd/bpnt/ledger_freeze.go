package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"bpnt/iso"
	"bpnt/ledger"
)

// sweepFlags are those of freeze and return.
type sweepFlags struct {
	storage
	Reason string `help:"Why it is run now, for the journal; not needed with --dry-run."`
	DryRun bool   `help:"Only look: say what would be moved, and move nothing."`
	List   string `placeholder:"FILE" help:"Write each purse with the reason to this CSV file, which must not exist."`
	JSON   bool   `help:"Print the totals as JSON."`
}

type freezeCmd struct{ sweepFlags }

func (freezeCmd) Help() string {
	return `Freezes the money of each programme that has been there for as many days as its rule says (freeze_days), and whose
family has not used the programme for as long. A frozen purse is not spent from until bpnt ledger thaw. The job may run
while families shop, every day, from a timer; a run that was broken off is simply run again.

  bpnt ledger freeze --dry-run --list would-freeze.csv
  bpnt ledger freeze --reason "90 days, monthly run" --list frozen-202611.csv`
}

func (c *freezeCmd) Run(ctx context.Context, s *streams) error {
	return c.run(ctx, s, "frozen", (*ledger.Ledger).Freeze)
}

type returnCmd struct{ sweepFlags }

func (returnCmd) Help() string {
	return `Posts to the treasury what has been frozen for as many days as its programme's rule says (return_days); a programme
whose rule has none keeps it frozen. It cannot be undone. A run that was broken off is simply run again.

  bpnt ledger return --dry-run --json
  bpnt ledger return --reason "Kepmensos 1/2026" --list returned-2026.csv`
}

func (c *returnCmd) Run(ctx context.Context, s *streams) error {
	return c.run(ctx, s, "returned", (*ledger.Ledger).Return)
}

func (c *sweepFlags) run(ctx context.Context, s *streams, done string,
	job func(*ledger.Ledger, context.Context, ledger.Sweep) (ledger.SweepReport, error),
) error {
	if c.Reason == "" && !c.DryRun {
		return usage("--reason is needed, for the journal (--dry-run only looks)")
	}
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		list, err := newList(c.List, dormantHeader)
		if err != nil {
			return err
		}
		bar := newProgress(s, "purses looked at", unknownTotal)
		report, err := job(books, ctx, ledger.Sweep{
			DryRun: c.DryRun, Reason: c.Reason, Progress: bar.set,
			Each: func(p ledger.DormantPurse) error { return list.write(dormantCells(p)) },
		})
		// What a run that failed has moved stands in the list as well.
		if err = errors.Join(err, list.close()); err != nil {
			return err
		}
		bar.done(report.Looked)
		if c.JSON {
			return printJSON(s.out, report)
		}
		writeSweep(s.out, report, done)
		return nil
	})
}

var dormantHeader = []string{"family", "region", "programme", "period", "amount_idr", "funded_on", "last_use", "frozen_on", "reason"}

func dormantCells(p ledger.DormantPurse) []string {
	return []string{
		strconv.FormatInt(p.Family, 10), p.Region, p.Programme, strconv.Itoa(int(p.Period)), strconv.FormatInt(p.AmountIDR, 10),
		p.OpenedOn, orEmpty(p.LastUse), orEmpty(p.FrozenOn), p.Reason(),
	}
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func writeSweep(w io.Writer, r ledger.SweepReport, done string) {
	if r.DryRun {
		done = "to be " + done
	}
	if r.Purses == 0 {
		fmt.Fprintf(w, "nothing %s: %d purses looked at, none is due\n", done, r.Looked)
		return
	}
	rows := [][]string{{"programme", "region", "purses", "amount"}}
	for _, t := range r.Totals {
		rows = append(rows, []string{t.Programme, t.Region, strconv.FormatInt(t.Purses, 10), iso.Rupiah(t.AmountIDR)})
	}
	rows = append(rows, []string{done, "", strconv.FormatInt(r.Purses, 10), iso.Rupiah(r.AmountIDR)})
	grid(w, "llrr", rows)
}
