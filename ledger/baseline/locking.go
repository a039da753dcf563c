package baseline

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	lockSQL = `select c.family, c.pin_value, p.balance from card c join purse p on p.family = c.family where c.pan = $1
		for update of p`
	debitSQL = `update purse set balance = balance - $2 where family = $1`
	postSQL  = `insert into posting (tid, stan, pan, family, amount, balance) values ($1, $2, $3, $4, $5, $6)`
)

// Locking is one transaction a message over 32 connections: the purse is locked and read, the program decides, and writes.
func (b *Books) Locking(ctx context.Context, d time.Duration) (Rate, error) {
	return b.run(ctx, connsMax, d, func(ctx context.Context, w *worker) error {
		r := w.next()
		err := pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error { return redeemLocked(ctx, tx, r) })
		if err == nil {
			w.posted++
		}
		return err
	})
}

func redeemLocked(ctx context.Context, tx pgx.Tx, r redemption) error {
	var family, balance int64
	var pinValue int32
	if err := tx.QueryRow(ctx, lockSQL, r.pan).Scan(&family, &pinValue, &balance); err != nil {
		return err
	}
	if pinValue != r.pinValue || balance < r.amount {
		return errNotPosted
	}
	if _, err := tx.Exec(ctx, debitSQL, family, r.amount); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, postSQL, r.tid, r.stan, r.pan, family, r.amount, balance-r.amount)
	return err
}
