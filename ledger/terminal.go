package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// NewTerminal is a terminal to be registered, its keys wrapped (gateway/pin).
type NewTerminal struct {
	Link       string // name of the link it speaks on
	TID        string
	MID        string // of the outlet it stands in
	WrappedTPK []byte
	WrappedTAK []byte
}

// isTID tells whether a text can name a terminal: EDCs have 8 characters, some switches up to 16.
func isTID(text string) bool { return len(text) >= 8 && len(text) <= 16 && storable(text) }

// AddTerminal registers a terminal.
func (l *Ledger) AddTerminal(ctx context.Context, t NewTerminal) error {
	if !isTID(t.TID) {
		return errors.New("a TID has 8 printable characters, up to 16 at a switch")
	}
	link, err := l.LinkID(ctx, t.Link)
	if err != nil {
		return err
	}
	return l.inTx(ctx, func(tx pgx.Tx) error { return l.addTerminal(ctx, tx, link, t) })
}

func (l *Ledger) addTerminal(ctx context.Context, tx pgx.Tx, link int16, t NewTerminal) error {
	tag, err := tx.Exec(ctx, `insert into bpnt.terminal (link, tid, outlet, wrapped_tpk, wrapped_tak)
		select $1, $2, id, $4, $5 from bpnt.outlet where mid = $3
		on conflict (link, tid) do update set outlet = excluded.outlet, status = 'active',
			wrapped_tpk = excluded.wrapped_tpk, wrapped_tak = excluded.wrapped_tak, changed_at = now()
		where terminal.status = 'unregistered'`, link, t.TID, t.MID, t.WrappedTPK, t.WrappedTAK)
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return whyNoTerminal(ctx, tx, t)
	}
	if err := l.stay(ctx, tx, t.Link, t.TID); err != nil {
		return err
	}
	return journal(ctx, tx, "terminal add", terminalWhat(t.Link, t.TID)+": to outlet "+t.MID, "")
}

// stay notes where a terminal stands from now on.
func (l *Ledger) stay(ctx context.Context, tx pgx.Tx, link, tid string) error {
	_, err := tx.Exec(ctx, `insert into bpnt.stay (terminal, since, outlet) select t.id, bpnt.clock($3), t.outlet
		from bpnt.terminal t join bpnt.link k on k.id = t.link where k.name = $1 and t.tid = $2`, link, tid, l.now())
	return err
}

// whyNoTerminal says why no row was written: there is no such outlet, or there is such a terminal.
func whyNoTerminal(ctx context.Context, tx pgx.Tx, t NewTerminal) error {
	var outlet bool
	if err := tx.QueryRow(ctx, `select exists (select from bpnt.outlet where mid = $1)`, t.MID).Scan(&outlet); err != nil {
		return err
	}
	if !outlet {
		return errNoOutlet(t.MID)
	}
	return fmt.Errorf("terminal %s stands in the books of link %s already", t.TID, t.Link)
}

// ResetTerminal opens a new generation of the terminal's identities: to be done after a repair that set its STAN back,
// and only then, since repeats of what it sent before are new messages from here on.
func (l *Ledger) ResetTerminal(ctx context.Context, link, tid string) error {
	return l.changeTerminal(ctx, link, tid, func(tx pgx.Tx, t *terminalRow) error {
		return t.set(ctx, tx, "terminal reset", "", "", `epoch = epoch + 1`)
	})
}
