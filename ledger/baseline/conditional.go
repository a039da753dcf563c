package baseline

import (
	"context"
	"time"
)

const conditionalSQL = `with moved as (
		update purse p set balance = p.balance - $5
		from card c
		where c.pan = $3 and c.pin_value = $4 and p.family = c.family and p.balance >= $5
		returning p.family, p.balance)
	insert into posting (tid, stan, pan, family, amount, balance)
	select $1, $2, $3, m.family, $5, m.balance from moved m`

// Conditional is one statement a message over 32 connections, each its own transaction. A copy of a message fails at the
// primary key, and takes its debit back with it.
func (b *Books) Conditional(ctx context.Context, d time.Duration) (Rate, error) {
	return b.run(ctx, connsMax, d, func(ctx context.Context, w *worker) error {
		r := w.next()
		done, err := w.conn.Exec(ctx, conditionalSQL, r.tid, r.stan, r.pan, r.pinValue, r.amount)
		if err != nil {
			return err
		}
		if done.RowsAffected() != 1 {
			return errNotPosted
		}
		w.posted++
		return nil
	})
}
