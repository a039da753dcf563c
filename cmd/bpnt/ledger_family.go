package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"bpnt/iso"
	"bpnt/ledger"
)

type familyShowCmd struct {
	storage
	Family    int64 `arg:"" help:"Number of the family."`
	Movements int   `default:"10" help:"How many of the newest movements to show."`
	JSON      bool  `help:"Print the family as JSON."`
}

func (familyShowCmd) Help() string {
	return `The newest movement stands first.

  bpnt ledger family show 3171000000001 --json`
}

func (c *familyShowCmd) Run(ctx context.Context, s *streams) error {
	if c.Movements < 1 || c.Movements > 1000 {
		return usage("--movements must be 1 to 1000")
	}
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		family, err := books.Family(ctx, c.Family, c.Movements)
		if errors.Is(err, ledger.ErrNotFound) {
			return fmt.Errorf("family %d is not in the books", c.Family)
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, family)
		}
		writeFamily(s.out, family)
		return nil
	})
}

func writeFamily(w io.Writer, f ledger.Family) {
	fmt.Fprintf(w, "family %d, %s, %s, bucket %d\n", f.ID, f.Name, f.Region, f.Bucket)
	for _, c := range f.Cards {
		writeCard(w, c)
	}
	for _, p := range f.Purses {
		fmt.Fprintf(w, "purse %s %d (%s): %s of %s\n", p.Programme, p.Period, p.Status, iso.Rupiah(p.BalanceIDR), iso.Rupiah(p.GrantedIDR))
	}
	for _, m := range f.Movements {
		fmt.Fprintf(w, "%s  %-12s %d  %12s  %s\n", m.Date.Format("2006-01-02"), m.Kind, m.Period, iso.Rupiah(m.AmountIDR), m.Outlet)
	}
}

func writeCard(w io.Writer, c ledger.Card) {
	fmt.Fprintf(w, "card %s, expires %s, %s, %d PIN tries used, family %d, bucket %d\n",
		c.Masked, c.Expiry, c.Status, c.PINTries, c.Family, c.Bucket)
}
