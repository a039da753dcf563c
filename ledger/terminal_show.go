package ledger

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// TerminalCard is a terminal as operators may see it.
type TerminalCard struct {
	Link    string  `json:"link"`
	TID     string  `json:"tid"`
	Status  string  `json:"status"`
	MID     string  `json:"mid"`
	Outlet  string  `json:"outlet"`
	Batch   int32   `json:"batch"`   // the settlement batch that is open
	PINKey  bool    `json:"pin_key"` // it has one
	MACKey  bool    `json:"mac_key"`
	Master  bool    `json:"master_key"`        // it has a TMK, and gets its working keys when it logs on
	Stays   []Stay  `json:"stays"`             // newest first
	History []Event `json:"history,omitempty"` // newest first
}

// Stay is where a terminal stood from when on.
type Stay struct {
	Since time.Time `json:"since"`
	MID   string    `json:"mid"`
	Name  string    `json:"name"` // as it is today
}

// TerminalByTID finds a terminal, with where it stood and what was done to it, or ErrNotFound.
func (l *Ledger) TerminalByTID(ctx context.Context, link, tid string) (TerminalCard, error) {
	t := TerminalCard{Link: link, TID: tid}
	var id int32
	err := l.pool.QueryRow(ctx, `select t.id, t.status, o.mid, m.name, t.batch, t.wrapped_tpk is not null, t.wrapped_tak is not null,
		t.wrapped_tmk is not null
		from bpnt.terminal t join bpnt.link k on k.id = t.link join bpnt.outlet o on o.id = t.outlet
		join bpnt.masthead m on m.id = o.masthead where k.name = $1 and t.tid = $2`, link, tid).
		Scan(&id, &t.Status, &t.MID, &t.Outlet, &t.Batch, &t.PINKey, &t.MACKey, &t.Master)
	if err != nil {
		return t, readError(err)
	}
	if t.Stays, err = l.stays(ctx, id); err != nil {
		return t, readError(err)
	}
	t.History, err = l.history(ctx, l.pool, terminalWhat(link, tid))
	return t, readError(err)
}

func (l *Ledger) stays(ctx context.Context, terminal int32) ([]Stay, error) {
	zone, err := readZone(ctx, l.pool)
	if err != nil {
		return nil, err
	}
	rows, err := l.pool.Query(ctx, `select s.since, o.mid, m.name from bpnt.stay s join bpnt.outlet o on o.id = s.outlet
		join bpnt.masthead m on m.id = o.masthead where s.terminal = $1 order by s.since desc`, terminal)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Stay, err error) {
		err = row.Scan(&s.Since, &s.MID, &s.Name)
		s.Since = s.Since.In(zone)
		return s, err
	})
}
