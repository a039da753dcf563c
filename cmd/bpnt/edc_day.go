package main

import (
	"fmt"

	"bpnt/iso"
)

type edcDayCmd struct {
	edcFlags
	Amount int64 `default:"15000" help:"Whole rupiah of the first purchase; the others are smaller."`
	Lose   int   `default:"0" help:"1 to leave the sale that stands out of the settlement, as bpnt edc settle --lose does."`
}

func (edcDayCmd) Help() string {
	return `Plays what an outlet does between morning and night: it signs on, families ask for their balance and buy, one sale is voided,
one is reversed, and the batch is settled. Each slip is printed. The exit status is 0 when every answer was the expected one.

  bpnt edc day
  bpnt edc day --lose 1`
}

// edcDay collects the slips of a day for --json.
type edcDay struct {
	Slips []*slip `json:"slips"`
}

// edcDayMin is a first purchase of which a third is still an amount.
const edcDayMin = 3

func (c *edcDayCmd) Run(s *streams) error {
	if c.Amount < edcDayMin || c.Amount > amountMax || c.Lose < 0 || c.Lose > 1 {
		return usage("--amount must be whole rupiah, from %d to %d, and --lose 0 or 1", edcDayMin, int64(amountMax))
	}
	return c.withTerminal(s, func(t *edcTerminal) error {
		t.day = &edcDay{Slips: []*slip{}}
		err := c.play(t)
		if c.JSON {
			if printed := printJSON(s.out, t.day); printed != nil {
				return printed
			}
		}
		return err
	})
}

// step is one thing that an outlet does.
type step struct {
	what string
	do   func() error
}

func (c *edcDayCmd) play(t *edcTerminal) error {
	buy := func(card int, amount int64) func() error {
		return func() error {
			return t.trade(&edcEntry{
				Kind: edcPurchase, Amount: amount, Card: card % max(len(t.profile.Cards), 1), Account: iso.AccountDefault,
			})
		}
	}
	steps := []step{
		{"the terminal signs on", t.logon},
		{"a family asks for its balance", func() error { return t.balance(0, iso.AccountDefault) }},
		{"it buys rice", buy(0, c.Amount)},
		{"another family buys eggs", buy(1, c.Amount/2)},
		{"wrong amount: the outlet voids that", func() error { return t.void(0) }},
		{"a third family buys", buy(2, c.Amount/3)},
		{"its answer is lost: the terminal reverses", t.reverse},
		{"the outlet settles", func() error { return t.settle(c.Lose, false) }},
	}
	for i, s := range steps {
		if !c.JSON {
			fmt.Fprintf(t.streams.out, "\n%d of %d: %s\n", i+1, len(steps), s.what)
		}
		if err := s.do(); err != nil {
			return fmt.Errorf("the day ended at step %d of %d (%s): %w", i+1, len(steps), s.what, err)
		}
	}
	return nil
}
