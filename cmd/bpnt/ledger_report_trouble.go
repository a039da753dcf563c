package main

import (
	"context"
	"time"

	"bpnt/ledger"
)

type declinesCmd struct {
	reportFlags
	dayFlags
}

func (declinesCmd) Help() string {
	return `The region is that of the outlet. Refusals of unknown terminals are not stored; the gateway's metrics count them.

  bpnt ledger report declines --from 2026-11-25 --to 2026-11-25` + asOfHelp
}

func (c *declinesCmd) Run(ctx context.Context, s *streams) error {
	return c.report(ctx, s, ledger.Declines(c.scope()))
}

type exceptionsCmd struct {
	reportFlags
	dayFlags
}

func (exceptionsCmd) Help() string {
	return `Reversals without an original, reversals into closed purses, terminals that nobody registered, disbursements half done
or taken back after being spent, cards that lead nowhere, outlets with something amiss, PIN keys out of step. The dates
are for what happens at terminals; the rest is as it stands.

  bpnt ledger report exceptions --from 2026-11-01` + asOfHelp
}

func (c *exceptionsCmd) Run(ctx context.Context, s *streams) error {
	return c.report(ctx, s, ledger.Exceptions(c.scope()))
}

type flagsCmd struct {
	reportFlags
	Day        string        `placeholder:"DATE" help:"The business day; that of the moment where not given."`
	Region     int16         `placeholder:"NUMBER" help:"One region, by its Kemendagri number; all where not given."`
	LeftBelow  int64         `default:"10000" help:"A card with less whole rupiah than this left is emptied: it buys no kilo of rice."`
	RunCards   int64         `default:"10" help:"Different cards emptied in a run on one terminal: a queue's luck makes three or four."`
	RunGap     time.Duration `default:"30s" help:"Longest pause in a run: PIN and slip alone take as long, so nobody was handed food."`
	PileCards  int64         `default:"10" help:"Cards asked for their balance and emptied later, with others in between."`
	PileWithin time.Duration `default:"15m" help:"From a card's inquiry to its being emptied."`
	Families   int64         `default:"300" help:"Families a day that an outlet may well serve; 250 to 300 are called right."`
	BothWithin time.Duration `default:"15m" help:"From emptying a family's one programme to emptying the other."`
	Opens      string        `default:"06:00" help:"Usual hours of trade, for programmes whose rule has none."`
	Closes     string        `default:"21:00" help:"Their end."`
}

func (flagsCmd) Help() string {
	return `Runs of different cards emptied on one terminal, piles of cards asked first and emptied later, outlets with more families
than one can serve, operators' own cards on their own terminals, both programmes emptied together, trade outside hours.
What was reversed on the same day does not count. Flags are for people: nothing is ever refused because of them.

  bpnt ledger report flags --day 2026-11-25
  bpnt ledger report flags --day 2026-11-25 --families 250 --run-gap 45s --format json` + asOfHelp
}

func (c *flagsCmd) Run(ctx context.Context, s *streams) error {
	for name, text := range map[string]string{"--opens": c.Opens, "--closes": c.Closes} {
		if _, err := time.Parse("15:04", text); err != nil {
			return usage("%s must be a time of day, as 06:00", name)
		}
	}
	return c.report(ctx, s, ledger.Flags(ledger.Scope{From: c.Day, Region: c.Region}, ledger.Thresholds{
		LeftBelowIDR: c.LeftBelow, RunCards: c.RunCards, RunGap: c.RunGap, PileCards: c.PileCards, PileWithin: c.PileWithin,
		CrowdFamilies: c.Families, BothWithin: c.BothWithin, Opens: c.Opens, Closes: c.Closes,
	}))
}
