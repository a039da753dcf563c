package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// emptyChunk is how many purses are looked at, and emptied, under one hold of a bucket's lock.
const emptyChunk = 400

// Moved is what a job posted.
type Moved struct {
	Purses    int64 `json:"purses"`
	AmountIDR int64 `json:"amount_idr"`
}

// Expiry asks for what has been there for as long as its programme's rule allows.
type Expiry struct {
	DryRun   bool // look only: neither a lock nor a write
	Reason   string
	Progress func(purses int64) // emptied so far
}

// ExpireReport is what Expire emptied, or would.
type ExpireReport struct {
	DryRun bool `json:"dry_run"`
	Moved
	Periods []EmptiedPeriod `json:"periods"`
}

// EmptiedPeriod is one disbursement's money of a programme and period.
type EmptiedPeriod struct {
	Programme    string  `json:"programme"`
	Period       int32   `json:"period"` // YYYYMM
	Disbursement string  `json:"disbursement"`
	OpenedOn     *string `json:"opened_on"` // business date; nil where it was never spendable
	Moved
	tranche int32
	kind    string // of the postings: X, or C where it is taken back
	alive   int64  // purses that may have money yet
}

// Expire closes the periods whose money has been there for as long as their programme's rule of today allows, and
// empties what is left in them to the treasury. It finishes what an earlier run, or a disbursement, left closing.
func (l *Ledger) Expire(ctx context.Context, e Expiry) (report ExpireReport, err error) {
	if e.DryRun {
		return l.expireLook(ctx)
	}
	if err := checkText("the reason", e.Reason); err != nil {
		return report, err
	}
	err = l.job(ctx, "expire", func(conn *pgx.Conn) error {
		if err := note(ctx, conn, "expire begun", "all programmes", e.Reason); err != nil {
			return err
		}
		if _, err := conn.Exec(ctx, `select bpnt.expire_begin($1)`, l.now()); err != nil {
			return err
		}
		report.Periods, err = l.emptyPeriods(ctx, conn, e.Progress)
		report.Periods = slices.DeleteFunc(report.Periods, func(p EmptiedPeriod) bool { return p.kind != expired })
		report.sum()
		if err != nil {
			return err
		}
		return note(ctx, conn, "expire", fmt.Sprintf("%d periods: Rp %d in %d purses", len(report.Periods), report.AmountIDR, report.Purses), e.Reason)
	})
	return report, jobError(err)
}

// expireLook is the dry run.
func (l *Ledger) expireLook(ctx context.Context) (ExpireReport, error) {
	report := ExpireReport{DryRun: true}
	rows, err := l.pool.Query(ctx, `select programme, period, disbursement, opened_on::text, purses, amount from bpnt.expire_look($1)`, l.now())
	if err != nil {
		return report, readError(err)
	}
	report.Periods, err = pgx.AppendRows([]EmptiedPeriod{}, rows, func(row pgx.CollectableRow) (EmptiedPeriod, error) {
		p := EmptiedPeriod{kind: expired}
		return p, row.Scan(&p.Programme, &p.Period, &p.Disbursement, &p.OpenedOn, &p.Purses, &p.AmountIDR)
	})
	report.sum()
	return report, readError(err)
}

func (r *ExpireReport) sum() { r.Moved = sumPeriods(r.Periods, expired) }

// The kinds of postings that empty a purse.
const (
	expired   = "X"
	takenBack = "C"
)

func sumPeriods(periods []EmptiedPeriod, kind string) (all Moved) {
	for _, p := range periods {
		if p.kind != kind {
			continue
		}
		all.Purses += p.Purses
		all.AmountIDR += p.AmountIDR
	}
	return all
}

// ReverseDisbursement takes back what is left of a disbursement. What families have spent of it stays spent. It is the
// only way to undo one, and may be run again.
func (l *Ledger) ReverseDisbursement(ctx context.Context, name, reason string, progress func(purses int64)) (moved Moved, err error) {
	if err := checkText("the reason", reason); err != nil {
		return moved, err
	}
	err = l.job(ctx, "reverse "+name, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, `select bpnt.disburse_reverse($1, $2, $3)`, l.now(), name, reason); err != nil {
			return err
		}
		moved, err = l.empty(ctx, conn, takenBack, progress)
		return err
	})
	return moved, jobError(err)
}

// empty posts away what is left in closing tranches, and in open ones what their families' newer money has ended.
// It tells what it posted of a kind.
func (l *Ledger) empty(ctx context.Context, conn *pgx.Conn, kind string, progress func(int64)) (Moved, error) {
	periods, err := l.emptyPeriods(ctx, conn, progress)
	return sumPeriods(periods, kind), err
}

// emptyPeriods is empty, tranche by tranche and bucket by bucket, in chunks.
func (l *Ledger) emptyPeriods(ctx context.Context, conn *pgx.Conn, progress func(int64)) ([]EmptiedPeriod, error) {
	periods, err := closing(ctx, conn)
	if err != nil || len(periods) == 0 {
		return periods, err
	}
	var before int64
	for i := range periods {
		for bucket := range int16(l.buckets) {
			if err := l.emptyBucket(ctx, conn, bucket, &periods[i], func(purses int64) {
				if progress != nil {
					progress(before + purses)
				}
			}); err != nil {
				return periods, err
			}
		}
		before += periods[i].Purses
	}
	_, err = conn.Exec(ctx, `select bpnt.empty_end($1, $2)`, l.now(), lifeless(periods))
	return periods, err
}

// lifeless are the tranches in which no purse may have money any more.
func lifeless(periods []EmptiedPeriod) []int32 {
	ids := make([]int32, 0, len(periods))
	for _, p := range periods {
		if p.alive == 0 {
			ids = append(ids, p.tranche)
		}
	}
	return ids
}

// closing lists the tranches that are to be emptied.
func closing(ctx context.Context, conn *pgx.Conn) ([]EmptiedPeriod, error) {
	rows, err := conn.Query(ctx, `select t.id, coalesce(t.closing::text, 'X'), g.code, t.period, d.name, t.opened_on::text
		from bpnt.tranche t join bpnt.programme g on g.id = t.programme join bpnt.disbursement d on d.id = t.disbursement
		where t.id in (select bpnt.emptying()) order by g.code, t.period, d.name`)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]EmptiedPeriod{}, rows, func(row pgx.CollectableRow) (EmptiedPeriod, error) {
		var p EmptiedPeriod
		return p, row.Scan(&p.tranche, &p.kind, &p.Programme, &p.Period, &p.Disbursement, &p.OpenedOn)
	})
}

func (l *Ledger) emptyBucket(ctx context.Context, conn *pgx.Conn, bucket int16, p *EmptiedPeriod, progress func(int64)) error {
	last := pgtype.Int8{Valid: true}
	for {
		var purses, amount, alive int64
		err := conn.QueryRow(ctx, `select * from bpnt.empty_chunk($1, $2, $3, $4, $5)`,
			l.now(), bucket, p.tranche, last.Int64, emptyChunk).Scan(&last, &purses, &amount, &alive)
		if err != nil || !last.Valid {
			return err
		}
		p.Purses += purses
		p.AmountIDR += amount
		p.alive += alive
		progress(p.Purses)
	}
}
