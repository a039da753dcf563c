package main

import (
	"context"
	"fmt"
	"io"

	"bpnt/iso"
	"bpnt/ledger"
)

type batchShowCmd struct {
	storage
	ID   int32 `arg:"" help:"Number of the batch; see bpnt ledger batch list."`
	JSON bool  `help:"Print it as JSON."`
}

func (batchShowCmd) Help() string {
	return `What the terminal claimed, of this batch or of several together, against our sums; and what it uploaded where they
differed.

  bpnt ledger batch show 17`
}

// batchShown is a batch and its uploads.
type batchShown struct {
	ledger.ClosedBatch
	Uploads []ledger.Uploaded `json:"uploads"`
}

func (c *batchShowCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		shown, err := c.find(ctx, books)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, shown)
		}
		writeBatch(s.out, shown)
		return nil
	})
}

func (c *batchShowCmd) find(ctx context.Context, books *ledger.Ledger) (shown batchShown, err error) {
	shown.Uploads = []ledger.Uploaded{}
	if shown.ClosedBatch, err = books.Batch(ctx, c.ID); err == nil && shown.Reconciliation != nil {
		shown.Uploads, err = books.Uploads(ctx, shown.Reconciliation.ID)
	}
	return shown, err
}

func writeBatch(w io.Writer, b batchShown) {
	fmt.Fprintf(w, "batch %d of %s, link %s, closed by the %s at %s, business date %s\n\n", b.No,
		terminalWord(b.ClosedBatch), b.Link, b.ClosedBy, b.ClosedAt.Format("2006-01-02 15:04 MST"), b.BusinessDate)
	writeBatches(w, []ledger.ClosedBatch{b.ClosedBatch})
	r := b.Reconciliation
	if r == nil {
		fmt.Fprintln(w, "\nno settlement message has spoken of it yet")
		return
	}
	fmt.Fprintf(w, "\n%s at %s: they claim %s, we count %s in all that they speak of\n", r.Status,
		r.At.Format("2006-01-02 15:04 MST"), iso.Rupiah(r.TheirNet), iso.Rupiah(r.OurNet))
	if len(b.Uploads) > 0 {
		fmt.Fprintln(w)
		writeUploads(w, b.Uploads)
	}
}

func writeUploads(w io.Writer, uploads []ledger.Uploaded) {
	rows := [][]string{{"uploaded", "MTI", "STAN", "RRN", "amount", "found"}}
	for _, u := range uploads {
		rows = append(rows, []string{
			u.At.Format("15:04:05"), fmt.Sprintf("%04d", u.MTI), fmt.Sprintf("%06d", u.STAN), u.RRN, iso.Rupiah(u.AmountIDR), u.Found,
		})
	}
	grid(w, "llllrl", rows)
}
