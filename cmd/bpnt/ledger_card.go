package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// newCardFlags are those of a card that comes into the books.
type newCardFlags struct {
	NoPIN     bool   `name:"no-pin" help:"The card has no PIN."`
	Inactive  bool   `help:"The card is not in the family's hands yet: bpnt ledger card activate comes later."`
	Programme string `help:"The only programme that the card is for; any where not given."`
}

type cardAddCmd struct {
	storage
	newCardFlags
	Family int64  `required:"" help:"Number of the family; a new one is registered with --name and --region."`
	Name   string `help:"Name of a new family."`
	Region int16  `default:"3173" help:"Kemendagri number of a new family's regency or city."`
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
		card.Family = c.Family
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

// read asks for the card and its PIN and turns them into what the books may hold.
func (c *newCardFlags) read(s *streams, keys *pin.Keystore) (ledger.NewCard, string, error) {
	pan, expiry, err := readPAN(s, "PAN=YYMM")
	if err != nil {
		return ledger.NewCard{}, "", err
	}
	month, err := strconv.ParseInt(expiry, 10, 32)
	if err != nil || len(expiry) != 4 || month%100 < 1 || month%100 > 12 {
		return ledger.NewCard{}, "", usage("the expiry must be YYMM: type PAN=YYMM")
	}
	card := ledger.NewCard{
		PAN: ledger.PANKey(keys.PANKey(pan.Digits())), PANKeyID: keys.PANKeyID(), First6: pan.First6(), Last4: pan.Last4(),
		Expiry: int32(month), Inactive: c.Inactive, Programme: c.Programme,
	}
	if !c.NoPIN {
		card.PINValue, err = readPIN(s, keys, pan)
	}
	return card, pan.Masked(), err
}

// readPIN asks for a card's PIN and returns what stands for it.
func readPIN(s *streams, keys *pin.Keystore, pan iso.PAN) (int32, error) {
	typed, err := s.secret("PIN")
	if err != nil {
		return 0, err
	}
	value, err := keys.ValueOfPIN([]byte(typed), pan.Digits())
	if err != nil {
		return 0, usage("the PIN cannot be used: %w", err)
	}
	return value, nil
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

// withCard asks for a card number and calls use with it and with what stands for it in the books.
func (o *storage) withCard(ctx context.Context, s *streams, use func(*ledger.Ledger, *pin.Keystore, iso.PAN, ledger.PANKey) error) error {
	return o.withKeys(ctx, s, func(books *ledger.Ledger, keys *pin.Keystore) error {
		pan, _, err := readPAN(s, "PAN")
		if err != nil {
			return err
		}
		err = use(books, keys, pan, ledger.PANKey(keys.PANKey(pan.Digits())))
		if errors.Is(err, ledger.ErrNotFound) {
			return fmt.Errorf("card %s is not in the books", pan.Masked())
		}
		return err
	})
}

type cardShowCmd struct {
	storage
	JSON bool `help:"Print the card as JSON."`
}

func (cardShowCmd) Help() string {
	return `Reads the PAN from a prompt without echo, or from stdin; never from an argument. What was done to the card follows,
newest first: when, what, by whom, why.

  echo 9999120000000004 | bpnt ledger card show --json`
}

func (c *cardShowCmd) Run(ctx context.Context, s *streams) error {
	return c.withCard(ctx, s, func(books *ledger.Ledger, _ *pin.Keystore, _ iso.PAN, key ledger.PANKey) error {
		card, err := books.Card(ctx, key)
		if err != nil {
			return err
		}
		return tellCard(s.out, card, c.JSON)
	})
}

// tellCard prints a card and its history.
func tellCard(w io.Writer, card ledger.Card, asJSON bool) error {
	if asJSON {
		return printJSON(w, card)
	}
	fmt.Fprintf(w, "family %d, bucket %d\n", card.Family, card.Bucket)
	writeCards(w, []ledger.Card{card})
	writeHistory(w, card.History)
	return nil
}

func writeCards(w io.Writer, cards []ledger.Card) {
	rows := [][]string{{"card", "mark", "expires", "status", "programme", "PIN"}}
	for _, c := range cards {
		year, month, _ := strings.Cut(c.Expiry, "-")
		rows = append(rows, []string{c.Masked, "#" + c.Mark, month + "/" + year, c.Status, anyProgramme(c.Programme), pinWords(c)})
	}
	grid(w, "llllll", rows)
}

func anyProgramme(code string) string {
	if code == "" {
		return "any"
	}
	return code
}

func pinWords(c ledger.Card) string {
	switch {
	case !c.PIN:
		return "none"
	case c.PINTries >= 3:
		return "used up: unblock it"
	}
	return fmt.Sprintf("%d of 3 tries left", 3-c.PINTries)
}

func writeHistory(w io.Writer, events []ledger.Event) {
	var rows [][]string
	for _, e := range events {
		rows = append(rows, []string{e.At.Format("2006-01-02 15:04 MST"), e.By, e.Action, e.What, e.Reason})
	}
	grid(w, "lllll", rows)
}
