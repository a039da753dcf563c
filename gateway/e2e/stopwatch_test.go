package e2e

import (
	"math/rand/v2"
	"time"

	"bpnt/iso"
)

// stopwatch is a terminal that buys without a pause, to see when the next approval comes.
type stopwatch struct {
	w      *world
	card   card
	stan   int32
	debits int64
}

// stopwatch makes one. Its family is paid with those of the load's fleet, which is made after it.
func (w *world) stopwatch() *stopwatch {
	w.t.Helper()
	return &stopwatch{w: w, card: w.family()}
}

// around does something harmful at a moment of its own choice and returns how long after its beginning the next purchase
// was approved that was sent after it began.
func (s *stopwatch) around(harm func()) time.Duration {
	s.w.t.Helper()
	time.Sleep(time.Duration(200+rand.IntN(500)) * time.Millisecond) // when to kill is what the test is about
	began := time.Now()
	approved := make(chan time.Duration, 1)
	go func() { approved <- s.untilApproved(began) }()
	harm()
	return <-approved
}

// untilApproved buys until a purchase is approved. Those that were not answered are reversed then: each may stand in the
// books. Those that were answered 91 may not, which the sums at the end hold the gateway to.
func (s *stopwatch) untilApproved(began time.Time) time.Duration {
	var open []iso.Outgoing
	for again := time.NewTicker(5 * time.Millisecond); ; <-again.C {
		s.stan++
		o := s.w.purchase(s.card, s.stan, 1_000)
		switch s.try(o) {
		case "00":
			took := time.Since(began)
			s.debits += 1_000
			s.reverse(open)
			return took
		case "":
			open = append(open, terminal(testTID).Reversal(o))
		}
	}
}

func (s *stopwatch) reverse(open []iso.Outgoing) {
	for _, o := range open {
		for s.try(o) != "00" {
		}
	}
}

// try asks over a connection of its own; "" is silence.
func (s *stopwatch) try(o iso.Outgoing) string {
	e := s.w.dial()
	defer e.Close()
	e.send(e.frame(o))
	a, _, err := e.receive(500 * time.Millisecond)
	if err != nil {
		return ""
	}
	return a.ResponseCode
}
