package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Target is how many outlets of a kind shall be active at the end of a month.
type Target struct {
	Kind    string `json:"kind"`  // e_warong or kube_jasa
	Month   int32  `json:"month"` // YYYYMM
	Outlets int32  `json:"outlets"`
}

// SetTarget notes a target. A month's newest one holds.
func (l *Ledger) SetTarget(ctx context.Context, t Target) error {
	if !slices.Contains(OutletKinds, t.Kind) {
		return fmt.Errorf("%q is no kind of outlet: e_warong or kube_jasa", t.Kind)
	}
	if err := CheckPeriod(t.Month); err != nil {
		return err
	}
	if t.Outlets < 0 {
		return fmt.Errorf("a target of %d outlets is below zero", t.Outlets)
	}
	return l.inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into bpnt.target (kind, month, outlets) values ($1, $2, $3)`, t.Kind, t.Month, t.Outlets)
		if err != nil {
			return err
		}
		return journal(ctx, tx, "target set", fmt.Sprintf("target %s %d: %d outlets", t.Kind, t.Month, t.Outlets), "")
	})
}

// Targets lists the targets that hold, by month and kind.
func (l *Ledger) Targets(ctx context.Context) ([]Target, error) {
	rows, err := l.pool.Query(ctx, `select distinct on (month, kind) kind, month, outlets from bpnt.target order by month, kind, id desc`)
	if err != nil {
		return nil, readError(err)
	}
	targets, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Target])
	return targets, readError(err)
}
