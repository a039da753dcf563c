package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// A card's statuses. lost, stolen and replaced are for ever.
const (
	cardInactive = "inactive"
	cardActive   = "active"
	cardBlocked  = "blocked"
	cardLost     = "lost"
	cardStolen   = "stolen"
	cardReplaced = "replaced"
)

var cardStatuses = []string{cardInactive, cardActive, cardBlocked, cardLost, cardStolen, cardReplaced}

// CardVerb is what an operator does to a card.
type CardVerb string

// The verbs.
const (
	CardActivate CardVerb = "activate" // the family has it in hand
	CardBlock    CardVerb = "block"
	CardUnblock  CardVerb = "unblock" // also after three wrong PINs
	CardLost     CardVerb = "lost"
	CardStolen   CardVerb = "stolen"
	cardReplace  CardVerb = "replace" // ReplaceCard, since another card must follow
)

// cardMoves says which statuses a verb leads from, and to which.
var cardMoves = map[CardVerb]struct {
	from []string
	to   string
}{
	CardActivate: {[]string{cardInactive}, cardActive},
	CardBlock:    {[]string{cardActive}, cardBlocked},
	CardUnblock:  {[]string{cardBlocked}, cardActive},
	CardLost:     {[]string{cardInactive, cardActive, cardBlocked}, cardLost},
	CardStolen:   {[]string{cardInactive, cardActive, cardBlocked, cardLost}, cardStolen},
	cardReplace:  {[]string{cardInactive, cardActive, cardBlocked}, cardReplaced},
}

// allows tells whether the verb may be done to a card. One that is active but whose PIN tries are used up is as good as
// blocked.
func (v CardVerb) allows(c *Card) bool {
	return slices.Contains(cardMoves[v].from, c.Status) || v == CardUnblock && c.Status == cardActive && c.PINTries > 0
}

// ended tells whether a card can never be used again.
func (c *Card) ended() bool {
	return c.Status == cardLost || c.Status == cardStolen || c.Status == cardReplaced
}

// ChangeCard does a verb to a card and returns what became of it. Only activation needs no reason.
func (l *Ledger) ChangeCard(ctx context.Context, pan PANKey, verb CardVerb, reason string) (Card, error) {
	move, known := cardMoves[verb]
	if !known || verb == cardReplace {
		return Card{}, fmt.Errorf("a card cannot be %q", verb)
	}
	if verb != CardActivate || reason != "" {
		if err := checkText("the reason", reason); err != nil {
			return Card{}, err
		}
	}
	return l.changeCard(ctx, pan, func(tx pgx.Tx, c *Card) error {
		if !verb.allows(c) {
			return notAllowed(c.Status)
		}
		return setCard(ctx, tx, pan, c, "card "+string(verb), reason, `status = $3, tries = case when $4 then 0 else tries end`,
			move.to, verb == CardUnblock)
	})
}

// notAllowed says what to do about a card in this status.
func notAllowed(status string) error {
	switch status {
	case cardLost, cardStolen, cardReplaced:
		return fmt.Errorf("the card is %s, for ever: give the family another one (card replace)", status)
	case cardInactive:
		return errors.New("the card is not active yet: activate it first (card activate)")
	case cardBlocked:
		return errors.New("the card is blocked: unblock it first (card unblock)")
	}
	return fmt.Errorf("the card is %s: nothing to do", status)
}

// changeCard finds a card and changes it under its bucket's lock.
func (l *Ledger) changeCard(ctx context.Context, pan PANKey, change func(pgx.Tx, *Card) error) (c Card, err error) {
	found, err := l.findCard(ctx, l.pool, pan)
	if err != nil {
		return c, readError(err)
	}
	err = l.inBucket(ctx, found.Bucket, func(tx pgx.Tx) error {
		if found, err = l.findCard(ctx, tx, pan); err != nil {
			return err
		}
		return change(tx, &found)
	})
	if err != nil {
		return c, err
	}
	return l.Card(ctx, pan)
}

// setCard makes one journaled change of a card.
func setCard(ctx context.Context, tx pgx.Tx, pan PANKey, c *Card, action, reason, set string, args ...any) error {
	_, err := tx.Exec(ctx, `update bpnt.card set `+set+` where bucket = $1 and pan = $2`, append([]any{c.Bucket, pan}, args...)...)
	if err != nil {
		return err
	}
	return journal(ctx, tx, action, c.What(), reason)
}

// SetCardPIN gives a card a new PIN (gateway/pin) and its three tries back. A blocked card stays blocked.
func (l *Ledger) SetCardPIN(ctx context.Context, pan PANKey, value int32, reason string) (Card, error) {
	if reason != "" {
		if err := checkText("the reason", reason); err != nil {
			return Card{}, err
		}
	}
	if value <= 0 {
		return Card{}, errors.New("the PIN has no verification value")
	}
	return l.changeCard(ctx, pan, func(tx pgx.Tx, c *Card) error {
		if c.ended() {
			return notAllowed(c.Status)
		}
		return setCard(ctx, tx, pan, c, "card pin", reason, `pin_value = $3, tries = 0`, value)
	})
}
