package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"bpnt/ledger"
)

// reportCmd is the reports that there are.
type reportCmd struct {
	Realisation   realisationCmd   `cmd:"" help:"Families funded, redeemed in full, in part or not at all, and the money, by region."`
	Untouched     untouchedCmd     `cmd:"" help:"Families that have redeemed nothing of a period, for follow-up."`
	Outlets       outletsCmd       `cmd:"" help:"Outlets activated each month against the target, and how many traded."`
	Outlet        outletReportCmd  `cmd:"" help:"An outlet's statement."`
	Family        familyReportCmd  `cmd:"" help:"A family's statement over all its purses."`
	Declines      declinesCmd      `cmd:"" help:"What was refused, by reason and region."`
	Dormancy      dormancyCmd      `cmd:"" help:"The register of frozen money, and what became of it."`
	Disbursements disbursementsCmd `cmd:"" help:"Files and orders that were paid, and what became of their money."`
	Receivables   receivablesCmd   `cmd:"" help:"What families owe for food that they were handed on credit."`
	Exceptions    exceptionsCmd    `cmd:"" help:"What does not match and needs somebody to look."`
	Flags         flagsCmd         `cmd:"" help:"What looks wrong on a business day, for people to look at."`
}

// reportFlags are those of every report.
type reportFlags struct {
	storage
	AsOf   string `placeholder:"MOMENT" help:"The books as of the end of a business date (2026-11-30), or of a time in the ledger's zone (\"2026-11-25 14:30\"); now where not given."`
	Format string `enum:"table,csv,json" default:"table" help:"table, csv or json."`
	Out    string `placeholder:"FILE" help:"Write to this file instead; one that is there is replaced when the report is whole."`
}

// asOfHelp ends the help page of every report.
const asOfHelp = `

Reports are read from postings and messages alone, in one snapshot, while the gateway works. One as of a past moment says
what it said then. CSV has plain integers, ISO dates and no total; JSON has the question, the columns and the lines.`

func (c *reportFlags) report(ctx context.Context, s *streams, r ledger.Report) error {
	at, err := ledger.ParseAsOf(c.AsOf)
	if err != nil {
		return usage("--as-of: %w", err)
	}
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		return c.writeTo(s.out, func(w io.Writer) error {
			buffered := bufio.NewWriter(w)
			printer := newReportPrinter(c.Format, buffered)
			if err := books.Report(ctx, r, at, printer); err != nil {
				return err
			}
			return errors.Join(printer.end(), buffered.Flush())
		})
	})
}

// writeTo hands print a place to write: stdout, or a new file that takes its name when it is whole. Families stand in it,
// so it is for its owner's eyes.
func (c *reportFlags) writeTo(out io.Writer, print func(io.Writer) error) error {
	if c.Out == "" {
		return print(out)
	}
	file, err := os.CreateTemp(filepath.Dir(c.Out), ".report-*")
	if err != nil {
		return usage("--out: the report cannot be written there: %w", err)
	}
	defer os.Remove(file.Name()) // once renamed, there is nothing to remove
	if err := errors.Join(print(file), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), c.Out); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return nil
}

// periodFlags narrow a report on periods.
type periodFlags struct {
	Period    int32  `placeholder:"YYYYMM" help:"The period; the month of the moment where not given."`
	From      int32  `placeholder:"YYYYMM" help:"First period of several, with --to."`
	To        int32  `placeholder:"YYYYMM" help:"Last period of several."`
	Programme string `placeholder:"CODE" help:"One programme, as BPNT or PKH; all where not given."`
	Region    int16  `placeholder:"NUMBER" help:"One region, by its Kemendagri number; all where not given."`
}

func (p *periodFlags) scope() (ledger.Scope, error) {
	s := ledger.Scope{Programme: p.Programme, Region: p.Region, FromPeriod: p.From, ToPeriod: p.To}
	if p.Period == 0 {
		return s, nil
	}
	if p.From != 0 || p.To != 0 {
		return s, usage("--period is one month; --from and --to are several: give one of them")
	}
	s.FromPeriod, s.ToPeriod = p.Period, p.Period
	return s, nil
}

// dayFlags narrow a report on business dates.
type dayFlags struct {
	From   string `placeholder:"DATE" help:"First business date, as 2026-11-01."`
	To     string `placeholder:"DATE" help:"Last business date; that of the moment where not given."`
	Region int16  `placeholder:"NUMBER" help:"One region, by its Kemendagri number; all where not given."`
}

func (d *dayFlags) scope() ledger.Scope {
	return ledger.Scope{From: d.From, To: d.To, Region: d.Region}
}
