package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Limits of the jobs that sweep over purses.
const (
	lookChunk = 1000 // purses looked at in one read, without a lock
	moveChunk = 400  // purses moved under one hold of a bucket's lock; those of one family are never parted
)

// sweeper is one run of Freeze or Return: it looks without a lock, and only what is due is looked at again, and moved,
// under the bucket's.
type sweeper struct {
	Sweep
	ledger     *Ledger
	kind       string // of the postings: F or Y
	programmes map[int16]string
	regions    map[int16]string
	report     SweepReport
	totals     map[SweepTotal]Moved // by programme and region
}

// sweep runs a job, or its dry run.
func (l *Ledger) sweep(ctx context.Context, kind, what string, s Sweep) (SweepReport, error) {
	w := sweeper{Sweep: s, ledger: l, kind: kind, totals: map[SweepTotal]Moved{}}
	w.report.DryRun = s.DryRun
	var err error
	if s.DryRun {
		err = l.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error { return w.run(ctx, c.Conn()) })
	} else if err = checkText("the reason", s.Reason); err == nil {
		err = l.job(ctx, what, func(conn *pgx.Conn) error { return w.journaled(ctx, conn, what) })
	}
	w.report.Totals = w.sorted()
	return w.report, jobError(err)
}

// journaled notes the run's beginning, so that one that was broken off is seen, and at its end what it moved.
func (w *sweeper) journaled(ctx context.Context, conn *pgx.Conn, what string) error {
	if err := note(ctx, conn, what+" begun", "all programmes", w.Reason); err != nil {
		return err
	}
	if err := w.run(ctx, conn); err != nil {
		return err
	}
	return note(ctx, conn, what, fmt.Sprintf("Rp %d in %d purses", w.report.AmountIDR, w.report.Purses), w.Reason)
}

func (w *sweeper) run(ctx context.Context, conn *pgx.Conn) (err error) {
	if w.programmes, err = names(ctx, conn, `select id, code from bpnt.programme`); err != nil {
		return err
	}
	if w.regions, err = names(ctx, conn, `select id, name from bpnt.region`); err != nil {
		return err
	}
	for bucket := range int16(w.ledger.buckets) {
		if err := w.bucket(ctx, conn, bucket); err != nil {
			return err
		}
	}
	return nil
}

func names(ctx context.Context, conn *pgx.Conn, sql string) (map[int16]string, error) {
	rows, err := conn.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	all := map[int16]string{}
	var id int16
	var name string
	_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error {
		all[id] = name
		return nil
	})
	return all, err
}

// bucket pages through a bucket's open, or frozen, purses.
func (w *sweeper) bucket(ctx context.Context, conn *pgx.Conn, bucket int16) error {
	last := pgtype.Int8{Valid: true}
	for {
		var looked int64
		var families []int64
		err := conn.QueryRow(ctx, `select * from bpnt.dormant_page($1, $2::text::"char", $3, $4, $5)`,
			w.ledger.now(), w.kind, bucket, last.Int64, lookChunk).Scan(&last, &looked, &families)
		if err != nil || !last.Valid {
			return err
		}
		if err := w.page(ctx, conn, bucket, families); err != nil {
			return err
		}
		w.report.Looked += looked
		if w.Progress != nil {
			w.Progress(w.report.Looked)
		}
	}
}

// page finds what is due of some families and moves it.
func (w *sweeper) page(ctx context.Context, conn *pgx.Conn, bucket int16, families []int64) error {
	if len(families) == 0 {
		return nil
	}
	due, err := w.purses(ctx, conn, "bpnt.dormant", bucket, families)
	if err != nil || w.DryRun {
		return errors.Join(err, w.take(due))
	}
	for len(due) > 0 {
		var slice []int64
		slice, due = cutFamilies(due)
		moved, err := w.purses(ctx, conn, "bpnt.dormant_chunk", bucket, slice)
		if err != nil {
			return err
		}
		if err := w.take(moved); err != nil {
			return err
		}
	}
	return nil
}

// cutFamilies takes families off the front of due, which stands in their order, for about moveChunk purses.
func cutFamilies(due []DormantPurse) (families []int64, rest []DormantPurse) {
	for i, p := range due {
		same := i > 0 && due[i-1].Family == p.Family
		if i >= moveChunk && !same {
			return families, due[i:]
		}
		if !same {
			families = append(families, p.Family)
		}
	}
	return families, nil
}

// purses calls dormant(), which only looks, or dormant_chunk(), which moves. The rows of that count when the call has
// ended without an error: they arrive before the commit.
func (w *sweeper) purses(ctx context.Context, conn *pgx.Conn, function string, bucket int16, families []int64) ([]DormantPurse, error) {
	rows, err := conn.Query(ctx, `select family, region, programme, period, balance, opened_on::text, touched::text
		from `+function+`($1, $2::text::"char", $3, $4)`, w.ledger.now(), w.kind, bucket, families)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, w.scan)
}

func (w *sweeper) scan(row pgx.CollectableRow) (DormantPurse, error) {
	var p DormantPurse
	var region, programme int16
	var touched *string
	err := row.Scan(&p.Family, &region, &programme, &p.Period, &p.AmountIDR, &p.OpenedOn, &touched)
	p.Region, p.Programme = w.regions[region], w.programmes[programme]
	if w.kind == "F" {
		p.LastUse = touched
	} else {
		p.FrozenOn = touched
	}
	return p, err
}

// take counts purses and tells of them.
func (w *sweeper) take(purses []DormantPurse) error {
	for _, p := range purses {
		key := SweepTotal{Programme: p.Programme, Region: p.Region}
		w.totals[key] = w.totals[key].plus(p.AmountIDR)
		w.report.Moved = w.report.plus(p.AmountIDR)
		if w.Each == nil {
			continue
		}
		if err := w.Each(p); err != nil {
			return err
		}
	}
	return nil
}

func (m Moved) plus(amount int64) Moved {
	return Moved{Purses: m.Purses + 1, AmountIDR: m.AmountIDR + amount}
}

// sorted lists the totals by programme and region.
func (w *sweeper) sorted() []SweepTotal {
	all := make([]SweepTotal, 0, len(w.totals))
	for t, moved := range w.totals {
		t.Moved = moved
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b SweepTotal) int {
		return cmp.Or(strings.Compare(a.Programme, b.Programme), strings.Compare(a.Region, b.Region))
	})
	return all
}

// note writes a job's line into the journal, on the job's own connection.
func note(ctx context.Context, conn *pgx.Conn, action, what, reason string) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return journal(ctx, tx, action, what, reason) })
}
