package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

type cardAddCmd struct {
	storage
	Family int64  `required:"" help:"Number of the family; a new one is registered with --name and --region."`
	Name   string `help:"Name of a new family."`
	Region int16  `default:"3173" help:"Kemendagri number of a new family's regency or city."`
	NoPIN  bool   `name:"no-pin" help:"The card has no PIN."`
}

func (cardAddCmd) Help() string {
	return `Reads "PAN=YYMM" and then the PIN from a prompt without echo, or as two lines from stdin; never from an argument.

  printf '%s\n' 4863990000001423=2912 123456 | bpnt ledger card add --family 7 --name "Ibu Siti"`
}

func (c *cardAddCmd) Run(ctx context.Context, s *streams) error {
	return c.withKeys(ctx, s, func(books *ledger.Ledger, keys *pin.Keystore) error {
		card, masked, err := c.read(s, keys)
		if err != nil {
			return err
		}
		if c.Name != "" {
			if err := books.AddFamily(ctx, c.Family, c.Region, c.Name, card.PAN); err != nil {
				return err
			}
		}
		err = books.AddCard(ctx, card)
		if errors.Is(err, ledger.ErrNotFound) {
			return usage("family %d is not in the books: give --name to register it", c.Family)
		}
		if err != nil {
			return err
		}
		s.say("card %s given to family %d", masked, c.Family)
		return nil
	})
}

// read asks for the card and turns it into what the books may hold.
func (c *cardAddCmd) read(s *streams, keys *pin.Keystore) (ledger.NewCard, string, error) {
	pan, expiry, err := readPAN(s, "PAN=YYMM")
	if err != nil {
		return ledger.NewCard{}, "", err
	}
	month, err := strconv.ParseInt(expiry, 10, 32)
	if err != nil || len(expiry) != 4 || month%100 < 1 || month%100 > 12 {
		return ledger.NewCard{}, "", usage("the expiry must be YYMM: type PAN=YYMM")
	}
	digits := pan.Digits()
	card := ledger.NewCard{
		PAN: ledger.PANKey(keys.PANKey(digits)), PANKeyID: keys.PANKeyID(), First6: pan.First6(), Last4: pan.Last4(),
		Expiry: int32(month), Family: c.Family,
	}
	if c.NoPIN {
		return card, pan.Masked(), nil
	}
	typed, err := s.secret("PIN")
	if err != nil {
		return card, "", err
	}
	if card.PINValue, err = keys.ValueOfPIN([]byte(typed), digits); err != nil {
		return card, "", usage("the PIN cannot be used: %w", err)
	}
	return card, pan.Masked(), nil
}

// readPAN reads a card number and, after = or D, its expiry and what may follow.
func readPAN(s *streams, question string) (iso.PAN, string, error) {
	line, err := s.secret(question)
	if err != nil {
		return iso.PAN{}, "", err
	}
	number, rest, _ := strings.Cut(strings.ReplaceAll(line, "D", "="), "=")
	pan, err := iso.ParsePAN(number)
	if err != nil {
		return pan, "", usage("the card: %w", err)
	}
	return pan, rest[:min(len(rest), 4)], nil
}

type cardShowCmd struct {
	storage
	JSON bool `help:"Print the card as JSON."`
}

func (cardShowCmd) Help() string {
	return `Reads the PAN from a prompt without echo, or from stdin; never from an argument.

  echo 9999120000000004 | bpnt ledger card show --json`
}

func (c *cardShowCmd) Run(ctx context.Context, s *streams) error {
	return c.withKeys(ctx, s, func(books *ledger.Ledger, keys *pin.Keystore) error {
		pan, _, err := readPAN(s, "PAN")
		if err != nil {
			return err
		}
		card, err := books.Card(ctx, ledger.PANKey(keys.PANKey(pan.Digits())))
		if errors.Is(err, ledger.ErrNotFound) {
			return fmt.Errorf("card %s is not in the books", pan.Masked())
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, card)
		}
		writeCard(s.out, card)
		return nil
	})
}
