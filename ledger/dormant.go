package ledger

import (
	"context"
	"fmt"
)

// Sweep asks for money that families leave alone: Freeze and Return.
type Sweep struct {
	DryRun   bool // look only: neither a lock nor a write
	Reason   string
	Progress func(purses int64)       // looked at so far
	Each     func(DormantPurse) error // told of each purse once it has been moved, or in a dry run would be; nil for nobody
}

// DormantPurse is a purse that was frozen, or returned, with the dates by which the rule was applied.
type DormantPurse struct {
	Family    int64   `json:"family"`
	Region    string  `json:"region"`
	Programme string  `json:"programme"`
	Period    int32   `json:"period"` // YYYYMM
	AmountIDR int64   `json:"amount_idr"`
	OpenedOn  string  `json:"funded_on"` // business date on which it could be spent
	LastUse   *string `json:"last_use"`  // of the programme by the family, when freezing; nil: never
	FrozenOn  *string `json:"frozen_on"` // when returning
}

// Reason is why the purse was moved, in words.
func (p DormantPurse) Reason() string {
	switch {
	case p.FrozenOn != nil:
		return "frozen on " + *p.FrozenOn + " and not asked for since"
	case p.LastUse != nil:
		return "funded on " + p.OpenedOn + ", last used on " + *p.LastUse
	}
	return "funded on " + p.OpenedOn + ", never used"
}

// SweepReport is what Freeze or Return moved, or would move.
type SweepReport struct {
	DryRun bool  `json:"dry_run"`
	Looked int64 `json:"looked"` // purses
	Moved
	Totals []SweepTotal `json:"totals"` // in the order of programme and region
}

// SweepTotal is the part of one programme and region.
type SweepTotal struct {
	Programme string `json:"programme"`
	Region    string `json:"region"`
	Moved
}

// Freeze sets aside the open money that has been there, and whose family has not used its programme, for the rule's
// freeze_days. It cannot be spent until somebody comes (Thaw). A run that was broken off is simply run again.
func (l *Ledger) Freeze(ctx context.Context, s Sweep) (SweepReport, error) {
	return l.sweep(ctx, "F", "freeze", s)
}

// Return posts to the treasury what has been frozen for the rule's return_days. A run that was broken off is simply run
// again.
func (l *Ledger) Return(ctx context.Context, s Sweep) (SweepReport, error) {
	return l.sweep(ctx, "Y", "return", s)
}

// Thaw gives a family its frozen money of a programme back, less what froze in a period that was closed since.
func (l *Ledger) Thaw(ctx context.Context, family int64, programme, reason string) (moved Moved, err error) {
	if err := checkText("the reason", reason); err != nil {
		return moved, err
	}
	id, err := l.ProgrammeID(ctx, programme)
	if err != nil {
		return moved, noProgramme(programme, err)
	}
	bucket, err := l.familyBucket(ctx, family)
	if err != nil {
		return moved, fmt.Errorf("family %d: %w", family, err)
	}
	err = l.pool.QueryRow(ctx, `select * from bpnt.thaw($1, $2, $3, $4, $5)`, l.now(), bucket, family, id, reason).
		Scan(&moved.Purses, &moved.AmountIDR)
	if err == nil && moved.Purses == 0 {
		err = fmt.Errorf("family %d has no frozen money of %s in a period that is still open", family, programme)
	}
	return moved, jobError(err)
}
