package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"bpnt/iso"
)

// Response codes that a switch is told apart from those of a payment, by the default table of a switch link.
const (
	notSignedOnCode = "01"
	unmatchedCode   = "25"
	keyRefusedCode  = "96"
)

// moment is when a message is made, and its STAN.
type moment struct {
	stan int32
	time time.Time
}

// run plays the day and prints what it believes.
func (b *bank) run() error {
	b.report.begin(b)
	played := b.play()
	b.report.Counted = b.state.Counted
	if err := errors.Join(b.state.save(), b.report.end(b)); err != nil {
		return err
	}
	switch {
	case errors.Is(played, errSilence):
		return &failure{statusUnknown, errors.New("the gateway did not answer: what it did with the last message is unknown")}
	case played != nil:
		return played
	case len(b.report.Strange) > 0:
		return fmt.Errorf("not everything was as docs/protocol.md says:\n  %s", strings.Join(b.report.Strange, "\n  "))
	}
	return nil
}

func (b *bank) play() error {
	for _, part := range []func() error{b.signOn, b.echo, b.keys, b.redeemAll, b.closeDay, b.signOff} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bank) signOn() error {
	if b.Listen != "" {
		return b.awaitSignOn()
	}
	if b.Probe {
		if _, err := b.redeem(0, "before the sign-on", notSignedOnCode); err != nil {
			return err
		}
	}
	return b.network("sign-on", approvedCode, func(s iso.Switch, at moment) iso.Outgoing { return s.SignOn(at.stan, at.time) })
}

func (b *bank) echo() error {
	return b.network("echo", approvedCode, func(s iso.Switch, at moment) iso.Outgoing { return s.Echo(at.stan, at.time) })
}

func (b *bank) keys() error {
	if b.zmk == nil {
		return nil
	}
	if err := b.exchangeKeys(); err != nil || !b.Probe {
		return err
	}
	return b.wrongKey()
}

func (b *bank) signOff() error {
	return b.network("sign-off", approvedCode, func(s iso.Switch, at moment) iso.Outgoing { return s.SignOff(at.stan, at.time) })
}

// network sends a network message.
func (b *bank) network(what, expected string, build func(iso.Switch, moment) iso.Outgoing) error {
	at, err := b.now()
	if err != nil {
		return err
	}
	o := build(b.speaker(), at)
	a, err := b.send(what, &o, expected)
	if err == nil && a.Code != o.Code {
		b.report.strange("%s %06d: the answer has DE70 %q, the message %q", what, o.STAN, a.Code, o.Code)
	}
	return err
}

// now takes a STAN and the time in the outlets' zone.
func (b *bank) now() (moment, error) {
	stan, err := b.state.take()
	return moment{stan, time.Now().In(b.zone)}, err
}
