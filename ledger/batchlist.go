package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// ClosedBatch is a batch of a terminal, or a day of a switch, that was closed.
type ClosedBatch struct {
	ID           int32     `json:"id"`
	Link         string    `json:"link"`
	TID          string    `json:"tid,omitempty"` // empty for a day of a switch
	MID          string    `json:"mid,omitempty"` // of the outlet where the terminal stands now
	Outlet       string    `json:"outlet,omitempty"`
	No           int32     `json:"no"`
	ClosedBy     string    `json:"closed_by"` // terminal, cut-off, switch
	ClosedAt     time.Time `json:"closed_at"`
	BusinessDate string    `json:"business_date"`
	Summed       bool      `json:"summed"`    // false: its closing was broken off, and the figures are not known yet
	Sales        Sum       `json:"sales"`     // before voids
	Voids        Sum       `json:"voids"`     // of a switch's day, all; of a terminal's batch, not reversed in it
	Refunds      Sum       `json:"refunds"`   // likewise
	Reversals    Sum       `json:"reversals"` // of sales
	Restored     Sum       `json:"restored"`  // reversals of voids and refunds
	// Reconciliation speaks of the batch; nil where no settlement message has yet.
	Reconciliation *Reconciliation `json:"reconciliation"`
}

// Net is what the batch comes to in whole rupiah.
func (b *ClosedBatch) Net() int64 {
	net := b.Sales.Amount - b.Voids.Amount - b.Refunds.Amount
	if b.TID == "" {
		net += b.Restored.Amount - b.Reversals.Amount
	}
	return net
}

// Reconciliation is what was claimed of a batch, perhaps of several together, and what came of it.
type Reconciliation struct {
	ID        int32     `json:"id"`
	At        time.Time `json:"at"`
	SentBatch *int32    `json:"sent_batch"` // DE60
	Status    string    `json:"status"`     // open, agreed, disputed, closed
	TheirNet  int64     `json:"their_net_idr"`
	OurNet    int64     `json:"our_net_idr"` // of all batches that it speaks of
	Uploads   int64     `json:"uploads"`
}

// BatchFilter says which batches: empty fields leave nothing out.
type BatchFilter struct {
	From, To string // business dates, 2026-11-25, both included
	Link     string
	TID      string
	Unspoken bool // only those of which no settlement message spoke
	Limit    int  // the newest so many; 0 for all
}

// Batches lists closed batches, the newest first.
func (l *Ledger) Batches(ctx context.Context, f BatchFilter) ([]ClosedBatch, error) {
	return l.batches(ctx, f, nil)
}

const batchesSQL = `select b.id, k.name, coalesce(t.tid, ''), coalesce(o.mid, ''), coalesce(h.name, ''), b.no,
	case b.closed_by when 'T' then 'terminal' when 'C' then 'cut-off' else 'switch' end, b.closed_at, b.business_date::text,
	b.sales is not null, coalesce(b.sales, 0), coalesce(b.sales_amount, 0), coalesce(b.voids, 0), coalesce(b.voids_amount, 0),
	coalesce(b.refunds, 0), coalesce(b.refunds_amount, 0), coalesce(b.reversals, 0), coalesce(b.reversals_amount, 0),
	coalesce(b.restored, 0), coalesce(b.restored_amount, 0), r.id, r.at, r.sent_batch, r.status,
	coalesce(r.their_net, r.their_sales_amount - r.their_refunds_amount),
	coalesce(r.our_sales_amount - r.our_refunds_amount - coalesce(r.our_reversals_amount, 0)
		+ coalesce(r.our_restored_amount, 0), 0),
	(select count(*) from bpnt.upload u where u.terminal = r.terminal and coalesce(u.reconciliation, 0) = r.id)
	from bpnt.batch b join bpnt.link k on k.id = b.link left join bpnt.terminal t on t.id = b.terminal
	left join bpnt.outlet o on o.id = t.outlet left join bpnt.masthead h on h.id = o.masthead
	left join bpnt.reconciliation r on r.id = b.reconciliation
	where b.business_date between coalesce(nullif($1, '')::date, '-infinity') and coalesce(nullif($2, '')::date, 'infinity')
	  and ($3 = '' or k.name = $3)
	  and ($4 = '' or t.tid = $4) and (not $5 or b.reconciliation is null) and ($6::integer[] is null or b.id = any ($6))
	order by b.id desc limit nullif($7, 0)`

// batches is Batches, or, where ids are given, those of them.
func (l *Ledger) batches(ctx context.Context, f BatchFilter, ids []int32) ([]ClosedBatch, error) {
	if err := checkDates(f.From, f.To); err != nil {
		return nil, err
	}
	zone, err := readZone(ctx, l.pool)
	if err != nil {
		return nil, readError(err)
	}
	rows, err := l.pool.Query(ctx, batchesSQL, f.From, f.To, f.Link, f.TID, f.Unspoken, ids, f.Limit)
	if err != nil {
		return nil, readError(err)
	}
	all, err := pgx.AppendRows([]ClosedBatch{}, rows, func(row pgx.CollectableRow) (ClosedBatch, error) {
		return scanClosed(row, zone)
	})
	return all, readError(err)
}

func scanClosed(row scanner, zone *time.Location) (b ClosedBatch, err error) {
	var id *int32
	var at *time.Time
	var status *string
	var theirs, ours *int64
	var r Reconciliation
	err = row.Scan(&b.ID, &b.Link, &b.TID, &b.MID, &b.Outlet, &b.No, &b.ClosedBy, &b.ClosedAt, &b.BusinessDate, &b.Summed,
		&b.Sales.Count, &b.Sales.Amount, &b.Voids.Count, &b.Voids.Amount, &b.Refunds.Count, &b.Refunds.Amount, &b.Reversals.Count,
		&b.Reversals.Amount, &b.Restored.Count, &b.Restored.Amount, &id, &at, &r.SentBatch, &status, &theirs, &ours, &r.Uploads)
	b.ClosedAt = b.ClosedAt.In(zone)
	if err == nil && id != nil {
		r.ID, r.At, r.Status, r.TheirNet, r.OurNet = *id, at.In(zone), *status, *theirs, *ours
		b.Reconciliation = &r
	}
	return b, err
}

// Batch finds a closed batch by its number, or ErrNotFound.
func (l *Ledger) Batch(ctx context.Context, id int32) (ClosedBatch, error) {
	found, err := l.batches(ctx, BatchFilter{}, []int32{id})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("batch %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return ClosedBatch{}, err
	}
	return found[0], nil
}
