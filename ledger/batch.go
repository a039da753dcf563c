package ledger

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// Totals are what a terminal and we count of a batch, in whole rupiah. Sales are net of voids.
type Totals struct {
	Sales         int32 `json:"sales"`
	SalesAmount   int64 `json:"sales_idr"`
	Refunds       int32 `json:"refunds"`
	RefundsAmount int64 `json:"refunds_idr"`
}

// Net is what the totals come to.
func (t Totals) Net() int64 { return t.SalesAmount - t.RefundsAmount }

// BatchClaim is a terminal's settlement message: 0500 920000 with what it counted, or the trailer 960000 that ends the
// upload after totals that differed.
type BatchClaim struct {
	Link      int16
	TID       string
	MID       string // DE42, or empty
	STAN      int32
	SentBatch int32 // DE60, or Absent
	Totals    Totals
	Trailer   bool
}

// BatchAnswer is what a terminal is told of its batch.
//
// Outcomes: approved; totals_differ, to a settlement only; batch_unknown, to a trailer only; batch_closed; conflict;
// terminal_unknown; outlet_unknown. With the last four and with batch_unknown there are no totals.
type BatchAnswer struct {
	Outcome     Outcome
	Replay      bool // the answer was given before
	At          time.Time
	SentBatch   int32 // DE60, or Absent
	Ours        Totals
	Voids       int32
	VoidsAmount int64
	Gross       Totals // Ours with the sales that were voided
	Masthead    int32  // of the outlet where the terminal stood; 0 where unknown
}

const closeSQL = `select * from bpnt.batch_begin($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

// CloseBatch answers a settlement message. A settlement closes the terminal's batch and compares totals; what was posted
// before the batch was closed is in it, everything later in the next one.
//
// The error is one of ErrUnavailable, ErrIndeterminate, ErrBusy, ErrRejected. Calling it again is always safe, also from
// another gateway at the same time: one closes, the others find the same answer, and who stopped half-way is finished.
func (l *Ledger) CloseBatch(ctx context.Context, c BatchClaim) (BatchAnswer, error) {
	for {
		answer, pending, err := l.beginBatch(ctx, c)
		if err != nil || pending == nil {
			return answer, err
		}
		if err := l.passBuckets(ctx); err != nil {
			return BatchAnswer{}, err
		}
		answer, err = l.endBatch(ctx, pending.reconciliation)
		if err != nil || pending.own {
			return answer, err
		}
	}
}

// pendingBatch is a settlement that was begun: the batch is closed, but not summed. own says that the claim at hand
// began it, or repeats the one that did.
type pendingBatch struct {
	reconciliation int32
	own            bool
}

func (l *Ledger) beginBatch(ctx context.Context, c BatchClaim) (BatchAnswer, *pendingBatch, error) {
	var pending pgtype.Int4
	var own bool
	t := c.Totals
	answer, err := scanBatch(l.errand(ctx, closeSQL, l.now(), c.Link, c.TID, c.MID, c.STAN, present(c.SentBatch),
		t.Sales, t.SalesAmount, t.Refunds, t.RefundsAmount, c.Trailer), &pending, &own)
	if err != nil || !pending.Valid {
		return answer, nil, err
	}
	return answer, &pendingBatch{pending.Int32, own}, nil
}

func (l *Ledger) endBatch(ctx context.Context, reconciliation int32) (BatchAnswer, error) {
	var pending pgtype.Int4
	var own bool
	return scanBatch(l.errand(ctx, `select * from bpnt.batch_end($1, $2)`, l.now(), reconciliation), &pending, &own)
}

// passBuckets takes and frees each bucket's lock once: whoever read a batch's number before it changed has committed then.
func (l *Ledger) passBuckets(ctx context.Context) error {
	for bucket := range int16(l.buckets) {
		if _, err := l.pool.Exec(ctx, `select bpnt.pass_bucket($1)`, bucket); err != nil {
			return fate(err)
		}
	}
	return nil
}

// scanner is one row that was asked for.
type scanner interface{ Scan(...any) error }

// scanBatch reads a row of SQL type batch_answer.
func scanBatch(row scanner, pending *pgtype.Int4, own *bool) (a BatchAnswer, err error) {
	var sent, masthead pgtype.Int4
	var at pgtype.Timestamptz
	err = row.Scan(pending, own, &a.Outcome, &a.Replay, &at, &sent, &a.Ours.Sales, &a.Ours.SalesAmount, &a.Ours.Refunds,
		&a.Ours.RefundsAmount, &a.Voids, &a.VoidsAmount, &masthead)
	if err != nil {
		return BatchAnswer{}, err
	}
	a.At, a.SentBatch, a.Masthead = at.Time, orAbsent(sent), masthead.Int32
	a.Gross = a.Ours
	a.Gross.Sales += a.Voids
	a.Gross.SalesAmount += a.VoidsAmount
	return a, nil
}

// present is a number that may be Absent as SQL has it.
func present(n int32) pgtype.Int4 { return pgtype.Int4{Int32: n, Valid: n >= 0} }

func orAbsent(n pgtype.Int4) int32 {
	if n.Valid {
		return n.Int32
	}
	return Absent
}
