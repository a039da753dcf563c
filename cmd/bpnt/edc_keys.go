package main

import (
	"bufio"
	"fmt"
	"os"

	"bpnt/gateway/pin"
)

type edcLogonCmd struct {
	edcFlags
	ReadTMK bool   `name:"read-tmk" help:"Ask for the terminal's master key, 32 hex digits, at a prompt without echo or on stdin, and keep it in the profile."`
	TMKFile string `name:"tmk-file" help:"Read it from this file instead."`
}

func (edcLogonCmd) Help() string {
	return `The exit status is 0 when the host answered 00. A host that knows the terminal's master key (TMK) sends new working keys
with its answer: a PIN key and a MAC key. They are used from then on; the terminal's state keeps them as they came, under
the TMK, which stands in the profile (mode 0600) as the test cards do. Where their check values are wrong the exit status
is 1, and the keys of before stay.

  bpnt edc logon --profile data/edc.json
  bpnt edc logon --read-tmk < tmk.txt`
}

func (c *edcLogonCmd) Run(s *streams) error {
	return c.withTerminal(s, func(t *edcTerminal) error {
		if err := c.learnTMK(t); err != nil {
			return err
		}
		return t.logon()
	})
}

// learnTMK takes a master key into the profile, where one is given. Working keys under another one are of no use then.
func (c *edcLogonCmd) learnTMK(t *edcTerminal) error {
	key, err := askedKey(t.streams, "TMK", c.ReadTMK, c.TMKFile, 32)
	if key == nil || err != nil {
		return err
	}
	t.profile.TMK, t.state.KeyBlock = key, ""
	if err := t.profile.save(c.Profile); err != nil {
		return err
	}
	if err := t.state.save(); err != nil {
		return err
	}
	return t.openKeys()
}

// askedKey is a clear key from a prompt or stdin, or from a file, and nil where neither was asked for.
func askedKey(s *streams, what string, ask bool, file string, digits ...int) ([]byte, error) {
	switch {
	case ask && file != "":
		return nil, usage("the %s comes from a prompt or from a file, not from both", what)
	case ask:
		return readKey(s, what, digits...)
	case file == "":
		return nil, nil
	}
	text, err := os.Open(file)
	if err != nil {
		return nil, usage("the file of the %s cannot be read: %w", what, err)
	}
	defer text.Close()
	return readKey(&streams{in: bufio.NewReader(text), err: s.err, fdIn: -1}, what, digits...)
}

func (t *edcTerminal) logon() error {
	stan, err := t.state.take()
	if err != nil {
		return err
	}
	o := t.speaker.Logon(stan)
	a, err := t.ask(&o)
	if err != nil {
		return t.noAnswer(err, "the host did not answer the logon in %s: check --addr and the gateway's log", t.flags.Timeout)
	}
	if a.ResponseCode == approvedCode && len(a.Key) > 0 {
		if err := t.takeKeys(string(a.Key)); err != nil {
			return err
		}
	}
	return t.finish("LOGON", &o, a)
}

// takeKeys puts the keys of an answer in the place of those of before.
func (t *edcTerminal) takeKeys(block string) error {
	if len(t.profile.TMK) == 0 {
		t.streams.say("the host sent working keys, but the profile has no TMK to open them with: --read-tmk takes it")
		return nil
	}
	before := t.state.KeyBlock
	t.state.KeyBlock = block
	if err := t.openKeys(); err != nil {
		t.state.KeyBlock = before
		return fmt.Errorf("the working keys were not made under this terminal's TMK, the keys of before stay "+
			"(does the ledger have another TMK?): %w", err)
	}
	t.streams.say("new working keys: PIN key %s, MAC key %s (check values)", t.tpk.KCV(), t.takKCV)
	return t.state.save()
}

// openKeys makes the terminal's keys ready: those of its last logon, else the profile's PIN key and no MAC key.
func (t *edcTerminal) openKeys() (err error) {
	if t.state.KeyBlock != "" && len(t.profile.TMK) > 0 {
		return t.openBlock()
	}
	t.tpk, t.speaker.ComputeMAC = nil, nil
	if len(t.profile.TPK) > 0 {
		t.tpk, err = pin.ExpandTerminalKey(pin.UsePIN, t.profile.TPK)
	}
	return err
}

func (t *edcTerminal) openBlock() error {
	tmk, err := pin.ExpandTerminalKey(pin.UseTMK, t.profile.TMK)
	if err != nil {
		return err
	}
	tpk, tak, err := tmk.OpenKeyBlock(t.state.KeyBlock)
	if err != nil {
		return err
	}
	t.tpk, t.takKCV, t.speaker.ComputeMAC = tpk, tak.KCV(), tak.MAC
	return nil
}
