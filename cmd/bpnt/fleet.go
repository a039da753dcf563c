package main

import (
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

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

// stand is a terminal that is played: its number in the area and the families that shop there, from the first one in
// steps up to the end.
type stand struct{ terminal, first, step, end int }

func (s stand) families() int { return max(0, (s.end-s.first+s.step-1)/s.step) }

// drainFamilies is how many families' cards every terminal holds in a drain: at 10,000 messages a second, of which most
// are refused, about half a minute's purses.
const drainFamilies = 1024

// stands are the terminals to play, with their families.
func (m mix) stands(j ledger.Jakarta, play int) []stand {
	var all []stand
	switch terminals := j.TerminalCount(); m.Workload {
	case workloadHotOutlet:
		here := min(play, (terminals+j.Outlets-1)/j.Outlets)
		for n := range here {
			all = append(all, stand{n * j.Outlets, n, here, j.Families})
		}
	case workloadDrain:
		for k := range play {
			all = append(all, stand{k, 0, 1, min(j.Families, drainFamilies)})
		}
	default:
		for k := range play {
			all = append(all, stand{k, k, terminals, j.Families})
		}
	}
	return all
}

// fleet gives the area's first terminals their families' cards, with the PIN blocks made beforehand, by all processors:
// a run must not spend its time on what a PIN pad does.
func (m mix) fleet(s *streams, j ledger.Jakarta, play int) ([]loadtest.Outlet, error) {
	stands := m.stands(j, play)
	cards := 0
	for _, st := range stands {
		cards += st.families()
	}
	bar := newProgress(s, "PIN blocks made", int64(cards))
	fleet, err := makeFleet(j, stands, bar.set)
	if err == nil {
		bar.done(int64(cards))
	}
	return fleet, err
}

// makeFleet tells progress how many cards are done, from one goroutine at a time.
func makeFleet(j ledger.Jakarta, stands []stand, progress func(int64)) ([]loadtest.Outlet, error) {
	fleet := make([]loadtest.Outlet, len(stands))
	var done atomic.Int64
	var workers errgroup.Group
	workers.SetLimit(runtime.GOMAXPROCS(0))
	for n, st := range stands {
		progress(done.Load())
		workers.Go(func() (err error) {
			fleet[n], err = makeOutlet(j, st)
			done.Add(int64(st.families()))
			return err
		})
	}
	return fleet, workers.Wait()
}

func makeOutlet(j ledger.Jakarta, st stand) (loadtest.Outlet, error) {
	t := j.Terminal(st.terminal)
	key, err := pin.ExpandTerminalKey(pin.UsePIN, t.TPK[:])
	if err != nil {
		return loadtest.Outlet{}, err
	}
	o := loadtest.Outlet{TID: t.TID, MID: t.MID, Cards: make([]loadtest.Card, 0, st.families())}
	for i := st.first; i < st.end; i += st.step {
		card, err := jakartaCard(j.Card(i), i, key)
		if err != nil {
			return o, err
		}
		o.Cards = append(o.Cards, card)
	}
	return o, nil
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
