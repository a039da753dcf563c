package ledger

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Family is a family as operators may see it.
type Family struct {
	ID        int64      `json:"family"`
	Name      string     `json:"name"`
	Region    string     `json:"region"`
	Bank      string     `json:"bank"` // of its cards
	Bucket    int16      `json:"bucket"`
	Cards     []Card     `json:"cards"`
	Purses    []Purse    `json:"purses"`
	Movements []Movement `json:"movements"`         // newest first
	History   []Event    `json:"history,omitempty"` // newest first, of the family and its cards
}

// Purse is what a family may spend in one programme and period, in whole rupiah.
type Purse struct {
	Programme  string `json:"programme"`
	Period     int32  `json:"period"` // YYYYMM
	Status     string `json:"status"` // pending, open, closing, closed; frozen, expired, returned, taken back
	GrantedIDR int64  `json:"granted_idr"`
	BalanceIDR int64  `json:"balance_idr"`
}

// Movement is one posting on one of the family's purses.
type Movement struct {
	Date      time.Time `json:"business_date"`
	Kind      string    `json:"kind"` // disbursement, redemption, reversal, expiry, freeze, thaw, return, taken back, repaid, given back
	Period    int32     `json:"period"`
	AmountIDR int64     `json:"amount_idr"` // what it adds to what the family may spend: 0 where frozen money moves
	Outlet    string    `json:"outlet"`
	Number    int64     `json:"number"` // of the message in the family's bucket
}

// Family reads a family with its cards, purses and newest movements, or ErrNotFound.
func (l *Ledger) Family(ctx context.Context, id int64, movements int) (Family, error) {
	f := Family{ID: id, Cards: []Card{}, Purses: []Purse{}, Movements: []Movement{}}
	bucket, err := l.familyBucket(ctx, id)
	if err != nil {
		return f, err
	}
	f.Bucket = bucket
	// One snapshot, so that purses and movements agree.
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, l.pool, options, func(tx pgx.Tx) error {
		if f.Cards, err = l.familyCards(ctx, tx, bucket, id); err != nil {
			return err
		}
		if f.History, err = l.history(ctx, tx, familyWhat(id)); err != nil {
			return err
		}
		return f.read(ctx, tx, movements)
	})
	return f, readError(err)
}

func (f *Family) read(ctx context.Context, tx pgx.Tx, movements int) error {
	err := tx.QueryRow(ctx, `select f.name, r.name, b.code from bpnt.family f join bpnt.region r on r.id = f.region
		join bpnt.bank b on b.id = f.bank where f.bucket = $1 and f.id = $2`, f.Bucket, f.ID).Scan(&f.Name, &f.Region, &f.Bank)
	if err != nil {
		return err
	}
	if err := f.readPurses(ctx, tx); err != nil {
		return err
	}
	return f.readMovements(ctx, tx, movements)
}

func (f *Family) readPurses(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `select g.code, p.period, case
			when p.state = 'F' then 'frozen' when p.state = 'X' then 'expired' when p.state = 'T' then 'returned'
			when p.state = 'C' then 'taken back' else t.status end, p.granted, p.balance
		from `+familyPurses+` join bpnt.programme g on g.id = p.programme join bpnt.tranche t on t.id = p.tranche
		order by 1, 2`, f.Bucket, f.ID)
	if err != nil {
		return err
	}
	f.Purses, err = pgx.AppendRows(f.Purses, rows, pgx.RowToStructByPos[Purse])
	return err
}

// familyPurses are the purses p of family $2 in bucket $1, whatever their state: purses have no index by family alone, and
// without the limit the planner may read all of them.
const familyPurses = `(select distinct programme, period from bpnt.tranche) a cross join lateral (select * from bpnt.purse u
	where u.bucket = $1 and u.family = $2 and u.programme = a.programme and u.period = a.period limit 1) p`

// readMovements walks each purse's chain of postings from its newest.
func (f *Family) readMovements(ctx context.Context, tx pgx.Tx, limit int) error {
	rows, err := tx.Query(ctx, `
		with recursive chain as (
			select p.programme, p.period, p.message, 1 as step from `+familyPurses+`
			union all
			select c.programme, c.period, q.previous, c.step + 1 from chain c join bpnt.posting q
			    on q.bucket = $1 and q.message = c.message and q.programme = c.programme and q.period = c.period
			 where q.previous is not null and c.step < $3)
		select q.business_date,
		       case q.kind when 'D' then 'disbursement' when 'R' then 'redemption' when 'U' then 'reversal' when 'X' then 'expiry'
		           when 'F' then 'freeze' when 'H' then 'thaw' when 'Y' then 'return' when 'B' then 'repaid' when 'G' then 'given back'
		           else 'taken back' end,
		       q.period, case when q.to_kind = 'P' then q.amount when q.from_kind = 'P' then -q.amount else 0 end, coalesce(m.name, ''), q.message
		  from chain c join bpnt.posting q
		    on q.bucket = $1 and q.message = c.message and q.programme = c.programme and q.period = c.period
		  left join bpnt.outlet o on o.id = case when q.from_kind = 'O' then q.from_id when q.to_kind = 'O' then q.to_id end
		  left join bpnt.masthead m on m.id = o.masthead
		 order by q.message desc, q.line desc limit $3`, f.Bucket, f.ID, limit)
	if err != nil {
		return err
	}
	f.Movements, err = pgx.AppendRows(f.Movements, rows, pgx.RowToStructByPos[Movement])
	return err
}
