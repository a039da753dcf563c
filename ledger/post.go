package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// BatchMax is the most requests that one Post takes: a call holds the bucket's lock, and its arrays must stay small
// beside the work.
const BatchMax = 1000

const postSQL = `select n, outcome, replay, again, moved_to, id, amount, balance, at, batch, invoice, nii, entry_mode,
	masthead, tries_left, generation
	from bpnt.post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
	$24, $25)`

// Post posts a batch to one bucket as one SQL transaction in one round trip. Results stand in the order of requests.
//
// The error is one of ErrUnavailable, ErrIndeterminate, ErrBusy, ErrRejected (errors.Is), and then nothing is known of
// any single request beyond that. A request that stands behind another of the same card is not looked at: its result
// says Again.
func (l *Ledger) Post(ctx context.Context, bucket int16, requests []Request) ([]Result, error) {
	return l.postAt(ctx, bucket, requests, time.Time{})
}

// postAt is Post with the ledger's clock given; the zero time stands for the clock itself.
func (l *Ledger) postAt(ctx context.Context, bucket int16, requests []Request, at time.Time) ([]Result, error) {
	results := make([]Result, len(requests))
	c := newColumns(requests, results)
	if len(c.place) == 0 {
		return results, nil
	}
	conn, err := l.pool.Acquire(ctx)
	if err != nil {
		return nil, ErrUnavailable
	}
	defer conn.Release()
	if err := runPost(ctx, conn, bucket, at, c, results); err != nil {
		return nil, err
	}
	if l.primary.doubts(conn.Conn().PgConn()) {
		return nil, ErrIndeterminate
	}
	return results, nil
}

// runPost makes the call. Outcomes count only after the result was read to its end without an error: rows arrive
// before the commit.
func runPost(ctx context.Context, conn *pgxpool.Conn, bucket int16, at time.Time, c *columns, results []Result) error {
	clock := pgtype.Timestamptz{Time: at, Valid: !at.IsZero()}
	rows, err := conn.Query(ctx, postSQL, c.arguments(bucket, clock)...)
	if err != nil {
		return fate(err)
	}
	seen := 0
	for rows.Next() {
		if err := scanResult(rows, bucket, c.place, results); err != nil {
			rows.Close()
			return ErrIndeterminate
		}
		seen++
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return fate(err)
	}
	if seen != len(c.place) {
		return errors.Join(ErrIndeterminate, errors.New("post() answered another number of rows than it was asked"))
	}
	return nil
}

// scanResult reads one row into the place of its request.
func scanResult(rows pgx.Rows, bucket int16, place []int, results []Result) error {
	var r Result
	var n int32
	var moved, nii, entry, tries pgtype.Int2
	var batch, masthead pgtype.Int4
	err := rows.Scan(&n, &r.Outcome, &r.Replay, &r.Again, &moved, &r.ID, &r.Amount, &r.Balance, &r.At, &batch,
		&r.Invoice, &nii, &entry, &masthead, &tries, &r.Generation)
	if err != nil {
		return err
	}
	r.Bucket, r.MovedTo = bucket, orAbsent16(moved)
	r.NII, r.EntryMode = orAbsent16(nii), orAbsent16(entry)
	r.Batch, r.Masthead, r.TriesLeft = Absent, masthead.Int32, tries.Int16
	if batch.Valid {
		r.Batch = batch.Int32
	}
	results[place[n-1]] = r
	return nil
}

func orAbsent16(v pgtype.Int2) int16 {
	if v.Valid {
		return v.Int16
	}
	return Absent
}
