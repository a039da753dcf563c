package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"bpnt/iso"
	"bpnt/ledger"
)

type reconcileCmd struct {
	storage
	Bank string `required:"" placeholder:"CODE" help:"The outlets' bank."`
	Date string `required:"" placeholder:"YYYY-MM-DD" help:"Business day, which must have been closed (bpnt ledger settle)."`
	JSON bool   `help:"Print everything as JSON, with each batch and claim."`
}

func (reconcileCmd) Help() string {
	return `Holds three sides of a bank's business day against one another: what the ledger posted, what terminals had in their
batches and said of them, and what switches had in their days and said of those. The sum must come out to the rupiah: a
batch may reach over several days, so its share of other days is taken out, and what is in no batch of the day is named.
What does not add up is an exception (day_difference) with its rows, and the exit status is 1. Forgotten batches, late
corrections, disputes and unknown uploads are listed.

  bpnt ledger reconcile --bank BNI --date 2018-11-22

  bpnt ledger reconcile --bank BNI --date 2018-11-22 --json | jq .difference_idr`
}

func (c *reconcileCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		report, err := books.ReconcileDay(ctx, c.Bank, c.Date)
		if err != nil {
			return err
		}
		if c.JSON {
			err = printJSON(s.out, report)
		} else {
			writeDay(s.out, report)
		}
		if err == nil && report.Differences > 0 {
			err = fmt.Errorf("%d things do not add up: bpnt ledger exceptions has their rows", report.Differences)
		}
		return err
	})
}

func writeDay(w io.Writer, r ledger.DayReconciliation) {
	fmt.Fprintf(w, "%s\n\n", r.Settlement)
	grid(w, "lr", [][]string{
		{"ledger: owed to outlets for the day", iso.Rupiah(r.LedgerIDR)},
		{"terminals: batches closed for the day", iso.Rupiah(r.BatchesIDR)},
		{"switches: days closed for the day", iso.Rupiah(r.SwitchDaysIDR)},
		{"less: of other days and other banks", iso.Rupiah(-r.ElsewhereIDR)},
		{"of the day, in batches of other days or still open", iso.Rupiah(r.OtherBatchIDR)},
		{"of the day, in no batch (corrections)", iso.Rupiah(r.CorrectionsIDR)},
		{"difference", iso.Rupiah(r.DifferenceIDR)},
	})
	writeDayBatches(w, r)
	writeDayClaims(w, r)
	rows := [][]string{{"exception", "kind", "link", "TID", "theirs", "ours", "what"}}
	for _, x := range r.Exceptions {
		rows = append(rows, []string{strconv.FormatInt(x.ID, 10), x.Kind, x.Link, x.TID, optionalRupiah(x.Theirs), optionalRupiah(x.Ours), x.Detail})
	}
	writeSection(w, "rlllrrl", rows)
}

// writeDayBatches lists the batches that are worth a look: forgotten ones, and those that do not add up.
func writeDayBatches(w io.Writer, r ledger.DayReconciliation) {
	rows := [][]string{{"batch", "link", "TID", "closed by", "for", "stored", "difference", ""}}
	for _, b := range r.Batches {
		note := ""
		if b.ClosedBy == "cut-off" && !b.Spoken {
			note = "forgotten"
		}
		if note != "" || b.DifferenceIDR != 0 {
			rows = append(rows, []string{
				strconv.Itoa(int(b.No)), b.Link, b.TID, b.ClosedBy, b.ClosedFor, iso.Rupiah(b.StoredIDR), iso.Rupiah(b.DifferenceIDR), note,
			})
		}
	}
	writeSection(w, "rllllrrl", rows)
}

// writeDayClaims lists what was said that is not what we have.
func writeDayClaims(w io.Writer, r ledger.DayReconciliation) {
	rows := [][]string{{"said by link", "TID", "status", "theirs", "ours"}}
	for _, c := range r.Claims {
		if c.Status != "agreed" {
			rows = append(rows, []string{c.Link, c.TID, c.Status, iso.Rupiah(c.TheirIDR), iso.Rupiah(c.OurIDR)})
		}
	}
	writeSection(w, "lllrr", rows)
}

func optionalRupiah(amount *int64) string {
	if amount == nil {
		return ""
	}
	return iso.Rupiah(*amount)
}
