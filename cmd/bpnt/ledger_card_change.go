package main

import (
	"context"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// cardChange is a verb that is done to a card. The PAN comes from a prompt or from stdin.
type cardChange struct {
	storage
	Reason string `required:"" help:"Why, for the journal."`
	JSON   bool   `help:"Print what became of the card as JSON."`
}

func (c *cardChange) run(ctx context.Context, s *streams, verb ledger.CardVerb) error {
	return c.withCard(ctx, s, func(books *ledger.Ledger, _ *pin.Keystore, _ iso.PAN, key ledger.PANKey) error {
		card, err := books.ChangeCard(ctx, key, verb, c.Reason)
		if err != nil {
			return err
		}
		return tellCard(s.out, card, c.JSON)
	})
}

type cardBlockCmd struct{ cardChange }

func (cardBlockCmd) Help() string {
	return `The card answers 62 from the next message on. Reversals pass: what is owed to the family finds its way back.

  echo 9999120000000004 | bpnt ledger card block --reason "held by the outlet"`
}

func (c *cardBlockCmd) Run(ctx context.Context, s *streams) error {
	return c.run(ctx, s, ledger.CardBlock)
}

type cardUnblockCmd struct{ cardChange }

func (cardUnblockCmd) Help() string {
	return `For a card that was blocked, or whose three PIN tries are used up; it gets its tries back.

  echo 9999120000000004 | bpnt ledger card unblock --reason "came to the branch with KTP"`
}

func (c *cardUnblockCmd) Run(ctx context.Context, s *streams) error {
	return c.run(ctx, s, ledger.CardUnblock)
}

type cardLostCmd struct{ cardChange }

func (cardLostCmd) Help() string {
	return `The card answers 41 from the next message on, for ever. The family keeps its money: bpnt ledger card replace gives it
another card.

  echo 9999120000000004 | bpnt ledger card lost --reason "reported by telephone"`
}

func (c *cardLostCmd) Run(ctx context.Context, s *streams) error {
	return c.run(ctx, s, ledger.CardLost)
}

type cardStolenCmd struct{ cardChange }

func (cardStolenCmd) Help() string {
	return `The card answers 43 from the next message on, for ever. The family keeps its money: bpnt ledger card replace gives it
another card.

  echo 9999120000000004 | bpnt ledger card stolen --reason "police letter 17/2026"`
}

func (c *cardStolenCmd) Run(ctx context.Context, s *streams) error {
	return c.run(ctx, s, ledger.CardStolen)
}

type cardActivateCmd struct {
	storage
	Reason string `help:"Why, for the journal."`
	JSON   bool   `help:"Print what became of the card as JSON."`
}

func (cardActivateCmd) Help() string {
	return `For a card that was added with --inactive, when the family has it in hand.

  echo 9999120000000004 | bpnt ledger card activate`
}

func (c *cardActivateCmd) Run(ctx context.Context, s *streams) error {
	change := cardChange{c.storage, c.Reason, c.JSON}
	return change.run(ctx, s, ledger.CardActivate)
}

type cardPINCmd struct {
	storage
	Reason string `help:"Why, for the journal."`
	JSON   bool   `help:"Print what became of the card as JSON."`
}

func (cardPINCmd) Help() string {
	return `Reads the PAN and then the new PIN from a prompt without echo, or as two lines from stdin. The card gets its three tries
back; a blocked card stays blocked.

  printf '%s\n' 9999120000000004 654321 | bpnt ledger card pin --reason "forgotten"`
}

func (c *cardPINCmd) Run(ctx context.Context, s *streams) error {
	return c.withCard(ctx, s, func(books *ledger.Ledger, keys *pin.Keystore, pan iso.PAN, key ledger.PANKey) error {
		value, err := readPIN(s, keys, pan)
		if err != nil {
			return err
		}
		card, err := books.SetCardPIN(ctx, key, value, c.Reason)
		if err != nil {
			return err
		}
		return tellCard(s.out, card, c.JSON)
	})
}
