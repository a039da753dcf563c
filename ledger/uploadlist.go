package ledger

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Uploaded is what a terminal uploaded after totals that differed, and what we found of it.
type Uploaded struct {
	At        time.Time `json:"at"`
	MTI       int32     `json:"mti"` // of the original
	STAN      int32     `json:"stan"`
	RRN       string    `json:"rrn"`
	AmountIDR int64     `json:"amount_idr"`
	Found     string    `json:"found"` // matched, differs, foreign, unknown
}

// Uploads lists what was uploaded for a reconciliation, in the order in which it came.
func (l *Ledger) Uploads(ctx context.Context, reconciliation int32) ([]Uploaded, error) {
	zone, err := readZone(ctx, l.pool)
	if err != nil {
		return nil, readError(err)
	}
	rows, err := l.pool.Query(ctx, `select u.at, u.original_mti, u.original_stan, u.rrn, u.amount, u.found from bpnt.upload u
		join bpnt.reconciliation r on r.id = $1 and r.terminal = u.terminal
		where coalesce(u.reconciliation, 0) = $1 order by u.id`, reconciliation)
	if err != nil {
		return nil, readError(err)
	}
	all, err := pgx.AppendRows([]Uploaded{}, rows, pgx.RowToStructByPos[Uploaded])
	for i := range all {
		all[i].At = all[i].At.In(zone)
	}
	return all, readError(err)
}
