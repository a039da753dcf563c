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

func (t *edcTerminal) balance(card int, account string) error {
	c, err := t.card(card)
	if err != nil {
		return err
	}
	stan, err := t.state.take()
	if err != nil {
		return err
	}
	o := t.speaker.Inquiry(stan, c.track2, c.pin).From(account)
	a, err := t.ask(&o)
	if err != nil {
		return t.noAnswer(err, "no answer in %s: an inquiry moves no money, ask again", t.flags.Timeout)
	}
	return t.finish("BALANCE", &o, a)
}

// redeem writes the sale down before it is sent: a terminal that loses its power must know what to reverse.
func (t *edcTerminal) redeem(sale *edcSale) error {
	if last := t.state.Last; last != nil && last.Open {
		return usage("the outcome of purchase %06d is unknown: run bpnt edc reverse first", last.STAN)
	}
	c, err := t.card(sale.Card)
	if err != nil {
		return err
	}
	if sale.STAN, err = t.state.take(); err != nil {
		return err
	}
	sale.Open = true
	t.state.Last = sale
	if err := t.state.save(); err != nil {
		return err
	}
	o := t.sale(sale, c)
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
	return t.finish(sale.name(), &o, a)
}

// sale is the message of a redemption.
func (t *edcTerminal) sale(s *edcSale, c edcCard) iso.Outgoing {
	o := t.speaker.Purchase(s.STAN, c.track2, s.Amount, c.pin, fmt.Sprintf("%06d", s.STAN))
	o.ProcessingCode = s.Code
	return o.From(s.Account)
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
	o := t.speaker.Reversal(t.sale(last, c))
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
