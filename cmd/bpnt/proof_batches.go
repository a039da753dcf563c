package main

import (
	"context"
	"fmt"

	"bpnt/iso"
	"bpnt/ledger"
	"bpnt/loadtest"
)

// batchProof holds every batch that a run closed against the ledger's batch of that terminal and number.
type batchProof struct {
	Compared     int    `json:"compared"`
	Differ       int    `json:"differ"`
	LedgerIDR    int64  `json:"ledger_idr"`
	TerminalsIDR int64  `json:"terminals_idr"`
	First        string `json:"first_difference,omitempty"`
}

// batchSlack is how many batches of other terminals may have been closed meanwhile.
const batchSlack = 10_000

// proveBatches is nil where no terminal settled.
func proveBatches(ctx context.Context, books *ledger.Ledger, link string, runs []*loadtest.Report) (*batchProof, error) {
	closed := 0
	for _, r := range runs {
		for range r.Batches() {
			closed++
		}
	}
	if closed == 0 {
		return nil, nil
	}
	list, err := books.Batches(ctx, ledger.BatchFilter{Link: link, Limit: closed + batchSlack})
	if err != nil {
		return nil, fmt.Errorf("the ledger's batches could not be read: %w", err)
	}
	ours := byNumber(list)
	p := new(batchProof)
	for _, r := range runs {
		for b := range r.Batches() {
			if b.Closed() && !b.Cleared {
				p.compare(b, ours[batchName{b.TID, b.Number}])
			}
		}
	}
	return p, nil
}

// batchName is a batch as its terminal calls it: its TID and DE60.
type batchName struct {
	tid    string
	number int32
}

// byNumber keeps the newest of each name: numbers come again after years.
func byNumber(list []ledger.ClosedBatch) map[batchName]*ledger.ClosedBatch {
	named := map[batchName]*ledger.ClosedBatch{}
	for i := range list {
		r := list[i].Reconciliation
		if r == nil || r.SentBatch == nil {
			continue
		}
		name := batchName{list[i].TID, *r.SentBatch}
		if named[name] == nil {
			named[name] = &list[i]
		}
	}
	return named
}

func (p *batchProof) compare(theirs loadtest.Batch, ours *ledger.ClosedBatch) {
	p.Compared++
	p.TerminalsIDR += theirs.SalesIDR
	var sales, sum int64
	if ours != nil {
		sales, sum = int64(ours.Sales.Count-ours.Voids.Count), ours.Net()
	}
	p.LedgerIDR += sum
	if ours != nil && sales == theirs.Sales && sum == theirs.SalesIDR {
		return
	}
	p.Differ++
	if p.First != "" {
		return
	}
	p.First = fmt.Sprintf("batch %06d of %s has %d sales, %s in the ledger, %d sales, %s at the terminal", theirs.Number, theirs.TID,
		sales, iso.Rupiah(sum), theirs.Sales, iso.Rupiah(theirs.SalesIDR))
}

// verdict is nil where every batch is the ledger's.
func (p *batchProof) verdict() error {
	if p == nil || p.Differ == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d batches differ: %s", p.Differ, p.Compared, p.First)
}
