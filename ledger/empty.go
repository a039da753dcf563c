package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// sweepChunk is how many purses a job looks at under one hold of a bucket's lock.
const sweepChunk = 1000

// Moved is what a job posted.
type Moved struct {
	Purses    int64 `json:"purses"`
	AmountIDR int64 `json:"amount_idr"`
}

// Expire closes the periods whose money has been there for as long as their programme's rule allows, and empties what is
// left in them to the treasury. It finishes what an earlier run, or a disbursement, left closing.
func (l *Ledger) Expire(ctx context.Context, progress func(purses int64)) (moved Moved, err error) {
	err = l.job(ctx, "expire", func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, `select bpnt.expire_begin($1)`, l.now()); err != nil {
			return err
		}
		moved, err = l.empty(ctx, conn, progress)
		return err
	})
	return moved, jobError(err)
}

// ReverseDisbursement takes back what is left of a disbursement. What families have spent of it stays spent. It is the
// only way to undo one, and may be run again.
func (l *Ledger) ReverseDisbursement(ctx context.Context, name, reason string, progress func(purses int64)) (moved Moved, err error) {
	err = l.job(ctx, "reverse "+name, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, `select bpnt.disburse_reverse($1, $2, $3)`, l.now(), name, reason); err != nil {
			return err
		}
		moved, err = l.empty(ctx, conn, progress)
		return err
	})
	return moved, jobError(err)
}

// empty posts away what is left in closing tranches, in chunks, and closes them.
func (l *Ledger) empty(ctx context.Context, conn *pgx.Conn, progress func(int64)) (moved Moved, err error) {
	var closing bool
	if err := conn.QueryRow(ctx, `select exists (select from bpnt.tranche where status = 'closing')`).Scan(&closing); err != nil || !closing {
		return moved, err
	}
	for bucket := range int16(l.buckets) {
		for _, state := range []string{"O", "F"} {
			if err := l.emptyBucket(ctx, conn, bucket, state, progress, &moved); err != nil {
				return moved, err
			}
		}
	}
	_, err = conn.Exec(ctx, `select bpnt.empty_end($1)`, l.now())
	return moved, err
}

func (l *Ledger) emptyBucket(ctx context.Context, conn *pgx.Conn, bucket int16, state string, progress func(int64), moved *Moved) error {
	last := pgtype.Int8{Valid: true}
	for looked := int64(0); ; {
		var seen, purses, amount int64
		err := conn.QueryRow(ctx, `select * from bpnt.empty_chunk($1, $2, $3::text::"char", $4, $5)`,
			l.now(), bucket, state, last.Int64, sweepChunk).Scan(&last, &seen, &purses, &amount)
		if err != nil || !last.Valid {
			return err
		}
		looked += seen
		moved.Purses += purses
		moved.AmountIDR += amount
		if progress != nil {
			progress(moved.Purses)
		}
	}
}
