package main

import (
	"cmp"
	"context"
	"strings"

	"bpnt/ledger"
)

type programmeRuleCmd struct {
	storage
	Programme  string   `arg:"" help:"Code of the programme, as BPNT."`
	Since      string   `required:"" help:"Business date from which on it holds, as 2027-01-01; after today, but for a programme's first rule."`
	Source     string   `required:"" help:"The decree, or what else the rule rests on."`
	Reason     string   `help:"Why it is entered, for the journal; the source where not given."`
	Amount     *int64   `help:"Whole rupiah for a family and period."`
	Unspent    string   `enum:",accumulate,expire_at_next,expire_after" default:"" help:"What becomes of money not spent: accumulate, expire_at_next (disbursement), expire_after (--expire-days)."`
	ExpireDays *int32   `help:"Days after a period was opened, with expire_after."`
	FreezeDays *int32   `help:"Days since a period was opened and since the last use, then its money is frozen."`
	ReturnDays *int32   `help:"Days since it was frozen, then it goes back to the treasury."`
	Most       *int64   `help:"Whole rupiah that a redemption may be."`
	DayMost    *int64   `help:"Whole rupiah that a family may redeem on a business day."`
	DayCount   *int32   `help:"Redemptions that a family may make on a business day."`
	Hours      string   `help:"Hours of trade, as 07:00-17:00."`
	CashOut    string   `enum:",yes,no" default:"" help:"Whether it may be drawn in cash: yes or no."`
	Clear      []string `enum:"amount,freeze,return,most,day-most,day-count,hours,advance" help:"What is no longer ruled: amount, freeze, return, most, day-most, day-count, hours, advance."`
	JSON       bool     `help:"Print the new rule as JSON."`

	AdvanceFamily *int64 `help:"Whole rupiah that a family may owe for food handed out against a signed form while the bank was away; with --advance-outlet."`
	AdvanceOutlet *int64 `help:"Whole rupiah that an outlet may hand out so on a business day, whether purses pay it or families owe it."`
}

func (programmeRuleCmd) Help() string {
	return `What is not given stays as the rule before that date has it. A rule is never changed: another decree is another row,
and what was disbursed, refused or frozen before its date stays so. Expiry, freezing and return go by the rule of the day
on which they run.

  bpnt ledger programme rule BPNT --since 2027-01-01 --amount 250000 --source "Kepmensos 1/2026"
  bpnt ledger programme rule BPNT --since 2027-02-01 --return-days 15 --most 200000 --source "Juknis 2027"
  bpnt ledger programme rule BPNT --since 2027-03-01 --advance-family 110000 --advance-outlet 5000000 --source "Juknis 2027"
  bpnt ledger programme rule BPNT --since 2027-07-01 --clear most,return --source "Juknis 2027, second edition"`
}

func (c *programmeRuleCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		p, err := programmeNamed(ctx, books, c.Programme)
		if err != nil {
			return err
		}
		rule, err := c.rule(p)
		if err != nil {
			return err
		}
		if err := books.AddRule(ctx, rule, cmp.Or(c.Reason, c.Source)); err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, rule)
		}
		grid(s.out, ruleSides, [][]string{ruleHeader, ruleCells(rule)})
		return nil
	})
}

// rule is the one in force on the date before, with what was given.
func (c *programmeRuleCmd) rule(p ledger.Programme) (ledger.Rule, error) {
	r, found := p.On(c.Since)
	if !found {
		r.Unspent = ledger.Accumulate
	}
	r.Programme, r.Since, r.Source = p.Code, c.Since, c.Source
	replace(&r.AmountIDR, c.Amount)
	replace(&r.FreezeDays, c.FreezeDays)
	replace(&r.ReturnDays, c.ReturnDays)
	replace(&r.MostIDR, c.Most)
	replace(&r.DayMostIDR, c.DayMost)
	replace(&r.DayCount, c.DayCount)
	replace(&r.AdvanceFamilyIDR, c.AdvanceFamily)
	replace(&r.AdvanceOutletIDR, c.AdvanceOutlet)
	c.unspent(&r)
	if c.CashOut != "" {
		r.CashOut = c.CashOut == "yes"
	}
	if c.Hours != "" {
		opens, closes, found := strings.Cut(c.Hours, "-")
		if !found {
			return r, usage("--hours are written 07:00-17:00")
		}
		r.Opens, r.Closes = &opens, &closes
	}
	for _, what := range c.Clear {
		clearRule(&r, what)
	}
	return r, nil
}

func replace[T any](value **T, given *T) {
	if given != nil {
		*value = given
	}
}

// unspent takes over what was given: days of an earlier rule go with their way.
func (c *programmeRuleCmd) unspent(r *ledger.Rule) {
	if c.Unspent != "" {
		r.Unspent = c.Unspent
		if c.Unspent != ledger.ExpireAfter {
			r.ExpireDays = nil
		}
	}
	replace(&r.ExpireDays, c.ExpireDays)
}

func clearRule(r *ledger.Rule, what string) {
	switch what {
	case "amount":
		r.AmountIDR = nil
	case "freeze":
		r.FreezeDays = nil
	case "return":
		r.ReturnDays = nil
	case "most":
		r.MostIDR = nil
	case "day-most":
		r.DayMostIDR = nil
	case "day-count":
		r.DayCount = nil
	case "hours":
		r.Opens, r.Closes = nil, nil
	case "advance":
		r.AdvanceFamilyIDR, r.AdvanceOutletIDR = nil, nil
	}
}
