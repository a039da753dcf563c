package ledger

import (
	"context"
)

// CutOver ends a switch's day and opens the one of a date (DE15, MMDD). What was posted before is in the day that ends,
// everything later in the new one.
//
// Outcomes: approved, also where that day is open already; cut_over_past, where the date is none, is over, or is more
// than ten days after the ledger's own; batch_unknown, where the link is no switch's. Errors are those of CloseBatch; safe to repeat.
func (l *Ledger) CutOver(ctx context.Context, link int16, date string) (Outcome, error) {
	var outcome Outcome
	if err := l.errand(ctx, `select bpnt.cut_over($1, $2, $3)`, l.now(), link, date).Scan(&outcome); err != nil {
		return 0, err
	}
	return outcome, nil
}

// OpenSwitchDay gives a link that is a switch's its first day, that of the ledger's business date; nothing where it has
// one. A link whose terminals have closed batches of their own, or posted into one, cannot become a switch's.
func (l *Ledger) OpenSwitchDay(ctx context.Context, link int16) error {
	_, err := l.pool.Exec(ctx, `select bpnt.open_switch_day($1, $2)`, l.now(), link)
	return jobError(err)
}
