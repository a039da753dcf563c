package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// FinishBatches sums every batch, and every day of a switch, that was closed but not summed: its closing was broken off,
// or nobody has asked for its sums yet.
func (l *Ledger) FinishBatches(ctx context.Context) error {
	rows, err := l.pool.Query(ctx, `select id from bpnt.batch where sales is null order by id`)
	if err != nil {
		return readError(err)
	}
	batches, err := pgx.CollectRows(rows, pgx.RowTo[int32])
	if err != nil {
		return readError(err)
	}
	return l.finishBatches(ctx, batches...)
}

// finishBatches sums closed batches that have no sums yet. They were closed before this is called, so passing the buckets
// once does for all of them.
func (l *Ledger) finishBatches(ctx context.Context, batches ...int32) error {
	passed := false
	for _, batch := range batches {
		for done := false; !done; {
			if err := l.pool.QueryRow(ctx, `select bpnt.batch_step($1, $2)`, batch, passed).Scan(&done); err != nil {
				return fate(err)
			}
			if passed || done {
				continue
			}
			if err := l.passBuckets(ctx); err != nil {
				return err
			}
			passed = true
		}
	}
	return nil
}
