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

// programmeCmd is bpnt ledger programme.
type programmeCmd struct {
	List programmeListCmd `cmd:"" help:"List the programmes with the rules in force today."`
	Show programmeShowCmd `cmd:"" help:"Show a programme's rules over time."`
	Add  programmeAddCmd  `cmd:"" help:"Register a programme."`
	Rule programmeRuleCmd `cmd:"" help:"Enter a decree: what holds from a coming date on."`
}

type programmeListCmd struct {
	storage
	JSON bool `help:"Print the programmes, with all their rules, as JSON."`
}

func (programmeListCmd) Help() string {
	return `  bpnt ledger programme list
  bpnt ledger programme list --json | jq '.[].rules[-1]'`
}

func (c *programmeListCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		programmes, err := books.Programmes(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, programmes)
		}
		today, err := books.Today(ctx)
		if err != nil {
			return err
		}
		writeProgrammes(s.out, programmes, today)
		return nil
	})
}

func writeProgrammes(w io.Writer, programmes []ledger.Programme, today string) {
	rows := [][]string{append([]string{"programme", "name"}, ruleHeader...)}
	for _, p := range programmes {
		rule, found := p.On(today)
		cells := make([]string, len(ruleHeader))
		if found {
			cells = ruleCells(rule)
		}
		rows = append(rows, append([]string{p.Code, p.Name}, cells...))
	}
	grid(w, "ll"+ruleSides, rows)
}

type programmeShowCmd struct {
	storage
	Programme string `arg:"" help:"Code of the programme, as BPNT."`
	JSON      bool   `help:"Print the programme as JSON."`
}

func (programmeShowCmd) Help() string {
	return `The rule in force today is marked with an asterisk.

  bpnt ledger programme show BPNT`
}

func (c *programmeShowCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		p, err := programmeNamed(ctx, books, c.Programme)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, p)
		}
		today, err := books.Today(ctx)
		if err != nil {
			return err
		}
		writeProgramme(s.out, p, today)
		return nil
	})
}

func programmeNamed(ctx context.Context, books *ledger.Ledger, code string) (ledger.Programme, error) {
	p, err := books.Programme(ctx, code)
	if errors.Is(err, ledger.ErrNotFound) {
		return p, usage("there is no programme %q: bpnt ledger programme list names those that there are", code)
	}
	return p, err
}

func writeProgramme(w io.Writer, p ledger.Programme, today string) {
	fmt.Fprintf(w, "%s, %s\n", p.Code, p.Name)
	inForce, _ := p.On(today)
	rows := [][]string{append([]string{""}, ruleHeader...)}
	for _, r := range p.Rules {
		mark := ""
		if r.Since == inForce.Since {
			mark = "*"
		}
		rows = append(rows, append([]string{mark}, ruleCells(r)...))
	}
	grid(w, "l"+ruleSides, rows)
}

// ruleHeader and ruleSides are the columns of a rule; ruleCells are one's cells, with a dash for what is not ruled.
var ruleHeader = []string{
	"since", "amount", "unspent", "freeze", "return", "most", "most a day", "times a day", "hours", "cash",
	"family owes", "outlet on credit", "source",
}

const ruleSides = "lrlrrrrrllrrl"

func ruleCells(r ledger.Rule) []string {
	unspent, hours, cash := r.Unspent, "-", "no"
	if r.ExpireDays != nil {
		unspent = fmt.Sprintf("expires after %d days", *r.ExpireDays)
	}
	if r.Opens != nil {
		hours = *r.Opens + "-" + *r.Closes
	}
	if r.CashOut {
		cash = "yes"
	}
	return []string{
		r.Since, orDash(r.AmountIDR, iso.Rupiah), unspent, orDash(r.FreezeDays, days), orDash(r.ReturnDays, days),
		orDash(r.MostIDR, iso.Rupiah), orDash(r.DayMostIDR, iso.Rupiah), orDash(r.DayCount, count), hours, cash,
		orDash(r.AdvanceFamilyIDR, iso.Rupiah), orDash(r.AdvanceOutletIDR, iso.Rupiah), r.Source,
	}
}

func orDash[T any](v *T, show func(T) string) string {
	if v == nil {
		return "-"
	}
	return show(*v)
}

func days(n int32) string { return fmt.Sprintf("%d days", n) }

func count(n int32) string { return strconv.Itoa(int(n)) }

type programmeAddCmd struct {
	storage
	Code string `arg:"" help:"2 to 12 characters of A-Z, 0-9 and -."`
	Name string `required:"" help:"Full name."`
	JSON bool   `help:"Print the programme as JSON."`
}

func (programmeAddCmd) Help() string {
	return `Enter its first rule next: without one it has no amount, no limits and no cash.

  bpnt ledger programme add BLT --name "Bantuan Langsung Tunai"
  bpnt ledger programme rule BLT --since 2026-01-01 --amount 300000 --cash-out yes --source "Perpres 63/2017"`
}

func (c *programmeAddCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		id, err := books.AddProgramme(ctx, c.Code, c.Name)
		if err != nil {
			return err
		}
		s.say("programme %s added; bpnt ledger programme rule %[1]s gives it its first rule", c.Code)
		if c.JSON {
			return printJSON(s.out, ledger.Programme{ID: id, Code: c.Code, Name: c.Name, Rules: []ledger.Rule{}})
		}
		return nil
	})
}
