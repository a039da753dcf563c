package main

import (
	"errors"
	"fmt"

	"bpnt/iso"
)

// edcClosing is a settlement under way, kept so that it goes on where it stopped.
type edcClosing struct {
	STAN     int32 `json:"stan"`          // of 0500
	Sent     bool  `json:"sent"`          // it went out: next time as a repeat
	Lost     int   `json:"lost"`          // newest sales that the terminal lost on purpose
	Disputed bool  `json:"disputed"`      // answered 95
	Uploaded int   `json:"uploaded"`      // sales that the host answered
	Strange  int   `json:"strange"`       // of those, not answered 00
	Trailer  int32 `json:"trailer"`       // STAN of the trailer; 0 before its first sending
	Again    bool  `json:"trailer_again"` // the trailer went out
}

const totalsDifferCode = "95"

func (c *edcClosing) readable(entries int) bool {
	return c == nil || c.STAN >= 1 && c.STAN <= stanMax && c.Lost >= 0 && c.Lost <= entries &&
		c.Uploaded >= 0 && c.Uploaded <= entries && c.Trailer >= 0 && c.Trailer <= stanMax
}

// claimed are the entries that the terminal has not lost.
func (s *edcState) claimed() []*edcEntry {
	standing := s.standing()
	return standing[:len(standing)-min(s.Closing.Lost, len(standing))]
}

// settle closes the batch: the totals, and where the host's differ the upload and the trailer. byHand stops before those.
func (t *edcTerminal) settle(lose int, byHand bool) error {
	if err := t.beginClosing(lose); err != nil {
		return err
	}
	if !t.state.Closing.Disputed {
		closed, err := t.claim()
		if closed || err != nil {
			return err
		}
	}
	if byHand {
		return fmt.Errorf("the host's totals differ (%s): bpnt edc upload sends what the batch holds", totalsDifferCode)
	}
	return t.upload()
}

// beginClosing takes a settlement up, or begins one.
func (t *edcTerminal) beginClosing(lose int) error {
	switch {
	case t.state.Closing != nil && lose > 0:
		return usage("batch %s is being settled already: leave --lose out", t.state.Batch)
	case t.state.Closing != nil:
		return nil
	}
	if err := t.mayTrade(); err != nil {
		return err
	}
	if n := len(t.state.standing()); lose > n {
		return usage("--lose %d: the batch has %d that count", lose, n)
	}
	stan, err := t.state.take()
	if err != nil {
		return err
	}
	t.state.Closing = &edcClosing{STAN: stan, Lost: lose}
	return t.state.save()
}

// claim sends the totals. closed says that this was all.
func (t *edcTerminal) claim() (closed bool, err error) {
	c := t.state.Closing
	totals := totalsOf(t.state.claimed())
	o := t.speaker.Settlement(c.STAN, totals.wire())
	if c.Sent {
		o = o.Repeat()
	}
	a, err := t.ask(&o)
	c.Sent = c.Sent || err == nil || errors.Is(err, errSilence)
	if !c.Sent {
		t.state.Closing = nil // it never left the terminal
	}
	if err != nil {
		return false, errors.Join(t.state.save(), t.noAnswer(err,
			"no answer in %s: run bpnt edc settle again, which sends the same message", t.flags.Timeout))
	}
	if a.ResponseCode == totalsDifferCode {
		c.Disputed = true
		t.streams.say("%s: the host's totals differ from %d sales, %s", totalsDifferCode, totals.Sales, iso.Rupiah(totals.SalesIDR))
		return false, t.state.save()
	}
	return true, t.close("SETTLEMENT", &o, a, totals)
}

// upload sends what the batch holds, from where it stopped, and then the trailer.
func (t *edcTerminal) upload() error {
	c := t.state.Closing
	if c == nil || !c.Disputed {
		return usage("no settlement waits for an upload: bpnt edc settle comes first, and the host must answer %s", totalsDifferCode)
	}
	entries := t.state.claimed()
	bar := newProgress(t.streams, "sales uploaded", int64(len(entries)))
	for c.Uploaded < len(entries) {
		if err := t.uploadOne(entries[c.Uploaded], c.Uploaded < len(entries)-1); err != nil {
			return err
		}
		bar.set(int64(c.Uploaded))
	}
	bar.done(int64(c.Uploaded))
	return t.trailer(totalsOf(entries))
}

func (t *edcTerminal) uploadOne(e *edcEntry, more bool) error {
	card, err := t.card(e.Card)
	if err != nil {
		return err
	}
	stan, err := t.state.take()
	if err != nil {
		return err
	}
	o := t.speaker.Upload(stan, t.message(e, card), e.RRN, more)
	a, err := t.ask(&o)
	if err != nil {
		return t.noAnswer(err, "no answer in %s: run bpnt edc upload, which goes on where it stopped", t.flags.Timeout)
	}
	if a.ResponseCode == unavailableCode {
		return fmt.Errorf("the books are unreachable (%s): run bpnt edc upload, which goes on where it stopped", unavailableCode)
	}
	if a.ResponseCode != approvedCode {
		t.state.Closing.Strange++
		t.streams.say("trace %06d: %s, %s", e.STAN, a.ResponseCode, meaning(a.ResponseCode))
	}
	t.state.Closing.Uploaded++
	return t.state.save()
}

// trailer ends the upload: the host closes the batch with its own totals, whatever the terminal's are.
func (t *edcTerminal) trailer(totals edcTotals) (err error) {
	c := t.state.Closing
	if c.Trailer == 0 {
		if c.Trailer, err = t.state.take(); err != nil {
			return err
		}
	}
	o := t.speaker.Trailer(c.Trailer, totals.wire())
	if c.Again {
		o = o.Repeat()
	}
	a, err := t.ask(&o)
	c.Again = c.Again || err == nil || errors.Is(err, errSilence)
	if err != nil {
		return errors.Join(t.state.save(), t.noAnswer(err,
			"no answer in %s: run bpnt edc upload again, which sends the trailer once more", t.flags.Timeout))
	}
	return t.close("SETTLEMENT", &o, a, totals)
}

// close ends a settlement that has its answer. After 00 the next batch is open; after a refusal everything is as before.
// 91 leaves the settlement under way: the same message may be sent again.
func (t *edcTerminal) close(what string, o *iso.Outgoing, a *iso.Answer, totals edcTotals) error {
	s, err := newSlip(what, o, a)
	if err != nil {
		return err
	}
	s.settled(t.state, totals)
	switch a.ResponseCode {
	case approvedCode:
		t.state.nextBatch()
	case unavailableCode:
	default:
		t.state.Closing = nil
	}
	if err := t.state.save(); err != nil {
		return err
	}
	return t.hand(s)
}
