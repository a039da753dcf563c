package gateway

import (
	"errors"
	"time"

	"bpnt/gateway/lane"
	"bpnt/ledger"
)

// movesMax is how often the ledger may send a message to another bucket: a card's forward points at a bucket that
// holds the card, so one move is the rule, and two in a row can only come from a card being moved at this moment.
const movesMax = 2

// admit puts a message into the order of arrival. It goes on at once where nobody of its card or terminal is before it.
func (g *Gateway) admit(x *exchange) {
	if g.unfit(x) {
		x.conn.answer(x)
		return
	}
	if !g.hold(x) {
		x.verdict = g.unposted(x, verdictUnavailable, shedShare)
		x.conn.answer(x)
		return
	}
	x.remember()
	first, entered := g.gate.enter(&x.slot)
	switch {
	case !entered:
		x.holding.add(-1)
		x.verdict = g.unposted(x, verdictUnavailable, shedFull)
		x.conn.answer(x)
	case first:
		g.dispatch(x)
	}
}

// unfit stops what would make a whole batch fail in the ledger; an errand shares its call with nobody. The decoder lets no such message through, so one that is
// stopped here is a fault of ours: 96, as for one that the ledger rejects alone.
func (g *Gateway) unfit(x *exchange) bool {
	if x.errand != nil {
		return false
	}
	err := x.request.Validate()
	if err == nil {
		return false
	}
	x.conn.logHostile("a request that the books could not hold was stopped", "error", err)
	x.recognise()
	x.refuse(g.unposted(x, verdictPoisoned, shedInvalid))
	return true
}

// dispatch gives a message to its lane, or to the clerk. One that is not taken is concluded, which may set others free; that is done in
// a loop, because a chain of them may be long when the database is away.
func (g *Gateway) dispatch(x *exchange) {
	free := []*exchange{x}
	for len(free) > 0 {
		x, free = free[0], free[1:]
		now := time.Now()
		if now.After(x.deadline) { // it waited too long behind others; nothing of it was posted
			free = append(free, g.conclude(x, g.unposted(x, verdictUnavailable, shedLate))...)
		} else if why, too := g.tooOften(x, now); too {
			x.conn.logHostile("too much of one kind in one name", "reason", shedNames[why], "tid", x.head.TID, "mid", x.head.MID)
			free = append(free, g.conclude(x, g.unposted(x, verdictUnavailable, why))...)
		} else if g.recall(x, now) {
			free = append(free, g.conclude(x, x.known(x.result.Outcome))...)
		} else if err := g.submit(x, now); err != nil {
			free = append(free, g.conclude(x, g.unposted(x, verdictUnavailable, shedReason(err)))...)
		}
	}
}

// submit hands a message to who takes it to the ledger.
func (g *Gateway) submit(x *exchange, now time.Time) error {
	if x.errand != nil {
		return g.clerk.take(x)
	}
	g.declined.forget(&x.request)
	return g.lanes[x.bucket].Submit(x, x.terms(now))
}

// conclude gives a message its verdict, sends it on its way back and returns those that waited for it alone.
func (g *Gateway) conclude(x *exchange, v verdict) (free []*exchange) {
	x.verdict = v
	x.holding.add(-1)
	x.conn.answer(x)
	for _, s := range g.gate.leave(&x.slot) {
		if s != nil {
			free = append(free, s.owner)
		}
	}
	return free
}

// end is conclude for a message that had been taken by a lane.
func (g *Gateway) end(x *exchange, v verdict) {
	for _, next := range g.conclude(x, v) {
		g.dispatch(next)
	}
}

// ended is what a lane says of a message.
func (g *Gateway) ended(x *exchange, r ledger.Result, how lane.Ending) {
	defer g.contain(x.conn)
	switch how {
	case lane.Answered:
		g.decided(x, r)
	case lane.Refused:
		g.end(x, g.unposted(x, verdictUnavailable, shedRefused))
	case lane.Poisoned:
		g.end(x, g.unposted(x, verdictPoisoned, shedPoisoned))
	case lane.Silent:
		g.metrics.shed[shedUnknown].Inc()
		g.end(x, verdictSilence)
	}
}

// decided takes the ledger's result. An outcome that this gateway does not know (of a newer ledger) may have moved
// money: it is not answered.
func (g *Gateway) decided(x *exchange, r ledger.Result) {
	if r.MovedTo >= 0 {
		g.move(x, r.MovedTo)
		return
	}
	x.result = r
	g.metrics.decided(r)
	g.noteGuess(x, r, time.Now())
	if !r.Outcome.Good() && g.lanes[x.bucket].Pressed() {
		g.declined.add(x.request, r, time.Now())
	}
	g.end(x, x.known(r.Outcome))
}

// known is the verdict of an outcome that this gateway knows, and silence for one of a newer ledger.
func (x *exchange) known(o ledger.Outcome) verdict {
	v := verdict(o)
	if v <= 0 || v >= verdictPoisoned || x.conn.link.codes[v] == "" {
		x.conn.gateway.log.Error("the ledger gave an outcome that this gateway does not know", "outcome", int(o))
		return verdictSilence
	}
	return v
}

// move posts a message to the bucket where its card lives now, in its old place in the order of arrival.
func (g *Gateway) move(x *exchange, bucket int16) {
	x.moves++
	if x.moves > movesMax || int(bucket) >= len(g.lanes) {
		g.log.Error("a card is forwarded in a circle or to nowhere", "bucket", bucket)
		g.end(x, g.unposted(x, verdictPoisoned, shedPoisoned))
		return
	}
	x.bucket = bucket
	g.dispatch(x)
}

// shedReason says why a lane or the clerk did not take a message.
func shedReason(err error) shed {
	switch {
	case errors.Is(err, lane.ErrFull):
		return shedFull
	case errors.Is(err, lane.ErrSlow):
		return shedSlow
	case errors.Is(err, lane.ErrAway):
		return shedAway
	}
	return shedClosed
}
