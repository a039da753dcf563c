package main

import (
	"context"

	"bpnt/iso"
	"bpnt/ledger"
)

type thawCmd struct {
	storage
	Family    int64  `arg:"" help:"Number of the family."`
	Programme string `default:"BPNT" help:"Programme whose frozen money it gets back."`
	Reason    string `required:"" help:"Why, for the journal."`
	JSON      bool   `help:"Print what was thawed as JSON."`
}

func (thawCmd) Help() string {
	return `For a family that came to the branch. What froze in a period that has expired since, or was returned to the treasury,
stays where it is. The days to freezing begin anew.

  bpnt ledger thaw 3171000000001 --reason "came to the branch with KTP and card"`
}

func (c *thawCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		moved, err := books.Thaw(ctx, c.Family, c.Programme, c.Reason)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, moved)
		}
		s.say("family %d may spend %s again, in %d purses", c.Family, iso.Rupiah(moved.AmountIDR), moved.Purses)
		return nil
	})
}
