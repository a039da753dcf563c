package main

import (
	"context"
	"fmt"
	"io"

	"bpnt/ledger"
)

type auditCmd struct {
	storage
	JSON bool `help:"Print the report as JSON."`
}

func (auditCmd) Help() string {
	return `Adds up all postings anew and compares them with every stored figure, proves the hash chain, and names the first
row that was touched by hand. Reads one snapshot and may run while the gateway works: some seconds for each million
postings. The exit status is 1 where an invariant is broken.

  bpnt ledger audit

  bpnt ledger audit --json | jq .violations`
}

func (c *auditCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		report, err := audited(ctx, s, books)
		if err != nil {
			return err
		}
		if c.JSON {
			err = printJSON(s.out, report)
		} else {
			writeAudit(s.out, report)
		}
		if err == nil && !report.Clean() {
			return fmt.Errorf("the books are not right: %d rows break an invariant", report.Violations)
		}
		return err
	})
}

// audited checks every invariant and shows how far it is: minutes, where there are millions of families.
func audited(ctx context.Context, s *streams, books *ledger.Ledger) (ledger.AuditReport, error) {
	bar, begun := newProgress(s, "invariants checked", unknownTotal), int64(0)
	report, err := books.Audit(ctx, func(string) {
		bar.set(begun)
		begun++
	})
	if err == nil {
		bar.done(begun)
	}
	return report, err
}

// writeAudit prints a line for each invariant and what breaks it.
func writeAudit(w io.Writer, r ledger.AuditReport) {
	for _, check := range r.Checked {
		fmt.Fprintf(w, "%-4s %6d  %s\n", check.Invariant, check.Violations, check.Says)
		for _, example := range check.Examples {
			fmt.Fprintf(w, "             %s\n", example)
		}
	}
	fmt.Fprintf(w, "%d postings, Rp %d funded, Rp %d debited in %d redemptions less %d reversals\n",
		r.Postings, r.FundedIDR, r.DebitsIDR, r.Redemptions, r.Reversals)
}
