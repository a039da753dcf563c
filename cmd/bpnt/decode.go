package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"bpnt/iso"
)

type decodeCmd struct {
	Hex  string `arg:"" optional:"" help:"The message in hex, with or without its length header. Without it stdin is read."`
	File string `help:"Read the hex from this file instead."`
	Text bool   `help:"The message is given as the characters that a switch sends, not in hex."`
	Form string `enum:"auto,edc,switch" default:"auto" help:"Whose message: a terminal's (edc), a switch's, or auto, whichever it can be."`
	JSON bool   `help:"Print one JSON array of messages."`
}

func (decodeCmd) Help() string {
	return `Card data, PIN block and keys are never printed. Blanks, line breaks and colons in the hex do not matter. Several
messages may follow each other where each has its length header. The exit status is 1 where a message is refused.

  bpnt decode 001D6000098053080020200000008000009200000000023132333435363738`
}

// decodeBytesMax is what decode reads at most: a day of one terminal, and no more than a person looks at.
// decodeBytesMin is the type and the binary bitmap of a switch.
const (
	decodeBytesMax = 1 << 20
	decodeBytesMin = 12
)

func (c *decodeCmd) Run(s *streams) error {
	raw, err := c.read(s)
	if err != nil {
		return err
	}
	descriptions, err := describeAs(c.Form, raw)
	if err != nil {
		return err
	}
	if err := c.print(s.out, descriptions); err != nil {
		return err
	}
	for _, d := range descriptions {
		if d.Problem != "" {
			return errors.New(d.Problem)
		}
	}
	return nil
}

func (c *decodeCmd) print(w io.Writer, descriptions []iso.Description) error {
	if c.JSON {
		return printJSON(w, descriptions)
	}
	for i, d := range descriptions {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := d.Print(w); err != nil {
			return err
		}
	}
	return nil
}

// read returns the bytes that were given. Its errors never quote them: they may hold a card.
func (c *decodeCmd) read(s *streams) ([]byte, error) {
	text, err := c.text(s)
	if err != nil {
		return nil, err
	}
	raw := []byte(strings.TrimRight(text, "\r\n"))
	if !c.Text {
		if raw, err = hex.DecodeString(onlyHex(text)); err != nil {
			return nil, usage("the message is not hex: give pairs of 0-9 and A-F, or --text with a switch's characters")
		}
	}
	if len(raw) < decodeBytesMin {
		return nil, usage("the message has %d bytes, but type and bitmap alone are %d", len(raw), decodeBytesMin)
	}
	return raw, nil
}

func (c *decodeCmd) text(s *streams) (string, error) {
	switch {
	case c.Hex != "" && c.File != "":
		return "", usage("give the hex or --file, not both")
	case c.Hex != "":
		return c.Hex, nil
	case c.File == "":
		return readAll(s.in)
	}
	file, err := os.Open(c.File)
	if err != nil {
		return "", usage("the file of --file cannot be read: %w", err)
	}
	defer file.Close()
	return readAll(file)
}

func readAll(r io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r, decodeBytesMax))
	if err != nil {
		return "", usage("the hex cannot be read: %w", err)
	}
	return string(text), nil
}

// onlyHex takes out what people put between the digits.
func onlyHex(text string) string {
	return strings.NewReplacer(" ", "", "\n", "", "\r", "", "\t", "", ":", "", "0x", "").Replace(text)
}
