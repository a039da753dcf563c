package ledger

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// LinkCard is a link as the gateway must know it: a switch's day and keys. An EDC link has neither.
type LinkCard struct {
	ID               int16
	Name             string
	Day              int32  // number of the switch's open day; 0 for an EDC link
	BusinessDate     string // what the switch calls it, 2026-11-25; empty for an EDC link
	WrappedZMK       []byte // the zone's master key, under which working keys come (gateway/pin); nil where it has none
	WrappedZPK       []byte
	WrappedZAK       []byte
	WrappedZPKBefore []byte // good until the new one was used; nil where there is none
	WrappedZAKBefore []byte
	KeysAt           *time.Time // when the working keys came
}

const linkSQL = `select id, name, coalesce(day, 0), coalesce(business_date::text, ''), wrapped_zmk, wrapped_zpk, wrapped_zak,
	wrapped_zpk_before, wrapped_zak_before, keys_at from bpnt.link`

// Link finds a link by its number, or ErrNotFound.
func (l *Ledger) Link(ctx context.Context, id int16) (LinkCard, error) {
	rows, err := l.pool.Query(ctx, linkSQL+` where id = $1`, id)
	if err != nil {
		return LinkCard{}, readError(err)
	}
	card, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[LinkCard])
	return card, readError(err)
}

// Links lists every link, by number.
func (l *Ledger) Links(ctx context.Context) ([]LinkCard, error) {
	rows, err := l.pool.Query(ctx, linkSQL+` order by id`)
	if err != nil {
		return nil, readError(err)
	}
	all, err := pgx.AppendRows([]LinkCard{}, rows, pgx.RowToStructByPos[LinkCard])
	return all, readError(err)
}

// SetLinkKeys gives a switch's link new working keys, wrapped (gateway/pin); nil leaves a key as it is. The key before
// stays good until ConfirmLinkKeys.
func (l *Ledger) SetLinkKeys(ctx context.Context, link int16, wrappedZPK, wrappedZAK []byte) error {
	return l.changeKeys(ctx, `select bpnt.link_keys($1, $2, $3, $4)`, l.now(), link, wrappedZPK, wrappedZAK)
}

// ConfirmLinkKeys ends the keys before the present ones: the present ones were used.
func (l *Ledger) ConfirmLinkKeys(ctx context.Context, link int16) error {
	return l.changeKeys(ctx, `select bpnt.link_keys_used($1)`, link)
}

// changeKeys calls a function that answers whether what the keys are for is there. Errors are those of CloseBatch, and
// ErrNotFound.
func (l *Ledger) changeKeys(ctx context.Context, sql string, args ...any) error {
	var found bool
	if err := l.errand(ctx, sql, args...).Scan(&found); err != nil {
		return err
	}
	if !found {
		return ErrNotFound
	}
	return nil
}

// LoadLinkKey enters a zone's master key, wrapped (gateway/pin): working keys that the switch sends come under it.
func (l *Ledger) LoadLinkKey(ctx context.Context, link string, wrappedZMK []byte, reason string) error {
	return l.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update bpnt.link set wrapped_zmk = $2 where name = $1`, link, wrappedZMK)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return errNoLink(link)
		}
		return journal(ctx, tx, "link key", "link "+link, reason)
	})
}
