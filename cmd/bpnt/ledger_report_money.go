package main

import (
	"context"

	"bpnt/ledger"
)

type realisationCmd struct {
	reportFlags
	periodFlags
	Together bool `help:"Take the periods as one: a family counts once, and has redeemed in full when it has redeemed all of them."`
}

func (realisationCmd) Help() string {
	return `A family counts where money of the period was left to it. funded = redeemed + left + frozen + expired + returned +
taken back, in every line; pending is money of a disbursement that was not open yet. A family counts in the region where
it lived at that moment.

  bpnt ledger report realisation --period 202611
  bpnt ledger report realisation --from 202601 --to 202612 --together --programme BPNT --as-of 2026-12-31 --format csv` + asOfHelp
}

func (c *realisationCmd) Run(ctx context.Context, s *streams) error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	return c.report(ctx, s, ledger.Realisation(scope, c.Together))
}

type untouchedCmd struct {
	reportFlags
	periodFlags
}

func (untouchedCmd) Help() string {
	return `What was bought and reversed was not received, so such a family is listed. cards_today is the state of its cards now,
whatever the moment.

  bpnt ledger report untouched --period 202611 --region 3172 --format csv --out untouched-202611.csv` + asOfHelp
}

func (c *untouchedCmd) Run(ctx context.Context, s *streams) error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	return c.report(ctx, s, ledger.Untouched(scope))
}

type dormancyCmd struct {
	reportFlags
	dayFlags
	Programme string `placeholder:"CODE" help:"One programme, as BPNT or PKH; all where not given."`
}

func (dormancyCmd) Help() string {
	return `A line for each time that a purse was frozen between the dates, with what was thawed, returned to the treasury or taken
back of it, and what is still frozen.

  bpnt ledger report dormancy --from 2026-01-01 --format csv` + asOfHelp
}

func (c *dormancyCmd) Run(ctx context.Context, s *streams) error {
	scope := c.scope()
	scope.Programme = c.Programme
	return c.report(ctx, s, ledger.Dormancy(scope))
}

type disbursementsCmd struct {
	reportFlags
	From      string `placeholder:"DATE" help:"Those begun from this business date on; all where not given."`
	To        string `placeholder:"DATE" help:"Those begun until this business date."`
	Programme string `placeholder:"CODE" help:"One programme, as BPNT or PKH; all where not given."`
}

func (disbursementsCmd) Help() string {
	return `total is what was ordered, funded what has been posted of it. Money of a purse that was taken back and paid again counts
with the disbursement that the purse held at that time.

  bpnt ledger report disbursements --from 2026-01-01` + asOfHelp
}

func (c *disbursementsCmd) Run(ctx context.Context, s *streams) error {
	return c.report(ctx, s, ledger.Disbursements(ledger.Scope{From: c.From, To: c.To, Programme: c.Programme}))
}

type receivablesCmd struct {
	reportFlags
	Programme string `placeholder:"CODE" help:"One programme, as BPNT or PKH; all where not given."`
	Region    int16  `placeholder:"NUMBER" help:"One region, by its Kemendagri number; all where not given."`
}

func (receivablesCmd) Help() string {
	return `Food that outlets handed out against a signed form while the bank was away is booked where the programme allows it
(bpnt ledger programme rule --advance-family --advance-outlet). What a family's purses did not hold it owes, and its next
disbursement repays that before any of it can be spent. The outlet is the one that handed out food on credit last.

  bpnt ledger report receivables --region 3172 --format csv --out receivables.csv` + asOfHelp
}

func (c *receivablesCmd) Run(ctx context.Context, s *streams) error {
	return c.report(ctx, s, ledger.Receivables(ledger.Scope{Programme: c.Programme, Region: c.Region}))
}
