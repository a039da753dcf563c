package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"bpnt/gateway/pin"
	"bpnt/ledger"
)

// terminalFlags name a terminal.
type terminalFlags struct {
	storage
	TID  string `arg:"" help:"Terminal id (DE41): 8 characters, up to 16 on a switch's link."`
	Link string `default:"edc" help:"Link on which the terminal speaks."`
	JSON bool   `help:"Print the terminal as JSON."`
}

// change changes a terminal and prints what became of it.
func (c *terminalFlags) change(ctx context.Context, s *streams, change func(*ledger.Ledger) error) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		if err := change(books); err != nil {
			return err
		}
		return c.show(ctx, s, books)
	})
}

func (c *terminalFlags) show(ctx context.Context, s *streams, books *ledger.Ledger) error {
	terminal, err := books.TerminalByTID(ctx, c.Link, c.TID)
	if errors.Is(err, ledger.ErrNotFound) {
		return fmt.Errorf("link %s has no terminal %s", c.Link, c.TID)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, terminal)
	}
	writeTerminal(s.out, terminal)
	return nil
}

func writeTerminal(w io.Writer, t ledger.TerminalCard) {
	fmt.Fprintf(w, "terminal %s of link %s, %s, in outlet %s, batch %d, %s\n", t.TID, t.Link, t.Status, t.MID, t.Batch, keyWords(t))
	rows := [][]string{{"since", "outlet", "name"}}
	for _, stay := range t.Stays {
		rows = append(rows, []string{stay.Since.Format("2006-01-02 15:04 MST"), stay.MID, stay.Name})
	}
	fmt.Fprintln(w)
	grid(w, "lll", rows)
	fmt.Fprintln(w)
	writeHistory(w, t.History)
}

func keyWords(t ledger.TerminalCard) string {
	switch {
	case t.PINKey && t.Master:
		return "with a master key and a PIN key"
	case t.PINKey:
		return "with a PIN key"
	case t.Master:
		return "with a master key: it gets its PIN key when it logs on"
	}
	return "without a PIN key: bpnt ledger terminal key"
}

type terminalShowCmd struct{ terminalFlags }

func (terminalShowCmd) Help() string {
	return `Where the terminal stands and stood, and what was done to it; the newest stands first.

  bpnt ledger terminal show 60060060 --json`
}

func (c *terminalShowCmd) Run(ctx context.Context, s *streams) error {
	return c.change(ctx, s, func(*ledger.Ledger) error { return nil })
}

type terminalMoveCmd struct {
	terminalFlags
	MID    string `name:"mid" required:"" help:"MID of the outlet where it stands from now on."`
	Reason string `required:"" help:"Why, for the journal."`
}

func (terminalMoveCmd) Help() string {
	return `Lent to another outlet, or for good. What was bought before stays owed to the outlet where it was bought, and its
reversals are charged to that one. The open batch goes on under its number. A terminal that sends DE42 must be set up
for the new outlet's MID; until then it gets 03.

  bpnt ledger terminal move 60060060 --mid 600600600600601 --reason "lent for the 25th"`
}

func (c *terminalMoveCmd) Run(ctx context.Context, s *streams) error {
	return c.change(ctx, s, func(books *ledger.Ledger) error {
		return books.MoveTerminal(ctx, c.Link, c.TID, c.MID, c.Reason)
	})
}

type terminalSuspendCmd struct {
	terminalFlags
	Reason string `required:"" help:"Why, for the journal."`
}

func (terminalSuspendCmd) Help() string {
	return `It answers 58 from the next message on; its reversals pass.

  bpnt ledger terminal suspend 60060060 --reason "missing since Tuesday"`
}

func (c *terminalSuspendCmd) Run(ctx context.Context, s *streams) error {
	return c.change(ctx, s, func(books *ledger.Ledger) error {
		return books.ChangeTerminal(ctx, c.Link, c.TID, ledger.TerminalSuspend, c.Reason)
	})
}

type terminalActivateCmd struct {
	terminalFlags
	Reason string `help:"Why, for the journal."`
}

func (terminalActivateCmd) Help() string {
	return `For a terminal that was suspended.

  bpnt ledger terminal activate 60060060`
}

func (c *terminalActivateCmd) Run(ctx context.Context, s *streams) error {
	return c.change(ctx, s, func(books *ledger.Ledger) error {
		return books.ChangeTerminal(ctx, c.Link, c.TID, ledger.TerminalActivate, c.Reason)
	})
}

type terminalKeyCmd struct {
	terminalFlags
	TMK    bool   `name:"tmk" help:"Load its master key (TMK) instead: working keys are sent under it when it logs on."`
	Reason string `help:"Why, for the journal."`
}

func (terminalKeyCmd) Help() string {
	return `Reads the clear PIN key (32 hex digits) from a prompt without echo, or from stdin, and keeps it wrapped: for a terminal
that came in by bpnt ledger import, or whose key was changed. A gateway at work takes it up within limits.terminal_fresh.
With --tmk it is the terminal's master key; the check value that is printed is the terminal's to compare.

  echo 00112233445566778899AABBCCDDEEFF | bpnt ledger terminal key 60060060
  echo 00112233445566778899AABBCCDDEEFF | bpnt ledger terminal key 60060060 --tmk --reason "new TMK injected"`
}

func (c *terminalKeyCmd) Run(ctx context.Context, s *streams) error {
	return c.withKeys(ctx, s, func(books *ledger.Ledger, keys *pin.Keystore) error {
		use, what, load := pin.UsePIN, "PIN key", books.LoadTerminalKey
		if c.TMK {
			use, what, load = pin.UseTMK, "TMK", books.LoadTerminalMasterKey
		}
		wrapped, clear, err := readTerminalKey(s, keys, use, what, c.TID)
		if err != nil {
			return err
		}
		if err := load(ctx, c.Link, c.TID, wrapped, c.Reason); err != nil {
			return err
		}
		if err := sayKey(s, what+" of terminal "+c.TID, clear); err != nil {
			return err
		}
		return c.show(ctx, s, books)
	})
}
