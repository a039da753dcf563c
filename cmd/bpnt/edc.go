package main

import (
	"strings"
	"time"
)

// edcCmd is one terminal at the shell.
type edcCmd struct {
	Day      edcDayCmd      `cmd:"" help:"A small whole day: logon, balance, purchases, a void, a reversal, the settlement."`
	Logon    edcLogonCmd    `cmd:"" help:"Sign on, and fetch working keys: is the host there, and does it know this terminal?"`
	Balance  edcBalanceCmd  `cmd:"" help:"Ask for a family's balance."`
	Purchase edcPurchaseCmd `cmd:"" help:"Redeem an amount for food."`
	Cash     edcCashCmd     `cmd:"" help:"Redeem an amount in cash, where the programme allows it."`
	Reverse  edcReverseCmd  `cmd:"" help:"Reverse the last message about money: a sale, or a void."`
	Void     edcVoidCmd     `cmd:"" help:"Cancel a sale of the open batch."`
	Refund   edcRefundCmd   `cmd:"" help:"Give back all or part of a sale."`
	Advice   edcAdviceCmd   `cmd:"" help:"Book food that was handed out while the bank was away."`
	Settle   edcSettleCmd   `cmd:"" help:"Close the batch: totals, and where the host's differ the upload and the trailer."`
	Upload   edcUploadCmd   `cmd:"" help:"Go on with a settlement that was answered 95."`
	Journal  edcJournalCmd  `cmd:"" help:"Print what the terminal believes of its open batch."`
}

// edcFlags are what all of them share.
type edcFlags struct {
	Profile string        `default:"data/edc.json" help:"The terminal: JSON, mode 0600; bpnt demo writes one to <data-dir>/edc.json."`
	Addr    string        `help:"Gateway's address, over the profile's."`
	Timeout time.Duration `default:"30s" help:"The terminal's patience."`
	JSON    bool          `help:"Print the answer as JSON."`
}

// cardFlags say which card is used.
type cardFlags struct {
	Card     int  `default:"0" help:"Number of the profile's test card, from 0."`
	TypeCard bool `help:"Ask for track 2 (or PAN=YYMM) and PIN, at a prompt without echo or on stdin, instead."`
}

// number is the card's, or typedCard.
func (f cardFlags) number() int {
	if f.TypeCard {
		return typedCard
	}
	return f.Card
}

var errCardNumber = usage("--card must be a number from 0; --type-card asks for a card")

// typedCard stands for a card that was typed in, which the terminal does not keep.
const typedCard = -1

// accountFlags say which of the family's moneys is meant.
type accountFlags struct {
	Account string `default:"00" help:"From-account, digits 3 and 4 of DE3: 00 default, 10 savings, 60 e-money. The link's table says whose money that is."`
}

func (f accountFlags) check() error {
	if len(f.Account) != 2 || strings.Trim(f.Account, "0123456789") != "" {
		return usage("--account must be two digits: 00 default, 10 savings, 60 e-money")
	}
	return nil
}

type edcBalanceCmd struct {
	edcFlags
	cardFlags
	accountFlags
}

func (edcBalanceCmd) Help() string {
	return `Prints the receipt; with --json its fields.

  bpnt edc balance --card 2
  bpnt edc balance --account 10
  printf '%s\n' 9999120000000004=4912 123456 | bpnt edc balance --type-card`
}

func (c *edcBalanceCmd) Run(s *streams) error {
	if c.Card < 0 {
		return errCardNumber
	}
	if err := c.check(); err != nil {
		return err
	}
	return c.withTerminal(s, func(t *edcTerminal) error { return t.balance(c.number(), c.Account) })
}

// saleFlags are what a redemption needs, in food or in cash.
type saleFlags struct {
	edcFlags
	cardFlags
	accountFlags
	Amount int64 `required:"" help:"Whole rupiah."`
}

var errAmount = usage("--amount must be whole rupiah, from 1 to %d", int64(amountMax))

// redeem sends a redemption of a kind.
func (f *saleFlags) redeem(s *streams, kind edcKind) error {
	if f.Amount < 1 || f.Amount > amountMax {
		return errAmount
	}
	if f.Card < 0 {
		return errCardNumber
	}
	if err := f.check(); err != nil {
		return err
	}
	return f.withTerminal(s, func(t *edcTerminal) error {
		return t.trade(&edcEntry{Kind: kind, Amount: f.Amount, Card: f.number(), Account: f.Account})
	})
}

type edcPurchaseCmd struct{ saleFlags }

func (edcPurchaseCmd) Help() string {
	return `The exit status is 0 when approved, 1 when refused, 3 when no answer came: then the outcome is unknown, and
bpnt edc reverse settles it.

  bpnt edc purchase --amount 25000
  bpnt edc purchase --amount 25000 --account 60`
}

func (c *edcPurchaseCmd) Run(s *streams) error { return c.redeem(s, edcPurchase) }

type edcCashCmd struct{ saleFlags }

func (edcCashCmd) Help() string {
	return `A purchase in everything but its processing code: DE3 01xxxx. BPNT refuses it with 57, PKH allows it. The exit status is
that of bpnt edc purchase, and bpnt edc reverse undoes it.

  bpnt edc cash --amount 25000 --account 10`
}

func (c *edcCashCmd) Run(s *streams) error { return c.redeem(s, edcCash) }

// amountMax is what DE4 can carry with two decimals.
const amountMax = 9_999_999_999

type edcReverseCmd struct{ edcFlags }

func (edcReverseCmd) Help() string {
	return `Sends 0400 with the STAN of the batch's last message about money, and 0401 when it was sent before. What is reversed is as
if it had not been: after the reversal of a void its sale stands again. A card that was typed in is asked for again.

  bpnt edc reverse`
}

func (c *edcReverseCmd) Run(s *streams) error {
	return c.withTerminal(s, func(t *edcTerminal) error { return t.reverse() })
}

// withTerminal switches the terminal on, uses it, and remembers what it must.
func (f *edcFlags) withTerminal(s *streams, use func(*edcTerminal) error) error {
	if f.Timeout <= 0 {
		return usage("--timeout must be longer than 0s")
	}
	p, err := loadProfile(f.Profile)
	if err != nil {
		return err
	}
	if f.Addr != "" {
		p.Addr = f.Addr
	}
	t, err := newEDCTerminal(s, p, f)
	if err != nil {
		return err
	}
	defer t.hangUp()
	return use(t)
}
