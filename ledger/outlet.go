package ledger

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Outlet is an e-Warong: where families shop, and to whom the money is owed.
type Outlet struct {
	ID          int32        `json:"id"`
	MID         string       `json:"mid"`
	Name        string       `json:"name"`
	City        string       `json:"city"`
	Region      int16        `json:"region"`
	Bank        int16        `json:"bank"`
	Account     string       `json:"account"`        // where it is paid; empty: what it is owed is carried forward
	Holder      string       `json:"account_holder"` // empty: its name
	Kind        string       `json:"kind"`           // e_warong or kube_jasa
	Operator    int64        `json:"operator"`       // family of who runs it; 0: not known
	Status      string       `json:"status"`         // registered, active, suspended, closed
	Since       time.Time    `json:"since"`          // business date of its registration
	ActivatedOn *time.Time   `json:"activated_on"`
	Terminals   []OutletUnit `json:"terminals"`
	History     []Event      `json:"history,omitempty"` // newest first
}

// OutletUnit is a terminal that stands in an outlet.
type OutletUnit struct {
	Link   string    `json:"link"`
	TID    string    `json:"tid"`
	Status string    `json:"status"`
	Since  time.Time `json:"since"` // when it came here
}

// OutletKinds are the kinds whose activation the KPI of 2017 counts.
var OutletKinds = []string{"e_warong", "kube_jasa"}

// AddOutlet registers an outlet and returns its number. Name and city are what receipts print. It may trade at once
// unless its Status is registered; its Kind is an e-Warong where none is named.
func (l *Ledger) AddOutlet(ctx context.Context, o Outlet) (id int32, err error) {
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		id, err = l.addOutlet(ctx, tx, o)
		return err
	})
	return id, nameConflict(err, "an outlet with MID "+o.MID+" stands in the books already")
}

// addOutlet is AddOutlet as a part of a larger transaction.
func (l *Ledger) addOutlet(ctx context.Context, tx pgx.Tx, o Outlet) (id int32, err error) {
	o.Kind, o.Status = cmp.Or(o.Kind, OutletKinds[0]), cmp.Or(o.Status, outletActive)
	if err := o.check(); err != nil {
		return 0, err
	}
	masthead, err := mastheadID(ctx, tx, o)
	if err != nil {
		return 0, err
	}
	if err := outletPlaces(ctx, tx, o); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `insert into bpnt.outlet (mid, masthead, region, bank, kind, operator, status, account, account_holder, since,
		activated_on) select $1, $2, $3, $4, $5, nullif($6::bigint, 0), $7, nullif($8, ''), nullif($9, ''), d, case when $7 = 'active' then d end
		from bpnt.business_date(bpnt.clock($10)) d returning id`,
		o.MID, masthead, o.Region, o.Bank, o.Kind, o.Operator, o.Status, o.Account, o.Holder, l.now()).Scan(&id)
	if err != nil {
		return 0, err
	}
	return id, journal(ctx, tx, "outlet add", outletWhat(o.MID), "")
}

func (o *Outlet) check() error {
	switch {
	case o.MID == "" || len(o.MID) > 15 || !storable(o.MID+o.Name+o.City) || o.Name == "":
		return errors.New("an outlet needs a MID of 1 to 15 printable characters and a name")
	case holdsPAN(o.Name) || holdsPAN(o.City):
		return errors.New("the outlet's name or city holds what looks like a card number: leave it out")
	case o.Kind != OutletKinds[0] && o.Kind != OutletKinds[1]:
		return errors.New("an outlet's kind is e_warong or kube_jasa")
	case o.Status != outletRegistered && o.Status != outletActive:
		return errors.New("a new outlet is registered or active")
	}
	return checkAccount(o.Account, o.Holder)
}

// outletPlaces refuses a region, a bank or an operator that the books do not have.
func outletPlaces(ctx context.Context, tx pgx.Tx, o Outlet) error {
	var region, bank, operator bool
	err := tx.QueryRow(ctx, `select exists (select from bpnt.region where id = $1), exists (select from bpnt.bank where id = $2),
		$3::bigint = 0 or exists (select from bpnt.bucket b join bpnt.family f on f.bucket = b.id where f.id = $3)`,
		o.Region, o.Bank, o.Operator).Scan(&region, &bank, &operator)
	switch {
	case err != nil:
		return err
	case !region:
		return errRegion(o.Region)
	case !bank:
		return errBank(o.Bank)
	case !operator:
		return errors.New("the operator's family is not in the books: add it first (family add)")
	}
	return nil
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

// OutletByMID finds an outlet, with its terminals and what was done to it, or ErrNotFound.
func (l *Ledger) OutletByMID(ctx context.Context, mid string) (Outlet, error) {
	o, err := findOutlet(ctx, l.pool, mid, "")
	if err != nil {
		return o, readError(err)
	}
	rows, err := l.pool.Query(ctx, `select k.name, t.tid, t.status, s.since from bpnt.terminal t join bpnt.link k on k.id = t.link
		cross join lateral (select since from bpnt.stay s where s.terminal = t.id order by since desc limit 1) s
		where t.outlet = $1 order by 1, 2`, o.ID)
	if err != nil {
		return o, readError(err)
	}
	if o.Terminals, err = pgx.AppendRows([]OutletUnit{}, rows, pgx.RowToStructByPos[OutletUnit]); err != nil {
		return o, readError(err)
	}
	zone, err := readZone(ctx, l.pool)
	if err != nil {
		return o, readError(err)
	}
	for i := range o.Terminals {
		o.Terminals[i].Since = o.Terminals[i].Since.In(zone)
	}
	o.History, err = l.history(ctx, l.pool, outletWhat(mid))
	return o, readError(err)
}

// findOutlet reads an outlet; tail may be "for update".
func findOutlet(ctx context.Context, db querier, mid, tail string) (Outlet, error) {
	rows, err := db.Query(ctx, `select o.id, o.mid, m.name, m.city, o.region, o.bank, coalesce(o.account, ''), coalesce(o.account_holder, ''),
		o.kind, coalesce(o.operator, 0), o.status, o.since, o.activated_on from bpnt.outlet o join bpnt.masthead m on m.id = o.masthead where o.mid = $1 `+tail, mid)
	if err != nil {
		return Outlet{}, err
	}
	return pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (o Outlet, err error) {
		err = row.Scan(&o.ID, &o.MID, &o.Name, &o.City, &o.Region, &o.Bank, &o.Account, &o.Holder, &o.Kind, &o.Operator, &o.Status,
			&o.Since, &o.ActivatedOn)
		return o, err
	})
}
