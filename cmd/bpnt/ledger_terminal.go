package main

import (
	"context"
	"encoding/hex"
	"fmt"

	"bpnt/gateway/pin"
	"bpnt/ledger"
)

type terminalResetCmd struct {
	storage
	TID  string `arg:"" help:"Terminal id (DE41): 8 characters, up to 16 on a switch's link."`
	Link string `default:"edc" help:"Link on which the terminal speaks."`
}

func (terminalResetCmd) Help() string {
	return `Only after a repair that set the STAN back: repeats of what the terminal sent before are new messages afterwards.

  bpnt ledger terminal reset 60060060`
}

func (c *terminalResetCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		if err := books.ResetTerminal(ctx, c.Link, c.TID); err != nil {
			return err
		}
		s.say("terminal %s of link %s: its STANs are new from here on", c.TID, c.Link)
		return nil
	})
}

type terminalAddCmd struct {
	storage
	TID     string `name:"tid" required:"" help:"Terminal id (DE41): 8 characters, up to 16 on a switch's link."`
	MID     string `name:"mid" required:"" help:"MID of the outlet it stands in; see bpnt ledger outlet add."`
	Link    string `default:"edc" help:"Link on which the terminal speaks."`
	ReadTPK bool   `name:"read-tpk" help:"Read the clear PIN key (32 hex digits) from a prompt or stdin instead of making one."`
	JSON    bool   `help:"Print TID and a new key as JSON."`
}

func (terminalAddCmd) Help() string {
	return `A new clear PIN key is for the terminal and is shown only here; the books keep it wrapped under the master key.

  bpnt ledger terminal add --tid 60060060 --mid 600600600600600
  echo 00112233445566778899AABBCCDDEEFF | bpnt ledger terminal add --tid 60060060 --mid 600600600600600 --read-tpk`
}

func (c *terminalAddCmd) Run(ctx context.Context, s *streams) error {
	return c.withKeys(ctx, s, func(books *ledger.Ledger, keys *pin.Keystore) error {
		wrapped, clear, err := c.key(s, keys)
		if err != nil {
			return err
		}
		err = books.AddTerminal(ctx, ledger.NewTerminal{Link: c.Link, TID: c.TID, MID: c.MID, WrappedTPK: wrapped})
		if err != nil {
			return err
		}
		s.say("terminal %s added to link %s", c.TID, c.Link)
		return c.print(s, clear)
	})
}

// key wraps the key that was typed, or makes one; clear is nil where it need not be shown.
func (c *terminalAddCmd) key(s *streams, keys *pin.Keystore) (wrapped, clear []byte, err error) {
	if !c.ReadTPK {
		return keys.NewTerminalKey(pin.UsePIN, c.TID)
	}
	wrapped, _, err = readTerminalKey(s, keys, pin.UsePIN, "PIN key", c.TID)
	return wrapped, nil, err
}

// readTerminalKey asks for a terminal's clear key of one use and wraps it.
func readTerminalKey(s *streams, keys *pin.Keystore, use pin.Use, what, tid string) (wrapped, clear []byte, err error) {
	if clear, err = readKey(s, what, 32); err != nil {
		return nil, nil, err
	}
	wrapped, err = keys.WrapTerminalKey(use, tid, clear)
	return wrapped, clear, err
}

func (c *terminalAddCmd) print(s *streams, clear []byte) error {
	switch {
	case c.JSON:
		return printJSON(s.out, struct {
			TID string `json:"tid"`
			TPK string `json:"tpk,omitempty"`
		}{c.TID, hex.EncodeToString(clear)})
	case clear != nil:
		fmt.Fprintf(s.out, "%X\n", clear)
	}
	return nil
}
