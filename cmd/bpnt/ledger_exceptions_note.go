package main

import (
	"context"

	"bpnt/ledger"
)

// noteFlags name an exception and what is said of it.
type noteFlags struct {
	storage
	ID   int64  `arg:"" help:"Number of the exception; see bpnt ledger exceptions list."`
	Note string `required:"" help:"What was found out, or done."`
}

func (c *noteFlags) note(ctx context.Context, s *streams, settled bool, done string) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		if err := books.NoteException(ctx, c.ID, c.Note, settled); err != nil {
			return err
		}
		s.say("exception %d: %s", c.ID, done)
		return nil
	})
}

type mismatchNoteCmd struct{ noteFlags }

func (mismatchNoteCmd) Help() string {
	return `Notes stay for ever. A note on one that was settled opens it again.

  bpnt ledger exceptions note 17 --note "the outlet looks for the slip"`
}

func (c *mismatchNoteCmd) Run(ctx context.Context, s *streams) error {
	return c.note(ctx, s, false, "noted")
}

type mismatchSettleCmd struct{ noteFlags }

func (mismatchSettleCmd) Help() string {
	return `Moves no money: a correction is a posting, as a refund, and comes first.

  bpnt ledger exceptions settle 17 --note "slip found, refunded on 26 Nov"`
}

func (c *mismatchSettleCmd) Run(ctx context.Context, s *streams) error {
	return c.note(ctx, s, true, "settled")
}
