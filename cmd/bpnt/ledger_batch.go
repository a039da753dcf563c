package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"bpnt/iso"
	"bpnt/ledger"
)

// batchCmd is about what terminals and switches closed.
type batchCmd struct {
	List           batchListCmd           `cmd:"" help:"List batches that terminals closed, and days of switches."`
	Show           batchShowCmd           `cmd:"" help:"Show one, with what the terminal claimed and uploaded."`
	CloseForgotten batchCloseForgottenCmd `cmd:"" help:"Close the batches that outlets forgot to settle. Run it after each cut-over."`
}

type batchListCmd struct {
	storage
	From     string `placeholder:"DATE" help:"From this business date on, as 2026-11-25."`
	To       string `placeholder:"DATE" help:"Up to this business date."`
	Link     string `help:"Only this link's."`
	TID      string `name:"tid" help:"Only this terminal's."`
	Unspoken bool   `help:"Only those of which no settlement message has spoken yet."`
	Limit    int    `default:"50" help:"The newest so many; 0 for all."`
	JSON     bool   `help:"Print the batches as JSON."`
}

func (batchListCmd) Help() string {
	return `The newest stands first. Sales are counted before voids; a batch without a status is one of which the terminal has not
spoken yet.

  bpnt ledger batch list --from 2026-11-01 --unspoken
  bpnt ledger batch list --tid 60060060 --limit 10 --json`
}

func (c *batchListCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		batches, err := books.Batches(ctx, ledger.BatchFilter{
			From: c.From, To: c.To, Link: c.Link, TID: c.TID, Unspoken: c.Unspoken, Limit: c.Limit,
		})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, batches)
		}
		writeBatches(s.out, batches)
		return nil
	})
}

func writeBatches(w io.Writer, batches []ledger.ClosedBatch) {
	if len(batches) == 0 {
		fmt.Fprintln(w, "no batches")
		return
	}
	rows := [][]string{{
		"id", "date", "link", "terminal", "batch", "closed by", "sales", "voids", "refunds", "reversals", "net", "status",
	}}
	for _, b := range batches {
		rows = append(rows, []string{
			strconv.Itoa(int(b.ID)), b.BusinessDate, b.Link, terminalWord(b), strconv.Itoa(int(b.No)), b.ClosedBy, sumCell(b.Sales),
			sumCell(b.Voids), sumCell(b.Refunds), sumCell(b.Reversals), iso.Rupiah(b.Net()), statusWord(b),
		})
	}
	grid(w, "llllrlrrrrrl", rows)
}

// terminalWord is the terminal, or what stands in its place.
func terminalWord(b ledger.ClosedBatch) string {
	if b.TID == "" {
		return "all, a day"
	}
	return b.TID
}

func statusWord(b ledger.ClosedBatch) string {
	switch {
	case !b.Summed:
		return "not summed yet"
	case b.Reconciliation == nil:
		return ""
	}
	return b.Reconciliation.Status
}

// sumCell is a count and an amount: 3 x Rp 45.000.
func sumCell(s ledger.Sum) string {
	if s.Count == 0 {
		return "0"
	}
	return fmt.Sprintf("%d = %s", s.Count, iso.Rupiah(s.Amount))
}
