package gateway

import (
	"cmp"
	"sync"
	"time"

	"bpnt/ledger"
)

// velocity bounds how often something may happen in one name: so many times at once, and again as an hour goes by, one
// after the other. It keeps one time for each name, the time at which all of it will be forgiven, and nothing for a name
// of which nothing is held against it (the generic cell rate algorithm, ITU-T I.371).
//
// It is this process's own: each gateway of several counts for itself, and a restart forgives.
type velocity struct {
	most  int // in an hour
	names int // how many are remembered; beyond it any is forgiven

	mu   sync.Mutex
	free map[velocityName]time.Time
}

// velocityName is a terminal or an outlet of a link. Both may carry the same characters.
type velocityName struct {
	link   int16
	outlet bool
	name   string
}

func newVelocity(most, names int) *velocity {
	return &velocity{most: most, names: names, free: make(map[velocityName]time.Time)}
}

// note counts one in.
func (v *velocity) note(who velocityName, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	free, known := v.free[who]
	if !known {
		makeRoom(v.free, v.names)
	}
	if free.Before(now) {
		free = now
	}
	v.free[who] = free.Add(time.Hour / time.Duration(v.most))
}

// spent tells whether there may be no more of it now.
func (v *velocity) spent(who velocityName, now time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	free, known := v.free[who]
	if known && !free.After(now) {
		delete(v.free, who)
	}
	return known && free.Sub(now) > time.Hour-time.Hour/time.Duration(v.most)
}

// velocities are those that terminals have (F52, DESIGN D13). A switch's messages are asked for none: behind one there
// may be a whole bank's terminals under one number.
//
// Three wrong PINs lock a card, and only that card: who holds a terminal and a list of cards tries three PINs of each, and
// one card in some thousands opens. So wrong PINs count against terminal and outlet too. Beyond the limit messages with a
// PIN are refused with 91 before the PIN is looked at: no family loses a try by it, nobody learns whether the PIN was
// right, and a copy of an earlier purchase is met with silence, as ever. Reversals carry no PIN.
//
// Settlements and uploads leave rows that nobody deletes, exceptions for people among them, and cost nothing to send.
type velocities struct{ terminalPINs, outletPINs, errands *velocity }

func newVelocities(l Limits) velocities {
	return velocities{
		terminalPINs: newVelocity(l.WrongPINsTerminal, l.Terminals), outletPINs: newVelocity(l.WrongPINsOutlet, l.Terminals),
		errands: newVelocity(l.ErrandsTerminal, l.Terminals),
	}
}

// names are the terminal and the outlet of a message, which is its terminal where it names none.
func (x *exchange) names() (terminal, outlet velocityName) {
	link := x.conn.link.id
	return velocityName{link, false, x.head.TID}, velocityName{link, true, cmp.Or(x.head.MID, x.head.TID)}
}

// tooOften tells whether a message is one too many in the name of its terminal or outlet. It is asked when all that came
// before it in that terminal's name is decided, so many at once are no more than one after the other.
func (g *Gateway) tooOften(x *exchange, now time.Time) (why shed, too bool) {
	if x.conn.link.peer != nil {
		return 0, false
	}
	terminal, outlet := x.names()
	switch {
	case x.kind == kindSettlement || x.kind == kindUpload:
		if g.velocities.errands.spent(terminal, now) {
			return shedErrands, true
		}
		g.velocities.errands.note(terminal, now)
	case x.errand == nil && x.request.PINValue > ledger.PINNone:
		return shedGuesses, g.velocities.terminalPINs.spent(terminal, now) || g.velocities.outletPINs.spent(outlet, now)
	}
	return 0, false
}

// noteGuess counts a wrong PIN. One that met a card without tries counts too: it comes of guessing as well.
func (g *Gateway) noteGuess(x *exchange, r ledger.Result, now time.Time) {
	wrong := r.Outcome == ledger.OutcomePINWrong || r.Outcome == ledger.OutcomePINExhausted
	if !wrong || r.Replay || x.conn.link.peer != nil {
		return
	}
	terminal, outlet := x.names()
	g.velocities.terminalPINs.note(terminal, now)
	g.velocities.outletPINs.note(outlet, now)
}
