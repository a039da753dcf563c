package main

import (
	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
	"bpnt/loadtest"
)

// track2Tail is service code 120 (domestic, online PIN) and empty discretionary data, up to 37 characters.
const track2Tail = "1200000000000000"

// track2Of is the stripe of a synthetic card.
func track2Of(c ledger.JakartaCard) string {
	return string(c.PAN[:]) + "=" + c.Expiry + track2Tail
}

// jakartaFleet gives the first terminals of Jakarta their families' cards, with the PIN blocks made beforehand: a run
// must not spend its processor time on what a PIN pad does.
func jakartaFleet(j ledger.Jakarta, terminals int) ([]loadtest.Outlet, error) {
	fleet := make([]loadtest.Outlet, terminals)
	keys := make([]*pin.TerminalKey, terminals)
	for o := range fleet {
		t := j.Terminal(o)
		key, err := pin.ExpandTerminalKey(pin.UsePIN, t.TPK[:])
		if err != nil {
			return nil, err
		}
		keys[o] = key
		fleet[o] = loadtest.Outlet{TID: t.TID, MID: t.MID}
	}
	for i := range j.Families {
		o := j.OutletOf(i)
		if o >= terminals {
			continue
		}
		card, err := jakartaCard(j.Card(i), i, keys[o])
		if err != nil {
			return nil, err
		}
		fleet[o].Cards = append(fleet[o].Cards, card)
	}
	return fleet, nil
}

func jakartaCard(c ledger.JakartaCard, family int, key *pin.TerminalKey) (loadtest.Card, error) {
	track2, err := iso.ParseTrack2(track2Of(c))
	if err != nil {
		return loadtest.Card{}, err
	}
	block, err := key.Encrypt(c.PIN[:], c.PAN[:])
	if err != nil {
		return loadtest.Card{}, err
	}
	return loadtest.NewCard(family, track2, iso.NewPINBlock(block))
}
