package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"bpnt/iso"
	"bpnt/ledger"
)

// mismatchCmd is about what does not match.
type mismatchCmd struct {
	List   mismatchListCmd   `cmd:"" help:"List what does not match."`
	Note   mismatchNoteCmd   `cmd:"" help:"Note what was found out about one."`
	Settle mismatchSettleCmd `cmd:"" help:"Note that nothing is left to be done about one."`
}

type mismatchListCmd struct {
	storage
	ID    int64  `arg:"" optional:"" help:"Only this one, with its notes."`
	From  string `placeholder:"DATE" help:"From this business date on, as 2026-11-25."`
	To    string `placeholder:"DATE" help:"Up to this business date."`
	Kind  string `help:"Only of this kind, as batch_totals or upload_unknown."`
	Link  string `help:"Only this link's."`
	TID   string `name:"tid" help:"Only this terminal's."`
	MID   string `name:"mid" help:"Only this outlet's."`
	Bank  string `help:"Only of this bank's outlets, by its code."`
	Open  bool   `help:"Only what is not settled yet."`
	Limit int    `default:"50" help:"The newest so many; 0 for all."`
	JSON  bool   `help:"Print them as JSON."`
}

func (mismatchListCmd) Help() string {
	return `The newest stands first. Money never moves by itself because of one: our books win, and people look into it.

  bpnt ledger exceptions list --open
  bpnt ledger exceptions list --kind upload_unknown --from 2026-11-01 --json
  bpnt ledger exceptions list 17`
}

func (c *mismatchListCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		found, err := books.Exceptions(ctx, ledger.ExceptionFilter{
			ID: c.ID, From: c.From, To: c.To, Kind: c.Kind, Link: c.Link, TID: c.TID, MID: c.MID, Bank: c.Bank,
			Open: c.Open, Limit: c.Limit,
		})
		switch {
		case err != nil:
			return err
		case c.ID != 0 && len(found) == 0:
			return fmt.Errorf("there is no exception %d", c.ID)
		case c.JSON:
			return printJSON(s.out, found)
		}
		writeExceptions(s.out, found)
		if c.ID != 0 {
			writeNotes(s.out, found[0].Notes)
		}
		return nil
	})
}

func writeExceptions(w io.Writer, found []ledger.Exception) {
	if len(found) == 0 {
		fmt.Fprintln(w, "nothing")
		return
	}
	rows := [][]string{{"id", "date", "kind", "terminal", "outlet", "STAN", "RRN", "theirs", "ours", "settled", "what"}}
	for _, x := range found {
		rows = append(rows, []string{
			strconv.FormatInt(x.ID, 10), x.BusinessDate, x.Kind, x.TID, x.MID, stanCell(x.STAN), x.RRN, rupiahCell(x.Theirs),
			rupiahCell(x.Ours), yesCell(x.Settled), x.Detail,
		})
	}
	grid(w, "lllllllrrll", rows)
}

func writeNotes(w io.Writer, notes []ledger.ExceptionNote) {
	for _, n := range notes {
		fmt.Fprintf(w, "\n%s, %s: %s\n", n.At.Format("2006-01-02 15:04 MST"), n.By, n.Note)
	}
}

func stanCell(stan *int32) string {
	if stan == nil {
		return ""
	}
	return fmt.Sprintf("%06d", *stan)
}

func rupiahCell(amount *int64) string {
	if amount == nil {
		return ""
	}
	return iso.Rupiah(*amount)
}

func yesCell(yes bool) string {
	if yes {
		return "yes"
	}
	return ""
}
