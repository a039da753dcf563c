package main

import (
	"context"
	"fmt"

	"bpnt/ledger"
)

type outletAddCmd struct {
	storage
	MID        string `name:"mid" required:"" help:"Merchant id, up to 15 characters (DE42)."`
	Name       string `required:"" help:"Name that receipts print."`
	City       string `required:"" help:"City that receipts print."`
	Region     int16  `default:"3173" help:"Kemendagri number of the regency or city."`
	Bank       int16  `default:"9" help:"Clearing code of the outlet's bank (9 is BNI)."`
	Kind       string `enum:"e_warong,kube_jasa" default:"e_warong" help:"e_warong or kube_jasa: the KPI has a target for each."`
	Operator   int64  `help:"Number of the family that runs it."`
	Account    string `help:"Account where it is paid: letters and digits; without one, what it is owed is carried forward."`
	Holder     string `help:"Holder of the account; its name where not given."`
	Registered bool   `help:"It may not trade yet: bpnt ledger outlet activate comes later."`
	JSON       bool   `help:"Print the outlet's number as JSON."`
}

func (outletAddCmd) Help() string {
	return `Terminals stand in outlets, so the outlet comes first.

  bpnt ledger outlet add --mid 600600600600600 --name "E-WARONG MELATI" --city "Jakarta Pusat"`
}

func (c *outletAddCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		o := ledger.Outlet{
			MID: c.MID, Name: c.Name, City: c.City, Region: c.Region, Bank: c.Bank, Kind: c.Kind, Operator: c.Operator,
			Account: c.Account, Holder: c.Holder,
		}
		if c.Registered {
			o.Status = "registered"
		}
		id, err := books.AddOutlet(ctx, o)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, map[string]any{"outlet": id, "mid": c.MID})
		}
		fmt.Fprintf(s.out, "outlet %d, MID %s\n", id, c.MID)
		return nil
	})
}
