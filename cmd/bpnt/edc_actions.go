package main

import (
	"errors"
	"fmt"

	"bpnt/iso"
)

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
	return t.finish("LOGON", &o, a)
}

func (t *edcTerminal) balance(card int) error {
	c, err := t.card(card)
	if err != nil {
		return err
	}
	stan, err := t.state.take()
	if err != nil {
		return err
	}
	o := t.speaker.Inquiry(stan, c.track2, c.pin)
	a, err := t.ask(&o)
	if err != nil {
		return t.noAnswer(err, "no answer in %s: an inquiry moves no money, ask again", t.flags.Timeout)
	}
	return t.finish("BALANCE", &o, a)
}

// purchase writes the purchase down before it is sent: a terminal that loses its power must know what to reverse.
func (t *edcTerminal) purchase(card int, amount int64) error {
	if last := t.state.Last; last != nil && last.Open {
		return usage("the outcome of purchase %06d is unknown: run bpnt edc reverse first", last.STAN)
	}
	c, err := t.card(card)
	if err != nil {
		return err
	}
	stan, err := t.state.take()
	if err != nil {
		return err
	}
	t.state.Last = &edcSale{STAN: stan, Amount: amount, Card: card, Open: true}
	if err := t.state.save(); err != nil {
		return err
	}
	o := t.speaker.Purchase(stan, c.track2, amount, c.pin, fmt.Sprintf("%06d", stan))
	a, err := t.ask(&o)
	if errors.Is(err, errSilence) {
		return t.noAnswer(err, "no answer in %s: the outcome is unknown. A real terminal now sends a reversal by itself; "+
			"here run bpnt edc reverse", t.flags.Timeout)
	}
	t.state.Last.Open = false // answered, or never sent
	if saved := t.state.save(); err == nil {
		err = saved
	}
	if err != nil {
		return err
	}
	return t.finish("PURCHASE", &o, a)
}

func (t *edcTerminal) reverse() error {
	last := t.state.Last
	if last == nil {
		return usage("this terminal has no purchase to reverse: bpnt edc purchase makes one")
	}
	c, err := t.card(last.Card)
	if err != nil {
		return err
	}
	o := t.speaker.Reversal(t.speaker.Purchase(last.STAN, c.track2, last.Amount, iso.PINBlock{}, fmt.Sprintf("%06d", last.STAN)))
	if last.Reversals > 0 {
		o = o.Repeat()
	}
	last.Open = true
	last.Reversals++
	if err := t.state.save(); err != nil {
		return err
	}
	a, err := t.ask(&o)
	if err != nil {
		return t.noAnswer(err, "no answer in %s: a real terminal repeats its reversal until it is heard; run bpnt edc reverse again",
			t.flags.Timeout)
	}
	last.Open = a.ResponseCode != approvedCode
	if err := t.state.save(); err != nil {
		return err
	}
	return t.finish("REVERSAL", &o, a)
}

// noAnswer is the sentence for a silent host and exit status 3; other errors pass.
func (t *edcTerminal) noAnswer(err error, format string, args ...any) error {
	if errors.Is(err, errSilence) {
		return &failure{statusUnknown, fmt.Errorf(format, args...)}
	}
	return err
}

// finish prints the answer; a refusal is exit status 1, told by the slip.
func (t *edcTerminal) finish(what string, o *iso.Outgoing, a *iso.Answer) error {
	if err := t.print(what, o, a); err != nil {
		return err
	}
	if a.ResponseCode != approvedCode {
		return &failure{status: statusTrouble}
	}
	return nil
}
