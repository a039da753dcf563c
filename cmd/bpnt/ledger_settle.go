package main

import (
	"context"
	"fmt"
	"io"

	"bpnt/iso"
	"bpnt/ledger"
)

type settleCmd struct {
	storage
	Bank      string `required:"" placeholder:"CODE" help:"The outlets' bank (bpnt ledger bank list)."`
	Date      string `placeholder:"YYYY-MM-DD" help:"Business day to close, or to write the files of again; every day that is over where not given."`
	Out       string `type:"path" placeholder:"DIR" help:"Folder for the files: the payout order, and a row for each redemption."`
	Delimiter string `enum:"comma,pipe" default:"comma" help:"What parts the fields of the rows: comma or pipe."`
	Result    string `type:"path" placeholder:"FILE" help:"A bank's answer (camt.053, camt.054 or CSV): note what was paid and what was not."`
	JSON      bool   `help:"Print what was done as JSON."`
}

func (settleCmd) Help() string {
	return `Closes a bank's business day: sums what each of its outlets is owed, the positions between the cards' banks and this one,
and what is paid out. A day can be closed once it is over; days are closed in order, those without a sale too. A day that
was closed before is only shown, and its files are written again, the same to the byte. What is below zero, and what
belongs to an outlet without an account, is carried to the next day.

  BPNT-BNI-20181122-payout.xml   ISO 20022 pain.001.001.03, for the bank
  BPNT-BNI-20181122-rows.csv     each redemption, reversal, void and refund, for the switch's reconciliation

  bpnt ledger bank set BNI --account 0098765432 --holder "DINSOS DKI"
  bpnt ledger settle --bank BNI --out settlement
  bpnt ledger settle --bank BNI --date 2018-11-22 --out settlement --delimiter pipe

--result reads what the bank answers, and lists what does not match and what is still missing; what it says was rejected,
or came back, is due again in the next settlement. The same file twice changes nothing. Of a camt.053 or camt.054 each
entry counts by its EndToEndId: a debit that was booked is paid, a credit came back. A CSV has a first line
bpnt,payout-result,1,IDENTITY,LINES,TOTAL (TOTAL is the sum of the amounts), then

  reference,status,amount,reason
  BPNT-BNI-20181122-1,paid,150000,
  BPNT-BNI-20181122-2,rejected,75000,account closed

where a reference is the payout order's EndToEndId, and amounts are whole rupiah.

  bpnt ledger settle --bank BNI --result camt054.xml`
}

func (c *settleCmd) Run(ctx context.Context, s *streams) error {
	if c.Result != "" && (c.Date != "" || c.Out != "") {
		return usage("--result goes with --bank alone")
	}
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		if c.Result != "" {
			return c.readResult(ctx, s, books)
		}
		return c.close(ctx, s, books)
	})
}

// settled is what was done about a day.
type settled struct {
	ledger.Settlement
	Files []writtenFile `json:"files,omitempty"`
}

// close closes one day, or all that are over.
func (c *settleCmd) close(ctx context.Context, s *streams, books *ledger.Ledger) error {
	days := []string{c.Date}
	if c.Date == "" {
		due, err := books.DueDays(ctx, c.Bank)
		if err != nil {
			return err
		}
		days = due
	}
	all := make([]settled, 0, len(days))
	buckets := books.Buckets()
	bar := newProgress(s, "buckets settled", int64(len(days)*buckets))
	for i, day := range days {
		done, err := c.closeDay(ctx, s, books, day, func(bucket int) { bar.set(int64(i*buckets + bucket)) })
		if err != nil {
			return err
		}
		all = append(all, done)
	}
	bar.done(int64(len(days) * buckets))
	if c.JSON {
		return printJSON(s.out, all)
	}
	writeSettled(s.out, c.Bank, all)
	return nil
}

func (c *settleCmd) closeDay(ctx context.Context, s *streams, books *ledger.Ledger, day string, passed func(int)) (settled, error) {
	settlement, err := books.Settle(ctx, c.Bank, day, passed)
	if err != nil || c.Out == "" {
		return settled{Settlement: settlement}, err
	}
	files, err := c.writeFiles(ctx, s, books, settlement)
	return settled{settlement, files}, err
}

func writeSettled(w io.Writer, bank string, all []settled) {
	if len(all) == 0 {
		fmt.Fprintf(w, "no business day of %s waits to be closed\n", bank)
		return
	}
	for _, s := range all {
		writeSettlement(w, s.Settlement)
		for _, f := range s.Files {
			fmt.Fprintf(w, "%s, %d bytes, sha256 %s\n", f.Path, f.Bytes, f.SHA256)
		}
		fmt.Fprintln(w)
	}
}

func writeSettlement(w io.Writer, s ledger.Settlement) {
	state := "closed"
	if s.ClosedBefore {
		state = "was closed already"
	}
	fmt.Fprintf(w, "%s: %s, %d outlets\n", s.Name, state, s.Outlets)
	grid(w, "lrr", [][]string{
		{"redeemed", fmt.Sprint(s.Redemptions), iso.Rupiah(s.RedeemedIDR)},
		{"undone", fmt.Sprint(s.Undoings), iso.Rupiah(s.UndoneIDR)},
		{"net", "", iso.Rupiah(s.NetIDR)},
		{"brought from before", "", iso.Rupiah(s.BroughtIDR)},
		{"paid out", fmt.Sprint(s.Payouts), iso.Rupiah(s.PaidIDR)},
		{"carried to the next day", "", iso.Rupiah(s.CarriedIDR)},
	})
	for _, p := range s.Positions {
		fmt.Fprintf(w, "%s owes %s %s\n", p.Issuer, s.Bank, iso.Rupiah(p.NetIDR))
	}
}
