package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options say which database to open and as whom.
type Options struct {
	URL      string // postgres://… or a keyword string
	Role     string // RoleGateway or RoleOperator; the session takes it on
	MaxConns int    // of the pool; 0 for the default
	AppName  string // application_name, seen in pg_stat_activity
	Operator string // the person at work, for the journal; the database's user where empty
}

// Terminal is what the gateway must know of a terminal before it can ask the ledger: its wrapped keys.
type Terminal struct {
	Link       int16
	TID        string
	Outlet     int32
	WrappedTPK []byte // PIN key under the master key, see gateway/pin; nil where the terminal has none
	WrappedTAK []byte // MAC key under the master key; nil where the terminal has none
	WrappedTMK []byte // terminal master key, under which the other two are sent; nil where the terminal has none
	// The working keys before the present ones, good until those were used (SetTerminalKeys); nil where there are none.
	WrappedTPKBefore []byte
	WrappedTAKBefore []byte
	KeysAt           *time.Time // when the working keys were made; nil where they were never changed
}

// Masthead is an outlet's printed name and address. A row never changes: a renamed outlet gets a new one, so that a
// repeated answer prints the same receipt.
type Masthead struct {
	ID   int32
	MID  string
	Name string
	City string
}

// Terminal finds a terminal by link and TID, or ErrNotFound.
func (l *Ledger) Terminal(ctx context.Context, link int16, tid string) (Terminal, error) {
	t := Terminal{Link: link, TID: tid}
	err := l.pool.QueryRow(ctx, `select outlet, wrapped_tpk, wrapped_tak, wrapped_tmk, wrapped_tpk_before, wrapped_tak_before,
		keys_at from bpnt.terminal where link = $1 and tid = $2 and status <> 'unregistered'`, link, tid).
		Scan(&t.Outlet, &t.WrappedTPK, &t.WrappedTAK, &t.WrappedTMK, &t.WrappedTPKBefore, &t.WrappedTAKBefore, &t.KeysAt)
	return t, readError(err)
}

// Masthead finds a masthead, or ErrNotFound.
func (l *Ledger) Masthead(ctx context.Context, id int32) (Masthead, error) {
	m := Masthead{ID: id}
	err := l.pool.QueryRow(ctx, `select mid, name, city from bpnt.masthead where id = $1`, id).
		Scan(&m.MID, &m.Name, &m.City)
	return m, readError(err)
}

// LinkID finds a link's number by its name and registers the name when it is new.
func (l *Ledger) LinkID(ctx context.Context, name string) (int16, error) {
	var id int16
	err := l.pool.QueryRow(ctx, `select bpnt.link_id($1)`, name).Scan(&id)
	return id, readError(err)
}

// errNoLink says what to do about a link that is not in the books.
func errNoLink(name string) error {
	return fmt.Errorf("%w: the books have no link %s (bpnt ledger link list; the gateway enters its links when it starts)",
		ErrNotFound, name)
}

// ProgrammeID finds a programme by its code ("BPNT"), or ErrNotFound.
func (l *Ledger) ProgrammeID(ctx context.Context, code string) (int16, error) {
	var id int16
	err := l.pool.QueryRow(ctx, `select id from bpnt.programme where code = $1`, code).Scan(&id)
	return id, readError(err)
}

// readError sorts an error of a call that changes nothing, for which unknown and unavailable are the same.
func readError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return ErrNotFound
	}
	if sorted := fate(err); !errors.Is(sorted, ErrIndeterminate) {
		return sorted
	}
	return ErrUnavailable
}
