package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Outlet is an e-Warong: where families shop, and to whom the money is owed.
type Outlet struct {
	ID     int32  `json:"id"`
	MID    string `json:"mid"`
	Name   string `json:"name"`
	City   string `json:"city"`
	Region int16  `json:"region"`
	Bank   int16  `json:"bank"`
	Status string `json:"status"`
}

// AddOutlet registers an outlet and returns its number. Name and city are what receipts print.
func (l *Ledger) AddOutlet(ctx context.Context, o Outlet) (int32, error) {
	if o.MID == "" || len(o.MID) > 15 || !storable(o.MID+o.Name+o.City) || o.Name == "" {
		return 0, errors.New("an outlet needs a MID of 1 to 15 printable characters and a name")
	}
	var id int32
	err := l.inTx(ctx, func(tx pgx.Tx) error {
		masthead, err := mastheadID(ctx, tx, o)
		if err != nil {
			return err
		}
		err = tx.QueryRow(ctx, `insert into bpnt.outlet (mid, masthead, region, bank, since, activated_on)
			select $1, $2, $3, $4, d, d from bpnt.business_date(clock_timestamp()) d returning id`, o.MID, masthead, o.Region, o.Bank).Scan(&id)
		if err != nil {
			return err
		}
		return journal(ctx, tx, "outlet add", o.MID)
	})
	return id, nameConflict(err, "an outlet with MID "+o.MID+" stands in the books already")
}

// mastheadID finds or makes the row that a receipt prints.
func mastheadID(ctx context.Context, tx pgx.Tx, o Outlet) (int32, error) {
	var id int32
	_, err := tx.Exec(ctx, `insert into bpnt.masthead (mid, name, city) values ($1, $2, $3) on conflict do nothing`,
		o.MID, o.Name, o.City)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `select id from bpnt.masthead where mid = $1 and name = $2 and city = $3`,
		o.MID, o.Name, o.City).Scan(&id)
	return id, err
}

// OutletByMID finds an outlet, or ErrNotFound.
func (l *Ledger) OutletByMID(ctx context.Context, mid string) (Outlet, error) {
	var o Outlet
	err := l.pool.QueryRow(ctx, `select o.id, o.mid, m.name, m.city, o.region, o.bank, o.status
		from bpnt.outlet o join bpnt.masthead m on m.id = o.masthead where o.mid = $1`, mid).
		Scan(&o.ID, &o.MID, &o.Name, &o.City, &o.Region, &o.Bank, &o.Status)
	return o, readError(err)
}

// SetOutletStatus suspends an outlet ("suspended") or lets it trade again ("active").
func (l *Ledger) SetOutletStatus(ctx context.Context, mid, status string) error {
	return l.change(ctx, "outlet "+status, mid, `update bpnt.outlet set status = $2 where mid = $1`, mid, status)
}

// change makes one journaled update of reference data, which must hit exactly one row.
func (l *Ledger) change(ctx context.Context, action, what, sql string, args ...any) error {
	return l.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sql, args...)
		if err != nil {
			return err
		}
		if tag.RowsAffected() != 1 {
			return fmt.Errorf("%s: %w", what, ErrNotFound)
		}
		return journal(ctx, tx, action, what)
	})
}

// journal notes what an operator did.
func journal(ctx context.Context, tx pgx.Tx, action, what string) error {
	_, err := tx.Exec(ctx, `insert into bpnt.journal (action, what) values ($1, $2)`, action, what)
	return err
}
