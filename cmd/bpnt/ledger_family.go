package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

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
	return `Cards, purses, the newest movements of money, and what was done to the family and its cards; the newest stands first.

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
	fmt.Fprintf(w, "family %d, %s, %s, cards of %s, bucket %d\n\n", f.ID, f.Name, f.Region, f.Bank, f.Bucket)
	writeCards(w, f.Cards)
	rows := [][]string{{"purse", "period", "may spend", "of", "state"}}
	for _, p := range f.Purses {
		rows = append(rows, []string{p.Programme, month(p.Period), iso.Rupiah(p.BalanceIDR), iso.Rupiah(p.GrantedIDR), purseWords(p.Status)})
	}
	writeSection(w, "llrrl", rows)
	rows = [][]string{{"day", "movement", "period", "amount", "outlet"}}
	for _, m := range f.Movements {
		rows = append(rows, []string{m.Date.Format("2006-01-02"), m.Kind, month(m.Period), iso.Rupiah(m.AmountIDR), m.Outlet})
	}
	writeSection(w, "lllrl", rows)
	fmt.Fprintln(w)
	writeHistory(w, f.History)
}

// writeSection prints a table after an empty line, where it has more than its heads.
func writeSection(w io.Writer, sides string, rows [][]string) {
	if len(rows) > 1 {
		fmt.Fprintln(w)
		grid(w, sides, rows)
	}
}

// month prints YYYYMM as MM/YYYY.
func month(period int32) string { return fmt.Sprintf("%02d/%d", period%100, period/100) }

// purseWords says what a purse's state means to a family.
func purseWords(status string) string {
	switch status {
	case "open":
		return "may be spent"
	case "pending":
		return "being funded, not open yet"
	case "closing":
		return "being closed"
	case "frozen":
		return "frozen: bpnt ledger thaw"
	}
	return status
}

type familyAddCmd struct {
	storage
	Family int64  `arg:"" help:"Number of the family."`
	Name   string `required:"" help:"Its name."`
	Region int16  `required:"" help:"Kemendagri number of its regency or city."`
	JSON   bool   `help:"Print the family as JSON."`
}

func (familyAddCmd) Help() string {
	return `For a family whose card has not come yet; one with a card is better added by bpnt ledger card add --name, which saves the
gateway a look-up a message.

  bpnt ledger family add 8 --name "Ibu Sri" --region 3172`
}

func (c *familyAddCmd) Run(ctx context.Context, s *streams) error {
	return familyChange(ctx, s, &c.storage, c.Family, c.JSON, func(books *ledger.Ledger) error {
		return books.AddFamilyWithoutCard(ctx, c.Family, c.Region, c.Name)
	})
}

type familyMoveCmd struct {
	storage
	Family int64  `arg:"" help:"Number of the family."`
	Region int16  `required:"" help:"Kemendagri number of the regency or city where it lives now."`
	Reason string `required:"" help:"Why, for the journal."`
	JSON   bool   `help:"Print the family as JSON."`
}

func (familyMoveCmd) Help() string {
	return `Reports as of a day before count the family where it lived then. Its money and its cards stay as they are.

  bpnt ledger family move 8 --region 3173 --reason "moved house"`
}

func (c *familyMoveCmd) Run(ctx context.Context, s *streams) error {
	return familyChange(ctx, s, &c.storage, c.Family, c.JSON, func(books *ledger.Ledger) error {
		return books.MoveFamily(ctx, c.Family, c.Region, c.Reason)
	})
}

type familyBankCmd struct {
	storage
	Family int64  `arg:"" help:"Number of the family."`
	Bank   string `required:"" placeholder:"CODE" help:"Bank of its cards (bpnt ledger bank list)."`
	Reason string `required:"" help:"Why, for the journal."`
	JSON   bool   `help:"Print the family as JSON."`
}

func (familyBankCmd) Help() string {
	return `From the next business day on this bank owes the outlets' banks what the family redeems.

  bpnt ledger family bank 8 --bank BRI --reason "the regency changed its bank"`
}

func (c *familyBankCmd) Run(ctx context.Context, s *streams) error {
	return familyChange(ctx, s, &c.storage, c.Family, c.JSON, func(books *ledger.Ledger) error {
		return books.SetFamilyBank(ctx, c.Family, c.Bank, c.Reason)
	})
}

type familyRenameCmd struct {
	storage
	Family int64  `arg:"" help:"Number of the family."`
	Name   string `required:"" help:"Its name."`
	Reason string `required:"" help:"Why, for the journal."`
	JSON   bool   `help:"Print the family as JSON."`
}

func (familyRenameCmd) Help() string {
	return `The journal keeps who did it, when and why; not the names.

  bpnt ledger family rename 8 --name "Ibu Sri Wahyuni" --reason "as on the KTP"`
}

func (c *familyRenameCmd) Run(ctx context.Context, s *streams) error {
	return familyChange(ctx, s, &c.storage, c.Family, c.JSON, func(books *ledger.Ledger) error {
		return books.RenameFamily(ctx, c.Family, c.Name, c.Reason)
	})
}

// familyChange changes a family and prints what became of it.
func familyChange(ctx context.Context, s *streams, o *storage, id int64, asJSON bool, change func(*ledger.Ledger) error) error {
	return o.withLedger(ctx, s, func(books *ledger.Ledger) error {
		err := change(books)
		if errors.Is(err, ledger.ErrNotFound) {
			return fmt.Errorf("family %s is not in the books", strconv.FormatInt(id, 10))
		}
		if err != nil {
			return err
		}
		family, err := books.Family(ctx, id, 1)
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(s.out, family)
		}
		fmt.Fprintf(s.out, "family %d, %s, %s\n", family.ID, family.Name, family.Region)
		return nil
	})
}
