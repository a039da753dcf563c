package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// disburseChunk is how many purses are funded under one hold of a bucket's lock: 3 ms here. Chunks of 100 cost a quarter
// of the rate; those of 500 gain nothing and hold the lock twice as long.
const disburseChunk = 250

// Disbursement funds every family of the ledger with one period's amount.
type Disbursement struct {
	Programme int16
	Period    int32 // YYYYMM
	AmountIDR int64 // to each family; 0 for what the programme's rule says
	Progress  func(purses int64)
}

// DisburseReport tells what a run did. A run that was broken off is simply run again.
type DisburseReport struct {
	Name      string `json:"disbursement"`  // what the order is known by; empty where there was nothing to do
	Purses    int64  `json:"purses"`        // looked at
	Funded    int64  `json:"funded"`        // by this run
	Before    int64  `json:"funded_before"` // had their money already
	AmountIDR int64  `json:"disbursed_idr"` // by this run
	Collected Moved  `json:"collected"`     // by this run, of what families owed: taken from the new money before it was opened
	Expired   Moved  `json:"expired"`       // what was left of earlier periods, where the programme's rule says so
}

// Disburse gives every family that has no money of the period yet a purse of it, and then opens them all at once. It is
// idempotent per family and period.
func (l *Ledger) Disburse(ctx context.Context, d Disbursement) (report DisburseReport, err error) {
	if err := d.check(); err != nil {
		return report, err
	}
	err = l.job(ctx, fmt.Sprintf("disburse %d", d.Period), func(conn *pgx.Conn) error {
		return brokenOff(ctx, conn, l.disburseEveryone(ctx, conn, &d, &report))
	})
	return report, jobError(err)
}

func (l *Ledger) disburseEveryone(ctx context.Context, conn *pgx.Conn, d *Disbursement, report *DisburseReport) error {
	o, err := l.orderEveryone(ctx, conn, d, report)
	if err != nil {
		return err
	}
	if o.name == "" { // all have theirs; an earlier run may have been broken off at its very end
		report.Expired, err = l.empty(ctx, conn, expired, nil)
		return err
	}
	return l.fund(ctx, conn, o, report)
}

// brokenOff says of a job that lost its session, or was told to stop, that it may be run again.
func brokenOff(ctx context.Context, conn *pgx.Conn, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("broken off: run it again and it goes on (%w)", ctx.Err())
	case conn.IsClosed():
		return fmt.Errorf("broken off, the database went away: run it again and it goes on (%w)", ErrUnavailable)
	}
	return err
}

func (d *Disbursement) check() error {
	if d.AmountIDR < 0 || d.AmountIDR > AmountMax {
		return errors.New("the amount must be a positive number of whole rupiah")
	}
	return CheckPeriod(d.Period)
}

// CheckPeriod refuses what is not a month written YYYYMM.
func CheckPeriod(period int32) error {
	if period < 200001 || period > 999912 || period%100 < 1 || period%100 > 12 {
		return errors.New("the period must be a month written YYYYMM")
	}
	return nil
}

// CurrentPeriod is the month of the ledger's business date.
func (l *Ledger) CurrentPeriod(ctx context.Context) (int32, error) {
	var period int32
	err := l.pool.QueryRow(ctx, `select bpnt.month_of(bpnt.business_date(bpnt.clock($1)))`, l.now()).Scan(&period)
	return period, readError(err)
}

// order is a disbursement that stands staged.
type order struct {
	name     string
	digest   []byte
	progress func(purses int64)
}

// orderEveryone stages an order for all who have no money of the period yet. One that was broken off goes on under its
// name; a new one gets the next.
func (l *Ledger) orderEveryone(ctx context.Context, conn *pgx.Conn, d *Disbursement, report *DisburseReport) (order, error) {
	o := order{progress: d.Progress}
	if err := l.amountByRule(ctx, conn, d); err != nil {
		return o, err
	}
	var staged, families int64
	if _, err := conn.Exec(ctx, `select bpnt.stage_clear()`); err != nil {
		return o, err
	}
	err := conn.QueryRow(ctx, `select bpnt.stage_everyone($1, $2, $3), (select count(*) from bpnt.family)`,
		d.Programme, d.Period, d.AmountIDR).Scan(&staged, &families)
	if err != nil {
		return o, err
	}
	report.Purses, report.Before = families, families-staged
	o.name, err = everyoneName(ctx, conn, d, staged > 0)
	return o, err
}

// amountByRule fills in the amount of a family and period.
func (l *Ledger) amountByRule(ctx context.Context, conn *pgx.Conn, d *Disbursement) error {
	if d.AmountIDR > 0 {
		return nil
	}
	var amount *int64
	if err := conn.QueryRow(ctx, `select (bpnt.rule_on($1, $2)).amount`, d.Programme, firstOf(d.Period)).Scan(&amount); err != nil {
		return err
	}
	if amount == nil {
		return fmt.Errorf("no rule of the programme gives an amount for period %d: name one, or use a file", d.Period)
	}
	d.AmountIDR = *amount
	return nil
}

// everyoneName is the name of the order that was broken off, else a new one; empty where there is nothing to do.
func everyoneName(ctx context.Context, conn *pgx.Conn, d *Disbursement, any bool) (string, error) {
	var begun *string
	var code string
	var orders int
	err := conn.QueryRow(ctx, `select min(p.code), min(d.name) filter (where d.status = 'funding'), count(d.id)
		from bpnt.programme p left join bpnt.tranche t on t.programme = p.id and t.period = $2
		left join bpnt.disbursement d on d.id = t.disbursement and d.digest is null where p.id = $1`,
		d.Programme, d.Period).Scan(&code, &begun, &orders)
	switch {
	case err != nil:
		return "", err
	case begun != nil:
		return *begun, nil
	case !any:
		return "", nil
	}
	return fmt.Sprintf("%s-%d-all-%d", code, d.Period, orders+1), nil
}

// fund carries out what stands staged: chunk by chunk, then what families owe is taken from it, then one statement makes
// all of it spendable.
func (l *Ledger) fund(ctx context.Context, conn *pgx.Conn, o order, report *DisburseReport) error {
	report.Name = o.name
	var id int32
	if err := conn.QueryRow(ctx, `select bpnt.disburse_begin($1, $2, $3)`, l.now(), o.name, o.digest).Scan(&id); err != nil {
		return err
	}
	for bucket := range int16(l.buckets) {
		if err := l.fundBucket(ctx, conn, id, bucket, o.progress, report); err != nil {
			return err
		}
	}
	if err := l.collect(ctx, conn, id, report); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `select bpnt.disburse_open($1, $2)`, l.now(), id); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `select bpnt.stage_clear()`); err != nil {
		return err
	}
	var err error
	report.Expired, err = l.empty(ctx, conn, expired, nil)
	return err
}

func (l *Ledger) fundBucket(ctx context.Context, conn *pgx.Conn, id int32, bucket int16, progress func(int64), report *DisburseReport) error {
	last := pgtype.Int8{Valid: true}
	for {
		var looked, funded, amount int64
		err := conn.QueryRow(ctx, `select * from bpnt.disburse_chunk($1, $2, $3, $4, $5)`, l.now(), id, bucket, last.Int64, disburseChunk).
			Scan(&last, &looked, &funded, &amount)
		if err != nil {
			return err
		}
		if !last.Valid {
			return nil
		}
		report.Funded += funded
		report.AmountIDR += amount
		if progress != nil {
			progress(report.Funded)
		}
	}
}
