package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// collectChunk is how many families pay back what they owe under one hold of a bucket's lock.
const collectChunk = 250

// collect takes what families owe from their purses of a disbursement that is funded and not opened yet.
func (l *Ledger) collect(ctx context.Context, conn *pgx.Conn, id int32, report *DisburseReport) error {
	rows, err := conn.Query(ctx, `select bucket, programme from bpnt.receivable
		where owed > 0 and programme in (select programme from bpnt.tranche where disbursement = $1) group by 1, 2 order by 1, 2`, id)
	if err != nil {
		return err
	}
	type pocket struct{ Bucket, Programme int16 }
	owing, err := pgx.CollectRows(rows, pgx.RowToStructByPos[pocket])
	for _, p := range owing {
		if err == nil {
			err = l.collectBucket(ctx, conn, id, p.Bucket, p.Programme, report)
		}
	}
	return err
}

func (l *Ledger) collectBucket(ctx context.Context, conn *pgx.Conn, id int32, bucket, programme int16, report *DisburseReport) error {
	last := pgtype.Int8{Valid: true}
	for last.Valid {
		var chunk Moved
		err := conn.QueryRow(ctx, `select * from bpnt.collect_chunk($1, $2, $3, $4, $5, $6)`,
			l.now(), id, bucket, programme, last.Int64, collectChunk).Scan(&last, &chunk.Purses, &chunk.AmountIDR)
		if err != nil {
			return err
		}
		report.Collected.Purses += chunk.Purses
		report.Collected.AmountIDR += chunk.AmountIDR
	}
	return nil
}
