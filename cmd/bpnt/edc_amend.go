package main

import (
	"fmt"
	"strings"
	"time"

	"bpnt/iso"
)

type edcVoidCmd struct {
	edcFlags
	Trace int32 `default:"0" help:"Trace (STAN) of the sale; 0 for the newest that stands."`
}

func (edcVoidCmd) Help() string {
	return `Cancels a sale of the open batch, by its RRN, and the family has its money back. The host refuses with 25 what it does not
know, what was reversed or voided before, and what is in a closed batch. Without an answer bpnt edc reverse reverses the
void, and the sale stands again.

  bpnt edc void
  bpnt edc void --trace 900004`
}

func (c *edcVoidCmd) Run(s *streams) error {
	return c.withTerminal(s, func(t *edcTerminal) error { return t.void(c.Trace) })
}

func (t *edcTerminal) void(trace int32) error {
	sale, err := t.state.byTrace(trace)
	if err != nil {
		return err
	}
	return t.amend(edcVoid, sale, sale.Amount)
}

// amend sends a void or a refund of a sale of the open batch.
func (t *edcTerminal) amend(kind edcKind, sale *edcEntry, amount int64) error {
	if sale.RRN == "" {
		return usage("the answer to %s %06d never came, so its RRN is not known", sale.Kind, sale.STAN)
	}
	return t.trade(&edcEntry{
		Kind: kind, Amount: amount, Card: sale.Card, Account: sale.Account, Original: sale.STAN, OriginalRRN: sale.RRN,
	})
}

type edcRefundCmd struct {
	edcFlags
	cardFlags
	accountFlags
	Trace  int32  `default:"0" help:"Trace (STAN) of a sale of the open batch; 0 for the newest that stands."`
	RRN    string `help:"RREF of a sale of any batch, from its slip, with --amount and its --card, in the place of --trace."`
	Amount int64  `default:"0" help:"Whole rupiah; 0 for all of a sale of the open batch."`
}

func (edcRefundCmd) Help() string {
	return `Gives back all or part of a sale, also one whose batch is closed. The host refuses with 12 or 57 where the link has no
refunds (refund = true in its configuration), with 61 more than is left of the sale.

  bpnt edc refund --amount 5000
  bpnt edc refund --rrn 000000000123 --amount 5000 --card 1`
}

func (c *edcRefundCmd) Run(s *streams) error {
	switch {
	case c.Card < 0:
		return errCardNumber
	case c.Amount < 0 || c.Amount > amountMax:
		return errAmount
	case c.RRN != "" && (len(c.RRN) != rrnDigits || strings.Trim(c.RRN, "0123456789") != ""):
		return usage("--rrn must be the %d digits after RREF on the sale's slip", rrnDigits)
	case c.RRN != "" && c.Trace != 0:
		return usage("give --trace or --rrn, not both")
	case c.RRN != "" && c.Amount == 0:
		return usage("--rrn needs --amount: the terminal does not know how much the sale was")
	}
	if err := c.check(); err != nil {
		return err
	}
	return c.withTerminal(s, c.refund)
}

// rrnDigits is the length of DE37.
const rrnDigits = 12

func (c *edcRefundCmd) refund(t *edcTerminal) error {
	if c.RRN != "" {
		return t.trade(&edcEntry{
			Kind: edcRefund, Amount: c.Amount, Card: c.number(), Account: c.Account, OriginalRRN: c.RRN,
		})
	}
	sale, err := t.state.byTrace(c.Trace)
	if err != nil {
		return err
	}
	if c.Amount == 0 {
		c.Amount = sale.Amount
	}
	return t.amend(edcRefund, sale, c.Amount)
}

type edcAdviceCmd struct {
	edcFlags
	cardFlags
	accountFlags
	Amount int64 `default:"0" help:"Whole rupiah."`
	Repeat bool  `help:"Send the advice again that was not answered, as 0221."`
}

func (edcAdviceCmd) Help() string {
	return `Books food that was handed out against a signed form while the bank was away (berita acara): 0220, without a PIN. What the
purse does not hold the family owes of its next disbursement. The host refuses with 57 where the programme books no
advices: bpnt ledger programme rule --advance-family … --advance-outlet … turns them on.

  bpnt edc advice --amount 25000
  bpnt edc advice --repeat`
}

func (c *edcAdviceCmd) Run(s *streams) error {
	switch {
	case c.Repeat && c.Amount != 0:
		return usage("--repeat sends the same advice again: leave --amount out")
	case c.Repeat:
		return c.withTerminal(s, (*edcTerminal).repeatAdvice)
	case c.Card < 0:
		return errCardNumber
	case c.Amount < 1 || c.Amount > amountMax:
		return errAmount
	}
	if err := c.check(); err != nil {
		return err
	}
	return c.withTerminal(s, func(t *edcTerminal) error {
		return t.trade(&edcEntry{
			Kind: edcAdvice, Amount: c.Amount, Card: c.number(), Account: c.Account, Time: int64(iso.LocalTimeOf(time.Now())),
		})
	})
}

type edcJournalCmd struct{ edcFlags }

func (edcJournalCmd) Help() string {
	return `Prints what the terminal believes of its open batch, and the totals that bpnt edc settle would send. Nothing is sent.

  bpnt edc journal`
}

func (c *edcJournalCmd) Run(s *streams) error {
	return c.withTerminal(s, (*edcTerminal).journal)
}

func (t *edcTerminal) journal() error {
	totals := totalsOf(t.state.standing())
	if t.flags.JSON {
		return printJSON(t.streams.out, struct {
			Batch   string      `json:"batch"`
			Journal []*edcEntry `json:"journal"`
			Totals  edcTotals   `json:"totals"`
		}{t.state.Batch, append([]*edcEntry{}, t.state.Journal...), totals})
	}
	rows := [][]string{{"trace", "what", "rupiah", "fate", "RREF", "of"}}
	for _, e := range t.state.Journal {
		of := e.OriginalRRN
		if e.Original > 0 {
			of = fmt.Sprintf("%06d", e.Original)
		}
		rows = append(rows, []string{
			fmt.Sprintf("%06d", e.STAN), string(e.Kind), fmt.Sprint(e.Amount), string(e.Fate), e.RRN, of,
		})
	}
	grid(t.streams.out, "llrlll", rows)
	fmt.Fprintf(t.streams.out, "\nbatch %s: %s\n", t.state.Batch, strings.Join(totals.lines(), ", "))
	return nil
}
