package main

import (
	"context"
	"fmt"

	"bpnt/ledger"
)

// bankCmd is about the banks of cards and outlets; bpnt ledger import banks brings them in.
type bankCmd struct {
	List bankListCmd `cmd:"" help:"List the banks and the accounts that they pay from."`
	Set  bankSetCmd  `cmd:"" help:"Say from which account a bank pays its outlets."`
}

type bankListCmd struct {
	storage
	JSON bool `help:"Print the banks as JSON."`
}

func (bankListCmd) Help() string {
	return `By clearing code.

  bpnt ledger bank list --json`
}

func (c *bankListCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		banks, err := books.Banks(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, banks)
		}
		rows := [][]string{{"bank", "code", "name", "pays from", "of"}}
		for _, b := range banks {
			rows = append(rows, []string{fmt.Sprintf("%03d", b.Number), b.Code, b.Name, b.Account, b.AccountHolder})
		}
		grid(s.out, "lllll", rows)
		return nil
	})
}

type bankSetCmd struct {
	storage
	Code    string `arg:"" help:"The bank's short name."`
	Account string `required:"" help:"Account that payout files debit: letters and digits."`
	Holder  string `help:"Its holder; the bank's name where not given."`
}

func (bankSetCmd) Help() string {
	return `Holds from the next day that is closed on; files of days that were closed keep what they had.

  bpnt ledger bank set BNI --account 0098765432 --holder "DINSOS DKI"`
}

func (c *bankSetCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		if err := books.SetBankAccount(ctx, c.Code, c.Account, c.Holder); err != nil {
			return err
		}
		s.say("%s pays from the next day that is closed on out of this account", c.Code)
		return nil
	})
}
