package e2e

import (
	"fmt"
	"sync"
	"testing"

	"bpnt/gateway"
	"bpnt/iso"
	"bpnt/loadtest/hostile"
)

// guessers registers terminals at an outlet, or at one outlet each.
func (w *world) guessers(n int, apart bool) (all []iso.Terminal) {
	w.t.Helper()
	for i := range n {
		who := terminal(fmt.Sprintf("GUESS%03d", i))
		if apart {
			who.MID = fmt.Sprintf("GUESS%010d", i)
			w.addOutlet(who.MID)
		}
		w.addTerminal(who.TID, who.MID)
		all = append(all, who)
	}
	return all
}

// TestHundredParallelGuesses: a hundred wrong PINs for one card at the same time, from as many terminals, are three tries
// and 75 from there on, for the right PIN too (F52, I14).
func TestHundredParallelGuesses(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	const n = 100
	var mu sync.Mutex
	var at sync.WaitGroup
	answers := map[string]int{}
	for _, who := range w.guessers(n, true) {
		o := w.wrong(c, 1)
		o.TID, o.MID = who.TID, who.MID
		e := w.dial()
		at.Go(func() {
			a := e.ask(o)
			mu.Lock()
			defer mu.Unlock()
			answers[a.ResponseCode]++
		})
	}
	at.Wait()
	if answers["55"] != 2 || answers["75"] != n-2 {
		t.Errorf("answers %v, want two times 55 and then 75", answers)
	}
	if tries := w.figure(fmt.Sprintf("select sum(tries) from bpnt.card where family = %d", c.family)); tries != 3 {
		t.Errorf("%d tries are counted, want 3", tries)
	}
	w.dial().want("the right PIN, too late", "75", w.purchase(c, 1, 1_000))
	w.wantBalance("of guesses", c, testGrant)
	w.audit()
}

// TestGuessingOverManyCards: who tries the PINs of card after card is stopped at the limit of his terminal, or of his
// outlet's terminals together. No card loses a try beyond, and the next outlet's families feel nothing.
func TestGuessingOverManyCards(t *testing.T) {
	for _, c := range []struct {
		name      string
		terminals int
		change    func(*gateway.Limits)
	}{
		{"one terminal", 1, func(l *gateway.Limits) { l.WrongPINsTerminal = 10 }},
		{"three terminals of an outlet", 3, func(l *gateway.Limits) { l.WrongPINsOutlet = 10 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, func(g *gateway.Config) { c.change(&g.Limits) })
			honest := w.family()
			attack := w.attack(400)
			attack.Attackers = c.terminals
			w.addOutlet("GUESSERS")
			for k := range c.terminals {
				w.addTerminal(fmt.Sprintf("GUESSER%d", k), "GUESSERS")
			}
			for range 20 {
				o := w.wrong(w.family(), 1)
				o.TID, o.MID = fmt.Sprintf("GUESSER%d", len(attack.Guesses)%c.terminals), "GUESSERS"
				attack.Guesses = append(attack.Guesses, hostile.Guess{Purchase: o})
			}
			w.disburse()
			tally := w.play("pins", attack)
			most := int64(10 + c.terminals - 1) // each terminal may have one under way when the last is counted
			if tries := w.figure("select coalesce(sum(tries), 0) from bpnt.card"); tries > most || tries == 0 {
				t.Errorf("%d tries are counted, want at most %d", tries, most)
			}
			if tally.Answers["91"] == 0 || tally.Answers["55"]+tally.Answers["75"] > most {
				t.Errorf("answers %v", tally.Answers)
			}
			w.dial().want("another outlet's family", "00", w.purchase(honest, 1, 1_000))
			w.audit()
		})
	}
}
