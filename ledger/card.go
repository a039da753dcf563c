package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// NewCard is a card to be registered: never its PAN, only what stands for it.
type NewCard struct {
	PAN      PANKey
	PANKeyID int16
	First6   string
	Last4    string
	Expiry   int32 // YYMM
	PINValue int32 // gateway/pin; 0 for a card without a PIN
	Family   int64
}

// Card is a card as operators may see it.
type Card struct {
	Family    int64  `json:"family"`
	Masked    string `json:"card"`
	Expiry    string `json:"expiry"`
	Status    string `json:"status"`
	PINTries  int    `json:"pin_tries"`
	Bucket    int16  `json:"bucket"`
	Forwarded bool   `json:"forwarded"` // the card's hash points to another bucket than its family's
}

// AddFamily registers a family. Its bucket is that of its first card and never changes.
func (l *Ledger) AddFamily(ctx context.Context, id int64, region int16, name string, first PANKey) error {
	if id <= 0 || name == "" {
		return errors.New("a family needs a number greater than 0 and a name")
	}
	bucket := l.BucketOf(first)
	return l.inTx(ctx, func(tx pgx.Tx) error {
		// The number is unique over all buckets, which no index can see to: who registers families queues here first.
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(8584)`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `select bpnt.lock_bucket($1)`, bucket); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `insert into bpnt.family (bucket, id, region, name)
			select $1, $2, $3, $4 where not exists (
				select from bpnt.bucket b join bpnt.family f on f.bucket = b.id where f.id = $2)`, bucket, id, region, name)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return errors.New("a family with this number stands in the books already")
		}
		return journal(ctx, tx, "family add", fmt.Sprint(id))
	})
}

// AddCard gives a family a card. Where the card's hash points to another bucket than the family's, a forward is left
// there; the card itself is written first, so that a forward always leads somewhere. A run that died in between is
// finished by running it again.
func (l *Ledger) AddCard(ctx context.Context, c NewCard) error {
	home, err := l.familyBucket(ctx, c.Family)
	if err != nil {
		return fmt.Errorf("family %d: %w", c.Family, err)
	}
	if _, err := l.Card(ctx, c.PAN); !errors.Is(err, ErrNotFound) {
		return errors.Join(err, errCardKnown)
	}
	hash := l.BucketOf(c.PAN)
	if err := l.insertCard(ctx, home, c, hash != home); err != nil {
		return err
	}
	if hash != home {
		return l.insertForward(ctx, hash, home, c)
	}
	return nil
}

var errCardKnown = errors.New("this card stands in the books already")

// insertCard writes the card; resumed says that a row of the same family may be there, left by a run that died.
func (l *Ledger) insertCard(ctx context.Context, bucket int16, c NewCard, resumed bool) error {
	return l.inBucket(ctx, bucket, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `insert into bpnt.card (bucket, pan, pan_key, family, expiry, pin_value, first6, last4)
			values ($1, $2, $3, $4, $5, nullif($6, 0), $7, $8) on conflict do nothing`,
			bucket, c.PAN, c.PANKeyID, c.Family, c.Expiry, c.PINValue, c.First6, c.Last4)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return sameFamily(ctx, tx, bucket, c, resumed)
		}
		return journal(ctx, tx, "card add", fmt.Sprintf("family %d, card ending %s", c.Family, c.Last4))
	})
}

func sameFamily(ctx context.Context, tx pgx.Tx, bucket int16, c NewCard, resumed bool) error {
	var family int64
	err := tx.QueryRow(ctx, `select coalesce(family, 0) from bpnt.card where bucket = $1 and pan = $2`, bucket, c.PAN).Scan(&family)
	if err == nil && (!resumed || family != c.Family) {
		return errCardKnown
	}
	return err
}

func (l *Ledger) insertForward(ctx context.Context, bucket, home int16, c NewCard) error {
	return l.inBucket(ctx, bucket, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into bpnt.card (bucket, pan, pan_key, forward, expiry, first6, last4)
			values ($1, $2, $3, $4, $5, $6, $7)`, bucket, c.PAN, c.PANKeyID, home, c.Expiry, c.First6, c.Last4)
		return err
	})
}

// Card finds a card by what stands for its PAN, or ErrNotFound.
func (l *Ledger) Card(ctx context.Context, pan PANKey) (Card, error) {
	c := Card{Bucket: l.BucketOf(pan)}
	var home *int16
	err := l.pool.QueryRow(ctx, `select forward from bpnt.card where bucket = $1 and pan = $2`, c.Bucket, pan).Scan(&home)
	if err != nil {
		return c, readError(err)
	}
	if home != nil {
		c.Bucket, c.Forwarded = *home, true
	}
	err = l.pool.QueryRow(ctx, `select family, first6 || '******' || last4, lpad(expiry::text, 4, '0'), status, tries
		from bpnt.card where bucket = $1 and pan = $2`, c.Bucket, pan).
		Scan(&c.Family, &c.Masked, &c.Expiry, &c.Status, &c.PINTries)
	return c, readError(err)
}

// SetCardStatus blocks a card or lets it be used again: "active", "blocked", "lost" or "stolen".
func (l *Ledger) SetCardStatus(ctx context.Context, pan PANKey, status string) error {
	card, err := l.Card(ctx, pan)
	if err != nil {
		return err
	}
	return l.inBucket(ctx, card.Bucket, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update bpnt.card set status = $3 where bucket = $1 and pan = $2`, card.Bucket, pan, status)
		if err != nil {
			return err
		}
		return journal(ctx, tx, "card "+status, fmt.Sprintf("family %d, card %s", card.Family, card.Masked))
	})
}

// familyBucket finds where a family lives, or ErrNotFound.
func (l *Ledger) familyBucket(ctx context.Context, id int64) (int16, error) {
	var bucket int16
	err := l.pool.QueryRow(ctx, `select f.bucket from bpnt.bucket b join bpnt.family f on f.bucket = b.id
		where f.id = $1`, id).Scan(&bucket)
	return bucket, readError(err)
}
