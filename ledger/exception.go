package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Exception is something that does not match, for people: what was found, and what was said of it since.
type Exception struct {
	ID           int64           `json:"id"`
	Key          string          `json:"key"` // the same for what is found again
	Kind         string          `json:"kind"`
	At           time.Time       `json:"at"`
	BusinessDate string          `json:"business_date"`
	Link         string          `json:"link,omitempty"`
	TID          string          `json:"tid,omitempty"`
	MID          string          `json:"mid,omitempty"`
	Bank         string          `json:"bank,omitempty"`
	STAN         *int32          `json:"stan,omitempty"`
	RRN          string          `json:"rrn,omitempty"` // of the message that it is about: as they named it, else as we do
	Theirs       *int64          `json:"theirs_idr,omitempty"`
	Ours         *int64          `json:"ours_idr,omitempty"`
	Detail       string          `json:"detail,omitempty"`
	Settled      bool            `json:"settled"` // nothing is left to be done
	Notes        []ExceptionNote `json:"notes"`   // oldest first
}

// ExceptionNote is what somebody did about one.
type ExceptionNote struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Settled bool      `json:"settled"`
	Note    string    `json:"note"`
}

// ExceptionFilter says which exceptions: empty fields leave nothing out.
type ExceptionFilter struct {
	From, To string // business dates, 2026-11-25, both included
	Kind     string
	Link     string // name
	TID      string
	MID      string
	Bank     string // code
	Open     bool   // only what is not settled
	ID       int64  // only this one
	Limit    int    // the newest so many; 0 for all
}

// The newest note says whether an exception is settled: one that was settled too early is opened again by another note.
const exceptionsSQL = `select x.id, x.key, x.kind, x.at, x.business_date::text, coalesce(k.name, ''), coalesce(t.tid, ''),
	coalesce(o.mid, ''), coalesce(g.code, ''), x.stan, coalesce(x.rrn, bpnt.rrn(x.bucket, x.message), ''),
	x.theirs, x.ours, x.detail,
	coalesce(n.settled, false),
	(select coalesce(json_agg(json_build_object('at', e.at, 'by', e.actor, 'settled', e.settled, 'note', e.note)
	        order by e.at), '[]') from bpnt.exception_note e where e.exception = x.id)
	from bpnt.exception x left join bpnt.link k on k.id = x.link left join bpnt.terminal t on t.id = x.terminal
	left join bpnt.outlet o on o.id = x.outlet left join bpnt.bank g on g.id = x.bank
	left join lateral (
		select e.settled from bpnt.exception_note e where e.exception = x.id order by e.at desc limit 1) n on true
	where x.business_date between coalesce(nullif($1, '')::date, '-infinity') and coalesce(nullif($2, '')::date, 'infinity')
	  and ($3 = '' or x.kind = $3)
	  and ($4 = '' or k.name = $4) and ($5 = '' or t.tid = $5) and ($6 = '' or o.mid = $6) and ($7 = '' or g.code = $7)
	  and (not $8 or n.settled is not true) and ($9 = 0 or x.id = $9)
	order by x.id desc limit nullif($10, 0)`

// Exceptions lists what does not match, the newest first.
func (l *Ledger) Exceptions(ctx context.Context, f ExceptionFilter) ([]Exception, error) {
	if err := checkDates(f.From, f.To); err != nil {
		return nil, err
	}
	zone, err := readZone(ctx, l.pool)
	if err != nil {
		return nil, readError(err)
	}
	rows, err := l.pool.Query(ctx, exceptionsSQL, f.From, f.To, f.Kind, f.Link, f.TID, f.MID, f.Bank, f.Open, f.ID, f.Limit)
	if err != nil {
		return nil, readError(err)
	}
	all, err := pgx.AppendRows([]Exception{}, rows, pgx.RowToStructByPos[Exception])
	for i := range all {
		all[i].inZone(zone)
	}
	return all, readError(err)
}

func (x *Exception) inZone(zone *time.Location) {
	x.At = x.At.In(zone)
	for i := range x.Notes {
		x.Notes[i].At = x.Notes[i].At.In(zone)
	}
}

// Exception finds one by its number, or ErrNotFound.
func (l *Ledger) Exception(ctx context.Context, id int64) (Exception, error) {
	found, err := l.Exceptions(ctx, ExceptionFilter{ID: max(id, 1)})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("exception %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Exception{}, err
	}
	return found[0], nil
}

// NoteException says what was done about an exception; settled, that nothing is left to be done. ErrNotFound where there
// is none.
func (l *Ledger) NoteException(ctx context.Context, id int64, note string, settled bool) error {
	if err := checkText("the note", note); err != nil {
		return err
	}
	return l.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `insert into bpnt.exception_note (exception, settled, note)
			select id, $2, $3 from bpnt.exception where id = $1`, id, settled, note)
		if err == nil && tag.RowsAffected() == 0 {
			err = fmt.Errorf("exception %d: %w", id, ErrNotFound)
		}
		return err
	})
}

// checkDates refuses what is no date; empty ones are left out.
func checkDates(dates ...string) error {
	for _, date := range dates {
		if _, err := time.Parse(time.DateOnly, date); err != nil && date != "" {
			return fmt.Errorf("%q is no date: write it 2026-11-25", date)
		}
	}
	return nil
}
