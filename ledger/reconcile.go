package ledger

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// Sum is a number of messages and their amount in whole rupiah.
type Sum struct {
	Count  int32 `json:"count"`
	Amount int64 `json:"amount_idr"`
}

// SwitchTotals are what a switch counts of a day: redemptions are debits, voids and refunds credits; reversals stand
// apart, in the day on which they came.
type SwitchTotals struct {
	Debits          Sum   `json:"debits"`
	DebitReversals  Sum   `json:"debit_reversals"`
	Credits         Sum   `json:"credits"`
	CreditReversals Sum   `json:"credit_reversals"`
	Net             int64 `json:"net_idr"` // debits less their reversals, less credits, plus theirs
}

// SwitchClaim is a switch's reconciliation message (0500, or 0520 as an advice).
type SwitchClaim struct {
	Link   int16
	STAN   int32
	Date   string // DE15, MMDD: the day that it speaks of; empty for the newest that is over
	Totals SwitchTotals
	Advice bool
}

// SwitchAnswer is what a switch is told of its day.
//
// Outcomes: approved, in balance (DE66 1); totals_differ, out of balance (2), and an exception; batch_unknown, no such
// day is over; conflict, the same STAN with other totals. Ours is zero with the last two.
type SwitchAnswer struct {
	Outcome Outcome
	Replay  bool // the answer was given before
	At      time.Time
	Ours    SwitchTotals
}

// Reconcile compares a switch's figures of a day that is over with ours. Errors are those of CloseBatch; safe to repeat.
// The first one of a day sums it, in steps that stay when the call is broken off.
func (l *Ledger) Reconcile(ctx context.Context, c SwitchClaim) (SwitchAnswer, error) {
	var day pgtype.Int4
	err := l.pool.QueryRow(ctx, `select bpnt.switch_day($1, $2)`, c.Link, c.Date).Scan(&day)
	if err != nil {
		return SwitchAnswer{}, fate(err)
	}
	if day.Valid {
		if err := l.finishBatches(ctx, day.Int32); err != nil {
			return SwitchAnswer{}, err
		}
	}
	return l.compareDay(ctx, c, day)
}

func (l *Ledger) compareDay(ctx context.Context, c SwitchClaim, day pgtype.Int4) (a SwitchAnswer, err error) {
	t, o := c.Totals, &a.Ours
	err = l.errand(ctx, `select * from bpnt.switch_compare($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		l.now(), c.Link, day, c.STAN, t.Debits.Count, t.Debits.Amount, t.DebitReversals.Count, t.DebitReversals.Amount,
		t.Credits.Count, t.Credits.Amount, t.CreditReversals.Count, t.CreditReversals.Amount, t.Net).
		Scan(&a.Outcome, &a.Replay, &a.At, &o.Debits.Count, &o.Debits.Amount, &o.DebitReversals.Count, &o.DebitReversals.Amount,
			&o.Credits.Count, &o.Credits.Amount, &o.CreditReversals.Count, &o.CreditReversals.Amount)
	if err != nil {
		return SwitchAnswer{}, err
	}
	o.Net = o.Debits.Amount - o.DebitReversals.Amount - o.Credits.Amount + o.CreditReversals.Amount
	return a, nil
}
