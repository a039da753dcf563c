package ledger

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// NewCard is a card to be registered: never its PAN, only what stands for it.
type NewCard struct {
	PAN       PANKey
	PANKeyID  int16
	First6    string
	Last4     string
	Expiry    int32 // YYMM
	PINValue  int32 // gateway/pin; 0 for a card without a PIN
	Family    int64
	Inactive  bool   // it is to be activated when the family has it in hand
	Programme string // the one it is for; empty: the message or the link says
}

// Card is a card as operators may see it.
type Card struct {
	Family    int64   `json:"family"`
	Masked    string  `json:"card"`
	Mark      string  `json:"mark"`   // tells apart cards whose masked numbers are the same
	Expiry    string  `json:"expiry"` // YYYY-MM, the last month in which it is good
	Status    string  `json:"status"`
	Programme string  `json:"programme"` // empty: any
	PIN       bool    `json:"pin"`       // it has one
	PINTries  int     `json:"pin_tries"`
	Bucket    int16   `json:"bucket"`
	Forwarded bool    `json:"forwarded"`         // the card's hash points to another bucket than its family's
	History   []Event `json:"history,omitempty"` // newest first
}

// What is what the journal calls the card.
func (c *Card) What() string {
	return fmt.Sprintf("%s, card %s #%s", familyWhat(c.Family), c.Masked, c.Mark)
}

// cardWhat is What of a row of table card, in SQL.
const cardWhat = `format('family %s, card %s******%s #%s', family, first6, last4, right(pan::text, 8))`

// cardColumns are those of a row c of table card with its programme g that readCard takes.
const cardColumns = `c.pan, c.family, c.first6 || '******' || c.last4,
	format('20%s-%s', lpad((c.expiry / 100)::text, 2, '0'), lpad((c.expiry % 100)::text, 2, '0')), c.status,
	coalesce(g.code, ''), c.pin_value is not null, c.tries, c.bucket`

func (l *Ledger) readCard(row pgx.CollectableRow) (c Card, err error) {
	var pan pgtype.UUID
	err = row.Scan(&pan, &c.Family, &c.Masked, &c.Expiry, &c.Status, &c.Programme, &c.PIN, &c.PINTries, &c.Bucket)
	c.Mark = hex.EncodeToString(pan.Bytes[12:])
	c.Forwarded = c.Bucket != l.BucketOf(pan.Bytes)
	return c, err
}

// familyCards are a family's, those that last longest first.
func (l *Ledger) familyCards(ctx context.Context, db querier, bucket int16, family int64) ([]Card, error) {
	rows, err := db.Query(ctx, `select `+cardColumns+` from bpnt.card c left join bpnt.programme g on g.id = c.programme
		where c.bucket = $1 and c.family = $2 order by c.expiry desc, c.pan`, bucket, family)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]Card{}, rows, l.readCard)
}

// AddCard gives a family a card. Where the card's hash points to another bucket than the family's, a forward is left
// there; the card itself is written first, so that a forward always leads somewhere. A run that died in between is
// finished by running it again.
func (l *Ledger) AddCard(ctx context.Context, c NewCard) error {
	if err := c.check(); err != nil {
		return err
	}
	return l.registering(ctx, func(conn *pgx.Conn) error {
		added, err := l.giveCard(ctx, conn, c, "card add", "")
		if err == nil && !added {
			err = errCardKnown
		}
		return err
	})
}

var errCardKnown = errors.New("this card stands in the books already")

func (c *NewCard) check() error {
	switch {
	case len(c.First6) != 6 || len(c.Last4) != 4:
		return errors.New("a card of the programme has 13 to 19 digits")
	case c.Expiry < 1 || c.Expiry%100 < 1 || c.Expiry%100 > 12:
		return errors.New("the expiry must be a month written YYMM")
	}
	return nil
}

// giveCard writes the card and its forward, whichever is missing, and tells whether anything was. The caller holds the
// lock of registration.
func (l *Ledger) giveCard(ctx context.Context, conn *pgx.Conn, c NewCard, action, reason string) (added bool, err error) {
	home, err := familyBucket(ctx, conn, c.Family)
	if err != nil {
		return false, fmt.Errorf("family %d: %w", c.Family, err)
	}
	owner, err := cardOwner(ctx, conn, c.PAN)
	if err != nil || owner != 0 && owner != c.Family {
		return false, errors.Join(err, errKnownTo(owner))
	}
	if owner == 0 {
		if err := insertCard(ctx, conn, home, c, action, reason); err != nil {
			return false, err
		}
	}
	if hash := l.BucketOf(c.PAN); hash != home {
		forwarded, err := insertForward(ctx, conn, hash, home, c)
		return owner == 0 || forwarded, err
	}
	return owner == 0, nil
}

func errKnownTo(owner int64) error {
	if owner == 0 {
		return nil
	}
	return errCardKnown
}

// cardOwner is the family that has this card, in whichever bucket, or 0.
func cardOwner(ctx context.Context, conn *pgx.Conn, pan PANKey) (family int64, err error) {
	err = conn.QueryRow(ctx, `select coalesce(max(c.family), 0) from bpnt.bucket b
		join bpnt.card c on c.bucket = b.id and c.pan = $1`, pan).Scan(&family)
	return family, err
}

func insertCard(ctx context.Context, db beginner, home int16, c NewCard, action, reason string) error {
	return underBucket(ctx, db, home, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `with added as (
				insert into bpnt.card (bucket, pan, pan_key, family, expiry, pin_value, first6, last4, status, programme)
				select $1, $2, $3, $4, $5, nullif($6, 0), $7, $8, $9, g.id
				from (select) one left join bpnt.programme g on g.code = $10 where $10 = '' or g.id is not null
				returning *)
			insert into bpnt.journal (action, what, reason) select $11, `+cardWhat+`, $12 from added`,
			home, c.PAN, c.PANKeyID, c.Family, c.Expiry, c.PINValue, c.First6, c.Last4, c.status(), c.Programme, action, reason)
		if err == nil && tag.RowsAffected() == 0 {
			return fmt.Errorf("there is no programme %q", c.Programme)
		}
		return err
	})
}

func (c *NewCard) status() string {
	if c.Inactive {
		return cardInactive
	}
	return cardActive
}

func insertForward(ctx context.Context, db beginner, hash, home int16, c NewCard) (added bool, err error) {
	err = underBucket(ctx, db, hash, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `insert into bpnt.card (bucket, pan, pan_key, forward, expiry, first6, last4)
			values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`, hash, c.PAN, c.PANKeyID, home, c.Expiry, c.First6, c.Last4)
		added = tag.RowsAffected() > 0
		return err
	})
	return added, err
}

// Card finds a card by what stands for its PAN, with what was done to it, or ErrNotFound.
func (l *Ledger) Card(ctx context.Context, pan PANKey) (Card, error) {
	c, err := l.findCard(ctx, l.pool, pan)
	if err != nil {
		return c, readError(err)
	}
	c.History, err = l.history(ctx, l.pool, c.What())
	return c, readError(err)
}

// querier is a pool, a connection or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// findCard looks where the gateway does: in the bucket of the hash, and where a forward there leads.
func (l *Ledger) findCard(ctx context.Context, db querier, pan PANKey) (Card, error) {
	rows, err := db.Query(ctx, `select `+cardColumns+` from bpnt.card k join bpnt.card c
		on c.bucket = coalesce(k.forward, k.bucket) and c.pan = k.pan
		left join bpnt.programme g on g.id = c.programme where k.bucket = $1 and k.pan = $2`, l.BucketOf(pan), pan)
	if err != nil {
		return Card{}, err
	}
	return pgx.CollectExactlyOneRow(rows, l.readCard)
}

// familyBucket finds where a family lives, or ErrNotFound.
func (l *Ledger) familyBucket(ctx context.Context, id int64) (int16, error) {
	return familyBucket(ctx, l.pool, id)
}

func familyBucket(ctx context.Context, db querier, id int64) (int16, error) {
	rows, err := db.Query(ctx, `select f.bucket from bpnt.bucket b join bpnt.family f on f.bucket = b.id where f.id = $1`, id)
	if err != nil {
		return 0, readError(err)
	}
	bucket, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int16])
	return bucket, readError(err)
}
