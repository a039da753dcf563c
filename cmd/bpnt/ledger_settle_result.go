package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"bpnt/iso"
	"bpnt/ledger"
)

// missingShown is how many payouts are listed of which the bank has said nothing; --json has them all.
const missingShown = 20

func (c *settleCmd) readResult(ctx context.Context, s *streams, books *ledger.Ledger) error {
	file, err := os.Open(c.Result)
	if err != nil {
		return usage("the bank's file cannot be read: %w", err)
	}
	defer file.Close()
	report, err := books.EnterResult(ctx, c.Bank, file)
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(s.out, report)
	} else {
		writePayoutReport(s.out, report)
	}
	if err == nil && len(report.Wrong) > 0 {
		err = fmt.Errorf("%d entries of the bank's file do not match: bpnt ledger exceptions lists them", len(report.Wrong))
	}
	return err
}

func writePayoutReport(w io.Writer, r ledger.PayoutReport) {
	fmt.Fprintf(w, "file %s of %s: %d paid, %s; %d rejected, %s; %d known before, %d not booked yet, %d of other business\n", r.File, r.Bank,
		r.Paid, iso.Rupiah(r.PaidIDR), r.Rejected, iso.Rupiah(r.RejectedIDR), r.Known, r.Pending, r.Others)
	rows := [][]string{{"does not match", "because", "bank says", "amount", "ours"}}
	for _, v := range r.Wrong {
		ours := ""
		if v.OurIDR != nil {
			ours = iso.Rupiah(*v.OurIDR)
		}
		rows = append(rows, []string{v.Reference, v.Verdict, v.Status, iso.Rupiah(v.AmountIDR), ours})
	}
	writeSection(w, "lllrr", rows)
	rows = [][]string{{"not answered yet", "MID", "amount"}}
	for _, p := range r.Missing[:min(len(r.Missing), missingShown)] {
		rows = append(rows, []string{p.Reference, p.MID, iso.Rupiah(p.AmountIDR)})
	}
	writeSection(w, "llr", rows)
	if more := len(r.Missing) - missingShown; more > 0 {
		fmt.Fprintf(w, "and %d more\n", more)
	}
}
