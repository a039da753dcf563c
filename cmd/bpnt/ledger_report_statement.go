package main

import (
	"context"

	"bpnt/ledger"
)

type outletsCmd struct {
	reportFlags
	From   int32 `placeholder:"YYYYMM" help:"First month; January of the moment's year where not given."`
	To     int32 `placeholder:"YYYYMM" help:"Last month; that of the moment where not given."`
	Region int16 `placeholder:"NUMBER" help:"One region, by its Kemendagri number; all where not given."`
}

func (outletsCmd) Help() string {
	return `active counts the outlets that were activated until the end of the month, traded those with a redemption in it. Targets
come from bpnt ledger target set; they are for the whole programme area, so a single region has none.

  bpnt ledger report outlets --from 201702 --to 201712` + asOfHelp
}

func (c *outletsCmd) Run(ctx context.Context, s *streams) error {
	return c.report(ctx, s, ledger.Outlets(ledger.Scope{FromPeriod: c.From, ToPeriod: c.To, Region: c.Region}))
}

type outletReportCmd struct {
	reportFlags
	MID   string `name:"mid" required:"" help:"The outlet's MID (DE42)."`
	From  string `placeholder:"DATE" help:"First business date; the first of the moment's month where not given."`
	To    string `placeholder:"DATE" help:"Last business date; that of the moment where not given."`
	Daily bool   `help:"A line for each day instead of each redemption and reversal."`
}

func (outletReportCmd) Help() string {
	return `The balance is what the outlet is owed for all that was redeemed there, less what was reversed, since its first day.

  bpnt ledger report outlet --mid DKI000000000001 --from 2026-11-01 --to 2026-11-30 --daily` + asOfHelp
}

func (c *outletReportCmd) Run(ctx context.Context, s *streams) error {
	return c.report(ctx, s, ledger.OutletStatement(c.MID, ledger.Scope{From: c.From, To: c.To}, c.Daily))
}

type familyReportCmd struct {
	reportFlags
	Family int64  `arg:"" help:"Number of the family."`
	From   string `placeholder:"DATE" help:"First business date; that of its first posting where not given."`
	To     string `placeholder:"DATE" help:"Last business date; that of the moment where not given."`
}

func (familyReportCmd) Help() string {
	return `balance is what the family could spend after each line, over all programmes and periods; frozen what lay frozen.

  bpnt ledger report family 3171000000001 --from 2026-11-01` + asOfHelp
}

func (c *familyReportCmd) Run(ctx context.Context, s *streams) error {
	return c.report(ctx, s, ledger.FamilyStatement(c.Family, ledger.Scope{From: c.From, To: c.To}))
}
