package gateway

import (
	"hash/maphash"
	"net/netip"
	"sync/atomic"
	"time"

	"bpnt/gateway/lane"
)

// Who holds messages under way: the outlet that a message names, or its terminal where it names none, and the address
// that it comes from.
const (
	holdsOutlet = iota
	holdsAddress
	holders
)

// shares counts the messages under way of each outlet and each address, so that one that floods cannot push the others
// out. There is one rule, and it is not felt before the gateway fills: a message is refused where its outlet, or its
// address, holds more than so many times what is left for all (shareOf). Who asks for little always finds room that the
// others have to leave, and who asks for much gets what is over. It is the dynamic threshold of shared-memory switches
// (Choudhury and Hahne, 1998): nobody need know how many are active.
//
// What is left is the smaller of two: what the lane would take, by its depth and its pace (lane.Room), and what the order
// of arrival would (Limits.UnderWay). The second is what a single terminal can fill that sends over many connections: one
// message of it is in a lane at a time, the others wait in its chain.
//
// An outlet may hold as much as it leaves, so half; an address eight times as much, because a whole city may stand
// behind it. So an outlet that floods is stopped before its address is, and its neighbours at that address trade on. A
// connection needs no share: Limits.InFlight is one.
//
// That settles who is let in. Who was let in from an outlet with more than a handful under way (shareFree) stands behind
// the others in its lane (lane.Terms.Behind), so that nobody else waits for what it has piled up: while an outlet
// floods, the others' sales take three batches, and not the two seconds of its queue (TestFloodCostsOthersNoTime). An
// address does not count for that: who sells through a concentrator is no worse than who has a line of his own.
//
// Counters are shared by those whose hashes meet, under a seed of this process: two outlets then have one share, and nobody
// can choose with whom. Of 22,000 outlets a quarter meet another so; of a city's 253 hardly one. Outlets and addresses have
// counters of their own, since an address may hold thousands.
type shares struct {
	seed maphash.Seed
	held [holders][1 << 16]atomic.Int32
}

// shareFree is how many messages nobody is refused for holding: of a terminal one is under way, of a large outlet's
// terminals a handful.
const shareFree = 16

// shareOf is how many times what is left for all a holder may have.
var shareOf = [holders]int{holdsOutlet: 1, holdsAddress: 8}

// holding is the counters in which a message is counted.
type holding [holders]*atomic.Int32

func newShares() *shares { return &shares{seed: maphash.MakeSeed()} }

// of finds the counters of a message. The same number of an outlet on another link is another outlet.
func (s *shares) of(link int16, tid, mid string, from netip.Addr) (h holding) {
	outlet := mid
	if outlet == "" {
		outlet = tid
	}
	address := from.As16()
	h[holdsOutlet] = s.counter(holdsOutlet, maphash.String(s.seed, outlet)+uint64(link))
	h[holdsAddress] = s.counter(holdsAddress, maphash.Bytes(s.seed, address[:]))
	return h
}

func (s *shares) counter(holder int, hash uint64) *atomic.Int32 {
	return &s.held[holder][hash%uint64(len(s.held[holder]))]
}

// add counts n messages in, or out.
func (h holding) add(n int32) {
	for _, c := range h {
		c.Add(n)
	}
}

// beyond tells whether a holder has more than its share. left is asked where one has enough to be looked at.
func (h holding) beyond(left func() int) bool {
	for i, c := range h {
		if n := int(c.Load()); n > shareFree && n > shareOf[i]*left() {
			return true
		}
	}
	return false
}

// crowded tells whether the message is one of many of its outlet.
func (h holding) crowded() bool { return h[holdsOutlet].Load() > shareFree }

// hold counts a message that is about to join the order of arrival. It is false, and counts nothing, where its outlet or
// its address has more than its share. An errand has no share: each terminal has one at a time, and the clerk's queue is
// its own.
func (g *Gateway) hold(x *exchange) bool {
	x.holding = g.shares.of(x.conn.link.id, x.head.TID, x.head.MID, x.conn.address)
	if x.errand == nil && x.holding.beyond(func() int { return g.left(x) }) {
		x.conn.logHostile("an outlet or an address has more than its share under way",
			"tid", x.head.TID, "mid", x.head.MID, "address", x.conn.address)
		return false
	}
	x.holding.add(1)
	return true
}

// left is how many more messages like this one the gateway would take. A share is not taken of the lane's reserve: else one
// address's storm of reversals would fill all that new sales may use, and shut everybody's out.
func (g *Gateway) left(x *exchange) int {
	x.recognise()
	now := time.Now()
	terms := x.terms(now)
	if terms.Patience == lane.Patient {
		terms.Patience = max(1, x.deadline.Sub(now))
	}
	return min(g.lanes[x.bucket].Room(terms), g.limits.UnderWay-g.gate.underWay())
}
