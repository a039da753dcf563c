package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"bpnt/gateway/pin"
	"bpnt/ledger"
)

// linkCmd is about the links that the gateway has entered.
type linkCmd struct {
	List linkListCmd `cmd:"" help:"List the links, with a switch's day and keys."`
	Key  linkKeyCmd  `cmd:"" help:"Enter the master key (ZMK) that a switch and we share."`
}

type linkListCmd struct {
	storage
	JSON bool `help:"Print the links as JSON."`
}

func (linkListCmd) Help() string {
	return `A link is entered when a gateway starts with it in its configuration. Only a switch's has days and a ZMK.

  bpnt ledger link list --json`
}

// linkShown is a link without its keys.
type linkShown struct {
	Name         string `json:"name"`
	Day          int32  `json:"day,omitempty"`
	BusinessDate string `json:"business_date,omitempty"`
	ZMK          bool   `json:"zmk"`
	ZPK          bool   `json:"zpk"`
	ZAK          bool   `json:"zak"`
	KeysAt       string `json:"keys_at,omitempty"`
}

func showLink(k ledger.LinkCard) linkShown {
	shown := linkShown{
		Name: k.Name, Day: k.Day, BusinessDate: k.BusinessDate, ZMK: k.WrappedZMK != nil, ZPK: k.WrappedZPK != nil,
		ZAK: k.WrappedZAK != nil,
	}
	if k.KeysAt != nil {
		shown.KeysAt = k.KeysAt.Format("2006-01-02 15:04 MST")
	}
	return shown
}

func (c *linkListCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		links, err := books.Links(ctx)
		if err != nil {
			return err
		}
		shown := []linkShown{}
		for _, k := range links {
			shown = append(shown, showLink(k))
		}
		if c.JSON {
			return printJSON(s.out, shown)
		}
		writeLinks(s.out, shown)
		return nil
	})
}

func writeLinks(w io.Writer, links []linkShown) {
	if len(links) == 0 {
		fmt.Fprintln(w, "no links: the gateway enters its own when it starts")
		return
	}
	rows := [][]string{{"link", "day", "business date", "ZMK", "ZPK", "ZAK", "keys since"}}
	for _, k := range links {
		day := ""
		if k.Day > 0 {
			day = strconv.Itoa(int(k.Day))
		}
		rows = append(rows, []string{k.Name, day, k.BusinessDate, yesCell(k.ZMK), yesCell(k.ZPK), yesCell(k.ZAK), k.KeysAt})
	}
	grid(w, "lrlllll", rows)
}

type linkKeyCmd struct {
	storage
	Name   string `arg:"" help:"Name of the link in the gateway's configuration."`
	Reason string `help:"Why, for the journal."`
}

func (linkKeyCmd) Help() string {
	return `Reads the clear ZMK (32 or 48 hex digits) from a prompt without echo, or from stdin, and keeps it wrapped. Compare the
check value that is printed with the bank's. Working keys that came under another ZMK stay good.

  echo 00112233445566778899AABBCCDDEEFF | bpnt ledger link key alto --reason "ceremony of 25 Nov"`
}

func (c *linkKeyCmd) Run(ctx context.Context, s *streams) error {
	return c.withKeys(ctx, s, func(books *ledger.Ledger, keys *pin.Keystore) error {
		clear, err := readKey(s, "ZMK", 32, 48)
		if err != nil {
			return err
		}
		wrapped, err := keys.WrapLinkKey(pin.UseTMK, c.Name, clear)
		if err != nil {
			return err
		}
		if err := books.LoadLinkKey(ctx, c.Name, wrapped, c.Reason); err != nil {
			return err
		}
		return sayKey(s, "ZMK of link "+c.Name, clear)
	})
}
