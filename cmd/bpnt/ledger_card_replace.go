package main

import (
	"context"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

type cardReplaceCmd struct {
	storage
	newCardFlags
	Because string `required:"" enum:"lost,stolen,damaged,expired,other" help:"What became of the old card: lost, stolen, damaged, expired or other."`
	Reason  string `required:"" help:"More of it, for the journal."`
	JSON    bool   `help:"Print the new card as JSON."`
}

func (cardReplaceCmd) Help() string {
	return `Reads the old PAN, the new "PAN=YYMM" and the new PIN from a prompt without echo, or as three lines from stdin. The old
card ends, for ever: it answers 41 (lost), 43 (stolen) or 62. The new one is the family's, with all its money; what was
bought with the old card can still be reversed. A run that was broken off is run again with the same cards.

  printf '%s\n' 9999120000000004 9999120000000109=3112 654321 |
    bpnt ledger card replace --because lost --reason "police letter 17/2026"`
}

func (c *cardReplaceCmd) Run(ctx context.Context, s *streams) error {
	return c.withCard(ctx, s, func(books *ledger.Ledger, keys *pin.Keystore, old iso.PAN, key ledger.PANKey) error {
		successor, masked, err := c.read(s, keys)
		if err != nil {
			return err
		}
		card, done, err := books.ReplaceCard(ctx, ledger.Replacement{
			Old: key, New: successor, Verb: ledger.ReplaceReasons[c.Because], Reason: c.Because + ": " + c.Reason,
		})
		if err != nil {
			return err
		}
		if done {
			s.say("card %s replaced by %s", old.Masked(), masked)
		} else {
			s.say("card %s was replaced by %s before: nothing to do", old.Masked(), masked)
		}
		return tellCard(s.out, card, c.JSON)
	})
}
