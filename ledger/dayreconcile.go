package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// DayReconciliation holds three sides of a bank's closed business day against one another: the ledger's postings, the
// batches of terminals, and the days of switches. All amounts are whole rupiah, net of what was undone:
//
//	ledger = batches + switch days - elsewhere + other batches + corrections + difference
//
// where the difference is 0 unless something is wrong.
type DayReconciliation struct {
	Settlement     string      `json:"settlement"`
	Bank           string      `json:"bank"`
	Date           string      `json:"business_date"`
	LedgerIDR      int64       `json:"ledger_idr"`        // owed to the bank's outlets for the day
	BatchesIDR     int64       `json:"batches_idr"`       // stored totals of terminals' batches closed for the day
	SwitchDaysIDR  int64       `json:"switch_days_idr"`   // stored totals of switches' days closed for the day
	ElsewhereIDR   int64       `json:"elsewhere_idr"`     // of those two: of other business days, and of other banks' outlets
	OtherBatchIDR  int64       `json:"other_batches_idr"` // of the day, in batches closed for another day, or still open
	CorrectionsIDR int64       `json:"corrections_idr"`   // of the day, in no batch: late reversals
	DifferenceIDR  int64       `json:"difference_idr"`
	Differences    int         `json:"differences"` // rows and claims that do not add up; an exception day_difference each
	Batches        []DayBatch  `json:"batches"`
	Claims         []DayClaim  `json:"claims"`
	Exceptions     []Exception `json:"exceptions"` // of the day, of this bank and of none
}

// DayBatch is a terminal's batch, or a switch's day (no TID), that has to do with a bank's business day. A correction
// has no batch.
type DayBatch struct {
	Link          string `json:"link"`
	TID           string `json:"tid"`
	No            int32  `json:"batch"`
	ClosedBy      string `json:"closed_by"`     // terminal, cut-off (forgotten), switch; empty while it is open
	ClosedFor     string `json:"closed_for"`    // business date; empty while it is open
	DayIDR        int64  `json:"day_idr"`       // posted on the day, for the bank's outlets
	ElsewhereIDR  int64  `json:"elsewhere_idr"` // where it was closed for the day: posted on others, or for other banks
	StoredIDR     int64  `json:"stored_idr"`    // its totals, as the terminal was told
	DifferenceIDR int64  `json:"difference_idr"`
	Spoken        bool   `json:"spoken"` // a terminal's or a switch's totals were held against it
	link          int16
	terminal      *int32
	batch         *int32 // table batch
}

// DayClaim is what a terminal, or a switch, said on the day of what it had.
type DayClaim struct {
	Link      string `json:"link"`
	TID       string `json:"tid"`
	Status    string `json:"status"` // open, agreed, disputed, closed (by the trailer), superseded
	TheirIDR  int64  `json:"their_idr"`
	OurIDR    int64  `json:"our_idr"`
	Explained bool   `json:"explained"` // agreed, or an exception tells of the difference; or it is still disputed
	link      int16
	terminal  *int32
	id        int32
}

// ReconcileDay compares the three sides of a day that was closed. What does not add up becomes an exception with the rows
// that it is about; running it again finds the same.
func (l *Ledger) ReconcileDay(ctx context.Context, bank, date string) (DayReconciliation, error) {
	s, err := l.Settlement(ctx, bank, date)
	if errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("%s of %s is not closed yet: bpnt ledger settle --bank %s --date %s comes first", date, bank, bank, date)
	}
	if err != nil {
		return DayReconciliation{}, err
	}
	if err := l.FinishBatches(ctx); err != nil { // a closing that was broken off has left a batch without totals
		return DayReconciliation{}, err
	}
	r := DayReconciliation{Settlement: s.Name, Bank: bank, Date: date, LedgerIDR: s.NetIDR}
	if err := l.readDay(ctx, s, &r); err != nil {
		return r, jobError(err)
	}
	if err := l.noteDifferences(ctx, s, &r); err != nil {
		return r, err
	}
	all, err := l.Exceptions(ctx, ExceptionFilter{From: date, To: date})
	r.Exceptions = []Exception{}
	for _, x := range all {
		if x.Bank == bank || x.Bank == "" {
			r.Exceptions = append(r.Exceptions, x)
		}
	}
	return r, err
}

// readDay reads all in one snapshot.
func (l *Ledger) readDay(ctx context.Context, s Settlement, r *DayReconciliation) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, l.pool, options, func(tx pgx.Tx) (err error) {
		if _, err := tx.Exec(ctx, settleSettings); err != nil {
			return err
		}
		if r.Batches, err = readRows[DayBatch](ctx, tx, dayBatchesSQL, s, scanDayBatch); err != nil {
			return err
		}
		for i := range r.Batches {
			if err := r.Batches[i].check(ctx, tx, s.Date); err != nil {
				return err
			}
			r.add(&r.Batches[i])
		}
		r.DifferenceIDR = r.LedgerIDR - (r.BatchesIDR + r.SwitchDaysIDR - r.ElsewhereIDR + r.OtherBatchIDR + r.CorrectionsIDR)
		r.Claims, err = readRows[DayClaim](ctx, tx, dayClaimsSQL, s, scanDayClaim)
		return err
	})
}

func readRows[T any](ctx context.Context, tx pgx.Tx, sql string, s Settlement, scan pgx.RowToFunc[T]) ([]T, error) {
	rows, err := tx.Query(ctx, sql, s.arguments())
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]T{}, rows, scan)
}

func scanDayBatch(row pgx.CollectableRow) (b DayBatch, err error) {
	return b, row.Scan(&b.Link, &b.TID, &b.No, &b.ClosedBy, &b.ClosedFor, &b.DayIDR, &b.StoredIDR, &b.Spoken, &b.DifferenceIDR,
		&b.link, &b.terminal, &b.batch)
}

func scanDayClaim(row pgx.CollectableRow) (c DayClaim, err error) {
	return c, row.Scan(&c.Link, &c.TID, &c.Status, &c.TheirIDR, &c.OurIDR, &c.Explained, &c.link, &c.terminal, &c.id)
}

// check holds a batch that was closed for the day against all that was posted in it. One whose postings of the day come
// to its totals needs no second look.
func (b *DayBatch) check(ctx context.Context, tx pgx.Tx, date string) error {
	if b.batch == nil || b.ClosedFor != date {
		return nil
	}
	posted := b.DayIDR
	if posted != b.StoredIDR {
		from, of := b.entries()
		err := tx.QueryRow(ctx, `select coalesce(sum(net), 0)::bigint from `+from, of, b.No).Scan(&posted)
		if err != nil {
			return err
		}
	}
	b.ElsewhereIDR = posted - b.DayIDR
	b.DifferenceIDR = posted - b.StoredIDR
	return nil
}

// entries is the function that lists a batch's movements, and what it is asked of besides the batch's number.
func (b *DayBatch) entries() (function string, of any) {
	if b.terminal == nil {
		return `bpnt.switch_day_entries($1, $2)`, b.link
	}
	return `bpnt.batch_entries($1, $2)`, *b.terminal
}

// add puts a batch where it belongs in the equation.
func (r *DayReconciliation) add(b *DayBatch) {
	if b.DifferenceIDR != 0 {
		r.Differences++
	}
	switch {
	case b.No == 0:
		r.CorrectionsIDR += b.DayIDR
	case b.ClosedFor != r.Date:
		r.OtherBatchIDR += b.DayIDR - b.DifferenceIDR
	case b.terminal == nil:
		r.SwitchDaysIDR += b.StoredIDR
		r.ElsewhereIDR += b.ElsewhereIDR
	default:
		r.BatchesIDR += b.StoredIDR
		r.ElsewhereIDR += b.ElsewhereIDR
	}
}
