package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"bpnt/iso"
	"bpnt/ledger"
	"bpnt/ledger/intake"
)

// payFile carries out a disbursement file.
func (c *disburseCmd) payFile(ctx context.Context, s *streams, books *ledger.Ledger) error {
	bars := phaseBars{s: s}
	report, err := books.DisburseFile(ctx, ledger.FileOptions{
		Path: c.File, Rejects: c.Rejects, DryRun: c.DryRun, Progress: bars.set,
	})
	bars.end()
	var faults *ledger.FaultsError
	if errors.As(err, &faults) {
		return c.tellFaults(s, faults, err)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, report)
	}
	writeFileReport(s.out, report)
	sayCollected(s, report.Collected)
	sayExpired(s, report.Expired)
	return nil
}

// faultyFile is what --json says of a file with faults.
type faultyFile struct {
	Lines   int64          `json:"lines_with_faults"`
	Rejects string         `json:"rejects"`
	First   []intake.Fault `json:"first"`
}

// tellFaults shows the first faults.
func (c *disburseCmd) tellFaults(s *streams, faults *ledger.FaultsError, err error) error {
	if c.JSON {
		err = errors.Join(err, printJSON(s.out, faultyFile{faults.Lines, faults.Rejects, faults.First}))
	}
	for _, fault := range faults.First {
		s.say("%s", fault.Error())
	}
	return err
}

func writeFileReport(w io.Writer, r ledger.FileReport) {
	if r.DoneBefore != nil {
		fmt.Fprintf(w, "%s was paid on %s already: nothing was moved\n", r.Name, r.DoneBefore.Format(time.RFC3339))
		return
	}
	rows := [][]string{{"programme", "period", "families", "amount"}}
	for _, p := range r.Pays {
		rows = append(rows, []string{p.Programme, strconv.Itoa(int(p.Period)), strconv.FormatInt(p.Families, 10), iso.Rupiah(p.AmountIDR)})
	}
	done := "paid"
	if r.DryRun {
		done = "would be paid"
	}
	rows = append(rows, []string{done, "", strconv.FormatInt(r.Purses, 10), iso.Rupiah(r.TotalIDR)})
	grid(w, "lrrr", rows)
	if r.Before > 0 && !r.DryRun {
		fmt.Fprintf(w, "%d of these were funded by an earlier run, which was broken off\n", r.Before)
	}
}
