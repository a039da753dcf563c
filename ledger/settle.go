package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Settlement is a bank's business day that was closed. It never changes; amounts are whole rupiah.
type Settlement struct {
	Name         string     `json:"settlement"` // its identity, and its files': BPNT-BNI-20181122
	Bank         string     `json:"bank"`
	Date         string     `json:"business_date"`
	ClosedAt     time.Time  `json:"closed_at"`
	Account      string     `json:"account"` // that payouts come from
	Holder       string     `json:"account_holder"`
	Outlets      int64      `json:"outlets"` // with sales, or with something brought forward
	Redemptions  int64      `json:"redemptions"`
	RedeemedIDR  int64      `json:"redeemed_idr"`
	Undoings     int64      `json:"undoings"` // reversals, voids and refunds
	UndoneIDR    int64      `json:"undone_idr"`
	NetIDR       int64      `json:"net_idr"`     // redeemed less undone
	BroughtIDR   int64      `json:"brought_idr"` // carried by the day before, and payouts that came back
	Payouts      int64      `json:"payouts"`
	PaidIDR      int64      `json:"paid_idr"`
	CarriedIDR   int64      `json:"carried_idr"` // net and brought, less paid
	Positions    []Position `json:"positions"`
	ClosedBefore bool       `json:"closed_before"` // by an earlier run
	id           int32
	bank         int16
	day          time.Time // Date
	cuts         []int64   // by bucket: the newest message's number when the day was closed
	cutsBefore   []int64   // of the day before; empty where that was not closed
}

// Position is what the cards' bank owes the bank of the outlets for a day.
type Position struct {
	Issuer      string `json:"issuer"` // bank of the cards
	RedeemedIDR int64  `json:"redeemed_idr"`
	UndoneIDR   int64  `json:"undone_idr"`
	NetIDR      int64  `json:"net_idr"`
}

// DueDays lists the business days of a bank that are over and not closed yet, oldest first. A bank's first day is that
// of its first sale.
func (l *Ledger) DueDays(ctx context.Context, bank string) ([]string, error) {
	number, err := bankByCode(ctx, l.pool, bank)
	if err != nil {
		return nil, err
	}
	rows, err := l.pool.Query(ctx, `select d::date::text from bpnt.settle_due($1, $2) s
		cross join generate_series(s.first, s.last, interval '1 day') d`, l.now(), number)
	if err != nil {
		return nil, readError(err)
	}
	days, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return days, readError(err)
}

// Settle closes a bank's business day: it sums what each outlet is owed, the banks' positions, and what is paid out.
//
// Days of a bank are closed in order, those without a sale too, so that nothing is left out between two of them. First
// each bucket's lock is passed, so that no posting of the day is under way any more; then everything is written as one
// SQL transaction, which waits for nobody's lock. A run that was broken off has left nothing and is run again; a day that
// was closed before is told, and nothing is written.
func (l *Ledger) Settle(ctx context.Context, bank, date string, progress func(bucket int)) (s Settlement, err error) {
	if err := checkDate(date); err != nil {
		return s, err
	}
	err = l.job(ctx, "settle "+bank, func(conn *pgx.Conn) error {
		number, err := bankByCode(ctx, conn, bank)
		if err != nil {
			return err
		}
		if s, err = readSettlement(ctx, conn, number, date); !errors.Is(err, pgx.ErrNoRows) {
			s.ClosedBefore = err == nil
			return err
		}
		if err := l.settle(ctx, conn, number, date, progress); err != nil {
			return err
		}
		s, err = readSettlement(ctx, conn, number, date)
		return err
	})
	return s, jobError(err)
}

func (l *Ledger) settle(ctx context.Context, conn *pgx.Conn, bank int16, date string, progress func(int)) error {
	if _, err := conn.Exec(ctx, `select bpnt.settle_check($1, $2, $3::text::date)`, l.now(), bank, date); err != nil {
		return err
	}
	cuts := make([]int64, l.buckets)
	for bucket := range cuts {
		if err := conn.QueryRow(ctx, `select bpnt.pass_bucket($1)`, int16(bucket)).Scan(&cuts[bucket]); err != nil {
			return err
		}
		if progress != nil {
			progress(bucket + 1)
		}
	}
	_, err := conn.Exec(ctx, `select bpnt.settle_close($1, $2, $3::text::date, $4)`, l.now(), bank, date, cuts)
	return err
}
