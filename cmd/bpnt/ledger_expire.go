package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"bpnt/iso"
	"bpnt/ledger"
)

type expireCmd struct {
	storage
	Reason string `help:"Why it is run now, for the journal; not needed with --dry-run."`
	DryRun bool   `help:"Only look: say what would expire, and move nothing."`
	JSON   bool   `help:"Print the report as JSON."`
}

func (expireCmd) Help() string {
	return `Closes the periods that have been open for as many days as their programme's rule says (expire_after), and posts what
families have left in them to the treasury; so too a family's older money that newer money ended (expire_at_next), which
a disbursement does by itself. It finishes what an earlier run, or a disbursement, left half done.

  bpnt ledger expire --dry-run
  bpnt ledger expire --reason "end of the quarter"`
}

func (c *expireCmd) Run(ctx context.Context, s *streams) error {
	if c.Reason == "" && !c.DryRun {
		return usage("--reason is needed, for the journal (--dry-run only looks)")
	}
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		bar := newProgress(s, "purses emptied", unknownTotal)
		report, err := books.Expire(ctx, ledger.Expiry{DryRun: c.DryRun, Reason: c.Reason, Progress: bar.set})
		if err != nil {
			return err
		}
		bar.done(report.Purses)
		if c.JSON {
			return printJSON(s.out, report)
		}
		writeExpiry(s.out, report)
		return nil
	})
}

func writeExpiry(w io.Writer, r ledger.ExpireReport) {
	done := "expired"
	if r.DryRun {
		done = "would expire"
	}
	if len(r.Periods) == 0 {
		fmt.Fprintf(w, "nothing %s\n", done)
		return
	}
	rows := [][]string{{"programme", "period", "disbursement", "opened on", "purses", "amount"}}
	for _, p := range r.Periods {
		rows = append(rows, []string{
			p.Programme, strconv.Itoa(int(p.Period)), p.Disbursement, orEmpty(p.OpenedOn), strconv.FormatInt(p.Purses, 10), iso.Rupiah(p.AmountIDR),
		})
	}
	rows = append(rows, []string{done, "", "", "", strconv.FormatInt(r.Purses, 10), iso.Rupiah(r.AmountIDR)})
	grid(w, "lrllrr", rows)
}
