package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// disburseChunk is how many families are funded under one hold of a bucket's lock: about 10 ms here.
const disburseChunk = 500

// Disbursement funds every family of the ledger with one period's amount.
type Disbursement struct {
	Programme int16
	Period    int32 // YYYYMM
	AmountIDR int64 // to each family
	Progress  func(families int64)
}

// DisburseReport tells what a run did. A run that was broken off is simply run again.
type DisburseReport struct {
	Families  int64 `json:"families"`      // looked at
	Funded    int64 `json:"funded"`        // by this run
	Before    int64 `json:"funded_before"` // had their purse already
	AmountIDR int64 `json:"disbursed_idr"` // by this run
}

// Disburse gives every family a purse of the period and then opens the period, for all at once. It is idempotent per
// family and period.
func (l *Ledger) Disburse(ctx context.Context, d Disbursement) (DisburseReport, error) {
	var report DisburseReport
	if d.AmountIDR <= 0 || d.AmountIDR > AmountMax {
		return report, errors.New("the amount must be a positive number of whole rupiah")
	}
	if d.Period < 200001 || d.Period > 999912 || d.Period%100 < 1 || d.Period%100 > 12 {
		return report, errors.New("the period must be a month written YYYYMM")
	}
	if _, err := l.pool.Exec(ctx, `select bpnt.disburse_begin($1, $2, $3)`, d.Programme, d.Period, d.AmountIDR); err != nil {
		return report, jobError(err)
	}
	for bucket := range int16(l.buckets) {
		if err := l.disburseBucket(ctx, bucket, d, &report); err != nil {
			return report, err
		}
	}
	_, err := l.pool.Exec(ctx, `select bpnt.disburse_open($1, $2)`, d.Programme, d.Period)
	report.AmountIDR = report.Funded * d.AmountIDR
	return report, jobError(err)
}

func (l *Ledger) disburseBucket(ctx context.Context, bucket int16, d Disbursement, report *DisburseReport) error {
	var last pgtype.Int8
	last.Valid = true
	for {
		var families, funded int64
		err := l.pool.QueryRow(ctx, `select * from bpnt.disburse_chunk($1, $2, $3, $4, $5)`,
			bucket, d.Programme, d.Period, last.Int64, disburseChunk).Scan(&last, &families, &funded)
		if err != nil {
			return jobError(err)
		}
		if !last.Valid {
			return nil
		}
		report.Families += families
		report.Funded += funded
		report.Before += families - funded
		if d.Progress != nil {
			d.Progress(report.Families)
		}
	}
}

// PeriodOf is the period that a time belongs to, by the calendar of the ledger's time zone.
func PeriodOf(t time.Time) int32 { return int32(t.Year()*100 + int(t.Month())) }
