package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Settlement reads a day that was closed, or ErrNotFound.
func (l *Ledger) Settlement(ctx context.Context, bank, date string) (Settlement, error) {
	if err := checkDate(date); err != nil {
		return Settlement{}, err
	}
	number, err := bankByCode(ctx, l.pool, bank)
	if err != nil {
		return Settlement{}, err
	}
	s, err := readSettlement(ctx, l.pool, number, date)
	return s, readError(err)
}

func checkDate(date string) error {
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return errors.New("the business date must be written YYYY-MM-DD")
	}
	return nil
}

// bankByCode finds a bank's number.
func bankByCode(ctx context.Context, db querier, code string) (int16, error) {
	rows, err := db.Query(ctx, `select id from bpnt.bank where code = $1`, code)
	if err != nil {
		return 0, readError(err)
	}
	number, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int16])
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("no bank has the code %q: bpnt ledger bank list shows them", code)
	}
	return number, readError(err)
}

// readSettlement reads a closed day with its sums; no row where there is none.
func readSettlement(ctx context.Context, db querier, bank int16, date string) (Settlement, error) {
	zone, err := readZone(ctx, db)
	if err != nil {
		return Settlement{}, err
	}
	rows, err := db.Query(ctx, `select s.id, s.name, b.code, s.bank, s.business_date, s.closed_at, s.account, s.account_holder,
			s.cuts, coalesce(o.cuts, '{}'), n.outlets, n.redemptions, n.redeemed, n.undoings, n.undone, n.brought, n.carried,
			p.payouts, p.paid
		from bpnt.settlement s join bpnt.bank b on b.id = s.bank
		left join bpnt.settlement o on o.bank = s.bank and o.business_date = s.business_date - 1
		cross join lateral (
			select count(*) as outlets, coalesce(sum(redemptions), 0)::bigint as redemptions,
				coalesce(sum(redeemed), 0)::bigint as redeemed, coalesce(sum(undoings), 0)::bigint as undoings, coalesce(sum(undone), 0)::bigint as undone,
				coalesce(sum(brought), 0)::bigint as brought, coalesce(sum(carried), 0)::bigint as carried
			from bpnt.settlement_line n where n.settlement = s.id) n
		cross join lateral (
			select count(*) as payouts, coalesce(sum(amount), 0)::bigint as paid from bpnt.payout p where p.settlement = s.id) p
		where s.bank = $1 and s.business_date = $2::text::date`, bank, date)
	if err != nil {
		return Settlement{}, err
	}
	s, err := pgx.CollectExactlyOneRow(rows, scanSettlement)
	if err != nil {
		return s, err
	}
	s.ClosedAt = s.ClosedAt.In(zone)
	s.Positions, err = readPositions(ctx, db, s.id)
	return s, err
}

func scanSettlement(row pgx.CollectableRow) (s Settlement, err error) {
	err = row.Scan(&s.id, &s.Name, &s.Bank, &s.bank, &s.day, &s.ClosedAt, &s.Account, &s.Holder, &s.cuts, &s.cutsBefore,
		&s.Outlets, &s.Redemptions, &s.RedeemedIDR, &s.Undoings, &s.UndoneIDR, &s.BroughtIDR, &s.CarriedIDR,
		&s.Payouts, &s.PaidIDR)
	s.Date = s.day.Format(time.DateOnly)
	s.NetIDR = s.RedeemedIDR - s.UndoneIDR
	return s, err
}

func readPositions(ctx context.Context, db querier, settlement int32) ([]Position, error) {
	rows, err := db.Query(ctx, `select b.code, p.redeemed, p.undone, p.redeemed - p.undone from bpnt.settlement_position p
		join bpnt.bank b on b.id = p.issuer where p.settlement = $1 order by b.code`, settlement)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]Position{}, rows, pgx.RowToStructByPos[Position])
}
