package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"bpnt/ledger"
)

type outletShowCmd struct {
	storage
	MID  string `arg:"" help:"Merchant id (DE42)."`
	JSON bool   `help:"Print the outlet as JSON."`
}

func (outletShowCmd) Help() string {
	return `The outlet, the terminals that stand in it, and what was done to it; the newest stands first.

  bpnt ledger outlet show 600600600600600 --json`
}

func (c *outletShowCmd) Run(ctx context.Context, s *streams) error {
	return outletChange(ctx, s, &c.storage, c.MID, c.JSON, func(*ledger.Ledger) error { return nil })
}

type outletSetCmd struct {
	storage
	MID      string  `arg:"" help:"Merchant id (DE42)."`
	Name     *string `help:"Name that receipts print from now on."`
	City     *string `help:"City that receipts print from now on."`
	Region   *int16  `help:"Kemendagri number of the regency or city."`
	Bank     *int16  `help:"Clearing code of the outlet's bank."`
	Kind     *string `help:"e_warong or kube_jasa."`
	Operator *int64  `help:"Number of the family that runs it; 0 where it is not known."`
	Account  *string `help:"Account where it is paid: letters and digits; empty: what it is owed is carried forward."`
	Holder   *string `help:"Holder of the account; empty: its name."`
	Reason   string  `help:"Why, for the journal."`
	JSON     bool    `help:"Print the outlet as JSON."`
}

func (outletSetCmd) Help() string {
	return `Changes what is given and leaves the rest. Receipts that were printed, and their repeats, keep the old name. Another bank
settles with it from the next business day on.

  bpnt ledger outlet set 600600600600600 --name "E-WARONG MAWAR" --operator 7 --reason "new operator"
  bpnt ledger outlet set 600600600600600 --account 0123456789 --holder "Siti Aminah"`
}

func (c *outletSetCmd) Run(ctx context.Context, s *streams) error {
	edit := ledger.OutletEdit{
		Name: c.Name, City: c.City, Kind: c.Kind, Region: c.Region, Bank: c.Bank, Operator: c.Operator, Account: c.Account, Holder: c.Holder,
	}
	return outletChange(ctx, s, &c.storage, c.MID, c.JSON, func(books *ledger.Ledger) error {
		return books.EditOutlet(ctx, c.MID, edit, c.Reason)
	})
}

// outletEnd is what stops an outlet from trading.
type outletEnd struct {
	storage
	MID    string `arg:"" help:"Merchant id (DE42)."`
	Reason string `required:"" help:"Why, for the journal."`
	JSON   bool   `help:"Print the outlet as JSON."`
}

func (c *outletEnd) run(ctx context.Context, s *streams, verb ledger.OutletVerb) error {
	return outletChange(ctx, s, &c.storage, c.MID, c.JSON, func(books *ledger.Ledger) error {
		return books.ChangeOutlet(ctx, c.MID, verb, c.Reason)
	})
}

type outletSuspendCmd struct{ outletEnd }

func (outletSuspendCmd) Help() string {
	return `Its terminals answer 03 from the next message on; reversals pass.

  bpnt ledger outlet suspend 600600600600600 --reason "sold soap"`
}

func (c *outletSuspendCmd) Run(ctx context.Context, s *streams) error {
	return c.run(ctx, s, ledger.OutletSuspend)
}

type outletCloseCmd struct{ outletEnd }

func (outletCloseCmd) Help() string {
	return `For ever: who comes back gets a new MID from the bank. Its terminals can be moved to other outlets.

  bpnt ledger outlet close 600600600600600 --reason "gave up"`
}

func (c *outletCloseCmd) Run(ctx context.Context, s *streams) error {
	return c.run(ctx, s, ledger.OutletClose)
}

type outletActivateCmd struct {
	storage
	MID    string `arg:"" help:"Merchant id (DE42)."`
	Reason string `help:"Why, for the journal."`
	JSON   bool   `help:"Print the outlet as JSON."`
}

func (outletActivateCmd) Help() string {
	return `For an outlet that was registered or suspended. The day on which it became active for the first time counts for the KPI.

  bpnt ledger outlet activate 600600600600600`
}

func (c *outletActivateCmd) Run(ctx context.Context, s *streams) error {
	return outletChange(ctx, s, &c.storage, c.MID, c.JSON, func(books *ledger.Ledger) error {
		return books.ChangeOutlet(ctx, c.MID, ledger.OutletActivate, c.Reason)
	})
}

// outletChange changes an outlet and prints what became of it.
func outletChange(ctx context.Context, s *streams, o *storage, mid string, asJSON bool, change func(*ledger.Ledger) error) error {
	return o.withLedger(ctx, s, func(books *ledger.Ledger) error {
		if err := change(books); err != nil {
			return err
		}
		outlet, err := books.OutletByMID(ctx, mid)
		if errors.Is(err, ledger.ErrNotFound) {
			return fmt.Errorf("no outlet has MID %s", mid)
		}
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(s.out, outlet)
		}
		writeOutlet(s.out, outlet)
		return nil
	})
}

func writeOutlet(w io.Writer, o ledger.Outlet) {
	fmt.Fprintf(w, "outlet %d, MID %s, %s, %s\n", o.ID, o.MID, o.Name, o.City)
	fmt.Fprintf(w, "%s, %s, region %d, bank %d\n", o.Kind, o.Status, o.Region, o.Bank)
	if o.Account == "" {
		fmt.Fprintln(w, "no account: what it is owed is carried forward (bpnt ledger outlet set --account)")
	} else {
		fmt.Fprintf(w, "paid on account %s %s\n", o.Account, o.Holder)
	}
	fmt.Fprintf(w, "registered %s", o.Since.Format("2006-01-02"))
	if o.ActivatedOn != nil {
		fmt.Fprintf(w, ", active since %s", o.ActivatedOn.Format("2006-01-02"))
	}
	if o.Operator != 0 {
		fmt.Fprintf(w, ", run by family %d", o.Operator)
	}
	rows := [][]string{{"link", "TID", "status", "here since"}}
	for _, t := range o.Terminals {
		rows = append(rows, []string{t.Link, t.TID, t.Status, t.Since.Format("2006-01-02 15:04 MST")})
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w)
	grid(w, "llll", rows)
	fmt.Fprintln(w)
	writeHistory(w, o.History)
}
