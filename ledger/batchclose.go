package ledger

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// forgottenChunk is how many terminals the cut-off looks at in one transaction: those that it closes are locked until its
// end, and a settlement message of one waits.
const forgottenChunk = 200

// ForgottenReport is what the cut-off closed.
type ForgottenReport struct {
	Before  time.Time     `json:"before"` // the cut-over
	Batches []ClosedBatch `json:"batches"`
}

// CloseForgotten closes the batches of terminals that hold something from before a moment, which their outlets forgot to
// settle; the zero time stands for the last cut-over. A terminal that settles later is compared with all of them. It
// hinders nobody, and a run that was broken off is simply run again: that one's report has what it closed itself.
func (l *Ledger) CloseForgotten(ctx context.Context, before time.Time) (ForgottenReport, error) {
	before, err := l.cutOff(ctx, before)
	if err != nil {
		return ForgottenReport{}, err
	}
	closed, err := l.closeForgotten(ctx, before)
	if err != nil {
		return ForgottenReport{}, err
	}
	if err := l.FinishBatches(ctx); err != nil {
		return ForgottenReport{}, err
	}
	batches, err := l.batches(ctx, BatchFilter{}, closed)
	return ForgottenReport{before, batches}, err
}

// cutOff is the moment to use, in the ledger's time zone.
func (l *Ledger) cutOff(ctx context.Context, before time.Time) (time.Time, error) {
	zone, err := readZone(ctx, l.pool)
	if err == nil && before.IsZero() {
		err = l.pool.QueryRow(ctx, `select bpnt.last_cut_over($1)`, l.now()).Scan(&before)
	}
	if err != nil {
		return before, readError(err)
	}
	return before.In(zone), nil
}

// closeForgotten goes through all terminals and returns the numbers of the batches that it closed.
func (l *Ledger) closeForgotten(ctx context.Context, before time.Time) ([]int32, error) {
	closed := []int32{}
	last := pgtype.Int4{Valid: true}
	for {
		var chunk []int32
		err := l.pool.QueryRow(ctx, `select * from bpnt.close_forgotten($1, $2, $3, $4)`,
			l.now(), before, last.Int32, forgottenChunk).Scan(&last, &chunk)
		if err != nil {
			return nil, lostSession(ctx, err)
		}
		if !last.Valid {
			return closed, nil
		}
		closed = append(closed, chunk...)
	}
}
