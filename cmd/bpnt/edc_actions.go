package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"bpnt/iso"
)

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

// trade sends a new message about money. The entry is written down before it is sent: a terminal that loses its power
// must know what to reverse.
func (t *edcTerminal) trade(e *edcEntry) error {
	if err := t.mayTrade(); err != nil {
		return err
	}
	c, err := t.card(e.Card)
	if err != nil {
		return err
	}
	if e.STAN, err = t.state.take(); err != nil {
		return err
	}
	e.Fate = edcUnknown
	t.state.Journal = append(t.state.Journal, e)
	return t.send(e, c)
}

// mayTrade refuses what a terminal does not begin while something is open.
func (t *edcTerminal) mayTrade() error {
	if t.state.Closing != nil {
		return usage("batch %s is being settled: run bpnt edc settle, which goes on where it stopped", t.state.Batch)
	}
	switch last := t.state.last(); {
	case last == nil || last.Fate != edcUnknown:
		return nil
	case last.Kind == edcAdvice:
		return usage("the outcome of advice %06d is unknown: run bpnt edc advice --repeat first", last.STAN)
	default:
		return usage("the outcome of %s %06d is unknown: run bpnt edc reverse first", last.Kind, last.STAN)
	}
}

// send sends an entry's message, as a repeat where it went out before, and writes down what was answered.
func (t *edcTerminal) send(e *edcEntry, c edcCard) error {
	if err := t.state.save(); err != nil {
		return err
	}
	o := t.message(e, c)
	if e.Sent > 0 {
		o = o.Repeat()
	}
	a, err := t.ask(&o)
	if err != nil {
		return t.unheard(e, err)
	}
	e.RRN = a.RRN
	fate := edcRefused
	if a.ResponseCode == approvedCode {
		fate = edcApproved
	}
	t.state.conclude(e, fate)
	if err := t.state.save(); err != nil {
		return err
	}
	return t.finish(strings.ToUpper(string(e.Kind)), &o, a)
}

// unheard is what becomes of an entry without an answer. What never left the terminal did not happen.
func (t *edcTerminal) unheard(e *edcEntry, err error) error {
	silent := errors.Is(err, errSilence)
	switch {
	case silent:
		e.Sent++
	case e.Sent == 0:
		e.Fate = edcRefused
	}
	if saved := t.state.save(); saved != nil {
		return saved
	}
	if e.Kind == edcAdvice {
		return t.noAnswer(err, "no answer in %s: a real terminal sends its advice until it is heard; run bpnt edc advice --repeat",
			t.flags.Timeout)
	}
	return t.noAnswer(err, "no answer in %s: the outcome is unknown. A real terminal now sends a reversal by itself; "+
		"here run bpnt edc reverse", t.flags.Timeout)
}

// message is an entry as it goes over the wire.
func (t *edcTerminal) message(e *edcEntry, c edcCard) iso.Outgoing {
	invoice := fmt.Sprintf("%06d", cmp.Or(e.Original, e.STAN))
	o := t.speaker.Purchase(cmp.Or(e.Original, e.STAN), c.track2, e.Amount, c.pin, invoice)
	switch e.Kind {
	case edcVoid:
		o = t.speaker.Void(e.STAN, o, e.OriginalRRN)
	case edcRefund:
		o = t.speaker.Refund(e.STAN, o, e.OriginalRRN, e.Amount)
	case edcAdvice:
		o = t.speaker.Advice(e.STAN, c.track2, e.Amount, invoice, iso.LocalTime(e.Time))
	}
	o.ProcessingCode = processing[e.Kind]
	return o.From(e.Account)
}

// repeatAdvice sends the advice again that was not heard.
func (t *edcTerminal) repeatAdvice() error {
	e := t.state.last()
	if e == nil || e.Kind != edcAdvice || e.Fate != edcUnknown {
		return usage("no advice waits for an answer: --repeat is for one that did not get any")
	}
	c, err := t.card(e.Card)
	if err != nil {
		return err
	}
	return t.send(e, c)
}

// reverse undoes the last message about money: a sale, or a void, whose sale then stands again.
func (t *edcTerminal) reverse() error {
	e := t.state.last()
	switch {
	case e == nil:
		return usage("the open batch has nothing to reverse: bpnt edc purchase makes something")
	case t.state.Closing != nil:
		return t.mayTrade()
	}
	c, err := t.card(e.Card)
	if err != nil {
		return err
	}
	return t.undo(e, c)
}

// undo sends an entry's reversal, as a repeat where it went out before, and writes down what was answered.
func (t *edcTerminal) undo(e *edcEntry, c edcCard) error {
	o := t.reversal(e, c)
	if e.Reversals > 0 {
		o = o.Repeat()
	}
	before := e.Fate
	e.Fate = edcUnknown
	e.Reversals++
	if err := t.state.save(); err != nil {
		return err
	}
	a, err := t.ask(&o)
	if err != nil {
		return t.noAnswer(err, "no answer in %s: a real terminal repeats its reversal until it is heard; run bpnt edc reverse again",
			t.flags.Timeout)
	}
	if a.ResponseCode == approvedCode {
		t.state.conclude(e, edcReversed)
	} else {
		e.Fate = before // a reversal that was refused changed nothing
	}
	if err := t.state.save(); err != nil {
		return err
	}
	return t.finish("REVERSAL", &o, a)
}

// reversal undoes an entry, whose STAN it carries.
func (t *edcTerminal) reversal(e *edcEntry, c edcCard) iso.Outgoing {
	if e.Kind == edcVoid {
		return t.speaker.VoidReversal(t.message(e, c))
	}
	return t.speaker.Reversal(t.message(e, c))
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
	s, err := newSlip(what, o, a)
	if err != nil {
		return err
	}
	return t.hand(s)
}

// hand prints a slip, and makes a refusal the exit status.
func (t *edcTerminal) hand(s *slip) error {
	if err := t.print(s); err != nil {
		return err
	}
	if !s.Approved {
		return &failure{status: statusTrouble}
	}
	return nil
}
