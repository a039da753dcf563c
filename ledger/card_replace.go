package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Replacement is another card for the family of an old one. The family keeps its bucket and its money; what was bought
// with the old card can still be reversed.
type Replacement struct {
	Old    PANKey
	New    NewCard // its Family is the old card's; its Programme too, where none is named
	Verb   CardVerb
	Reason string
}

// ReplaceReasons are the words for why a card is replaced, and what becomes of the old one.
var ReplaceReasons = map[string]CardVerb{
	"lost": CardLost, "stolen": CardStolen, "damaged": cardReplace, "expired": cardReplace, "other": cardReplace,
}

// ReplaceCard ends the old card and then gives the family the new one, so that at no moment both can be used. A run
// that was broken off is run again with the same cards: it finishes. done is false where there was nothing left to do.
func (l *Ledger) ReplaceCard(ctx context.Context, r Replacement) (card Card, done bool, err error) {
	if err := r.check(); err != nil {
		return card, false, err
	}
	if err := r.New.check(); err != nil {
		return card, false, err
	}
	err = l.registering(ctx, func(conn *pgx.Conn) error {
		done, err = l.replaceCard(ctx, conn, &r)
		return err
	})
	if err != nil {
		return card, false, err
	}
	card, err = l.Card(ctx, r.New.PAN)
	return card, done, err
}

func (r *Replacement) check() error {
	if move := cardMoves[r.Verb].to; move != cardLost && move != cardStolen && move != cardReplaced {
		return errors.New("a card is replaced because it is lost, stolen, damaged, expired or other")
	}
	if r.Old == r.New.PAN {
		return errors.New("the new card is the old one")
	}
	return checkText("the reason", r.Reason)
}

func (l *Ledger) replaceCard(ctx context.Context, conn *pgx.Conn, r *Replacement) (bool, error) {
	old, err := l.findCard(ctx, conn, r.Old)
	if err != nil {
		return false, fmt.Errorf("the old card: %w", readError(err))
	}
	if err := r.inherit(ctx, conn, &old); err != nil {
		return false, err
	}
	ended, err := l.endCard(ctx, conn, r)
	if err != nil {
		return false, err
	}
	given, err := l.giveCard(ctx, conn, r.New, "card add", old.replaces()+r.Reason)
	return ended || given, err
}

// inherit completes the new card, and refuses it before anything is done where it is not new.
func (r *Replacement) inherit(ctx context.Context, conn *pgx.Conn, old *Card) error {
	owner, err := cardOwner(ctx, conn, r.New.PAN)
	if err != nil {
		return err
	}
	if owner != 0 && (owner != old.Family || !old.ended()) {
		return errCardKnown
	}
	if owner == 0 && old.ended() {
		if err := notReplacedYet(ctx, conn, old); err != nil {
			return err
		}
	}
	r.New.Family = old.Family
	if r.New.Programme == "" {
		r.New.Programme = old.Programme
	}
	return nil
}

// replaces begins the reason of a card that was given for an old one.
func (c *Card) replaces() string { return fmt.Sprintf("replaces card %s #%s: ", c.Masked, c.Mark) }

// notReplacedYet refuses a second replacement of one card.
func notReplacedYet(ctx context.Context, conn *pgx.Conn, old *Card) error {
	var given bool
	from, to := whatRange(familyWhat(old.Family), ',')
	err := conn.QueryRow(ctx, `select exists (select from bpnt.journal where what collate "C" >= $1 and what collate "C" < $2
		and action = 'card add' and starts_with(reason, $3))`, from, to, old.replaces()).Scan(&given)
	if err == nil && given {
		err = errors.New("this card was replaced already: replace the card that the family got for it")
	}
	return err
}

// endCard gives the old card its last status, unless it has one.
func (l *Ledger) endCard(ctx context.Context, conn *pgx.Conn, r *Replacement) (ended bool, err error) {
	old, err := l.findCard(ctx, conn, r.Old)
	if err != nil || old.ended() {
		return false, err
	}
	return true, underBucket(ctx, conn, old.Bucket, func(tx pgx.Tx) error {
		if old, err = l.findCard(ctx, tx, r.Old); err != nil || old.ended() {
			return err
		}
		return setCard(ctx, tx, r.Old, &old, "card "+string(r.Verb), r.Reason, `status = $3`, cardMoves[r.Verb].to)
	})
}
