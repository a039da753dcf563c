package main

import (
	"fmt"

	"bpnt/iso"
)

// refusals are what a redemption may be answered besides 00 without anything being wrong with the link.
var refusals = []string{"51", "54", "55", "57", "61", "62", "65", "75"}

// redeemAll forwards the redemptions, and reverses those that are to be reversed once all have been answered.
func (b *bank) redeemAll() error {
	var sent []forwarded
	for i := range b.Redemptions {
		f, err := b.redeem(i, "redemption", append([]string{approvedCode}, refusals...)...)
		if err != nil {
			return err
		}
		sent = append(sent, f)
	}
	if b.Probe {
		if err := b.reverseNothing(); err != nil {
			return err
		}
	}
	cut := len(sent) - b.Reversals
	for _, f := range sent[cut:] {
		if err := b.reverse(f); err != nil {
			return err
		}
	}
	for _, f := range sent[cut-b.Advices : cut] {
		if err := b.adviseReversal(f); err != nil {
			return err
		}
	}
	return nil
}

// forwarded is a redemption as it was sent and what it was answered.
type forwarded struct {
	sent     iso.Outgoing
	approved bool
}

// redeem forwards one redemption. Its DE37 is the switch's own: the day and the STAN.
func (b *bank) redeem(i int, what string, expected ...string) (forwarded, error) {
	at, err := b.now()
	if err != nil {
		return forwarded{}, err
	}
	o, err := b.redemption(i, at)
	if err != nil {
		return forwarded{}, err
	}
	a, err := b.send(what, &o, expected...)
	f := forwarded{sent: o, approved: err == nil && a.ResponseCode == approvedCode}
	if f.approved {
		b.state.debit(o.Amount)
	}
	return f, err
}

func (b *bank) redemption(i int, at moment) (iso.Outgoing, error) {
	card := b.card(i)
	track2, err := iso.ParseTrack2(track2Of(card))
	if err != nil {
		return iso.Outgoing{}, err
	}
	f := iso.Forward{
		STAN: at.stan, At: at.time, RRN: at.time.Format("060102") + fmt.Sprintf("%06d", at.stan), TID: b.TID, MID: b.MID,
		Card: track2, Amount: b.Amount,
	}
	if b.zpk != nil {
		block, err := b.zpk.Encrypt(card.PIN[:], card.PAN[:])
		if err != nil {
			return iso.Outgoing{}, err
		}
		f.PIN = iso.NewPINBlock(block)
	}
	return b.speaker().Purchase(f), nil
}

func (b *bank) reverse(f forwarded) error {
	at, err := b.now()
	if err != nil {
		return err
	}
	o := b.speaker().Reversal(at.stan, at.time, f.sent)
	if _, err = b.send("reversal", &o, approvedCode); err == nil && f.approved {
		b.state.undo(o.Amount)
	}
	return err
}

// adviseReversal reverses by advice, and says so twice: the second time nothing more may happen.
func (b *bank) adviseReversal(f forwarded) error {
	at, err := b.now()
	if err != nil {
		return err
	}
	o := b.speaker().ReversalAdvice(at.stan, at.time, f.sent)
	if _, err = b.send("reversal advice", &o, approvedCode); err != nil {
		return err
	}
	if f.approved {
		b.state.undo(o.Amount)
	}
	repeat := o.Repeat()
	_, err = b.send("the same again", &repeat, approvedCode)
	return err
}

// reverseNothing reverses a redemption that was never sent.
func (b *bank) reverseNothing() error {
	ghost, err := b.now()
	if err != nil {
		return err
	}
	o, err := b.redemption(0, ghost)
	if err != nil {
		return err
	}
	at, err := b.now()
	if err != nil {
		return err
	}
	o = b.speaker().Reversal(at.stan, at.time, o)
	_, err = b.send("reversal of nothing", &o, unmatchedCode)
	return err
}
