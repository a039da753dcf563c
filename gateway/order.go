package gateway

import "sync"

// orderKey names a chain of messages that are applied one at a time, in the order they came: those of one terminal of
// one link, or those of one card. The zero key names none: a settlement is about no card.
type orderKey struct {
	id   [16]byte // TID with blanks behind, or PANKey
	link int16    // link.id, orderByCard, or that less link.id (logonKey)
}

// orderByCard is the link number of all card chains: a card may be used over any link. Link numbers start at 1.
const orderByCard = -1

func terminalKey(link int16, tid string) (k orderKey) {
	copy(k.id[:], tid)
	k.link = link
	return k
}

// logonKey is the chain of a terminal's logons. Anybody may send one, so no payment of the terminal waits for them.
func logonKey(link int16, tid string) orderKey { return terminalKey(orderByCard-link, tid) }

// none tells whether the key names no chain.
func (k orderKey) none() bool { return k.link == 0 }

func cardKey(pan [16]byte) orderKey { return orderKey{id: pan, link: orderByCard} }

// The two chains in which every slot stands.
const (
	chainTerminal = iota
	chainCard
	chains
)

// slot is a message's place in its chains, two at the most. It is owned by its exchange and guarded by the gate.
type slot struct {
	owner *exchange
	keys  [chains]orderKey
	next  [chains]*slot
	ahead int8 // in how many chains another message stands right before it
}

// gate keeps the order of arrival. A message enters its chains at once under one lock, so the chains agree on who
// came first and no two messages can wait for each other. It may go to the ledger when it is the head of all of them; at
// its end its successors may become heads. So two requests of one card, or of one terminal, never share a batch, and a
// settlement waits for what its terminal has in flight.
//
// One lock is enough: enter and leave take about 0.2 µs together (BenchmarkGate), at 20,000 messages a second less
// than one hundredth of a core.
type gate struct {
	mu    sync.Mutex
	tails map[orderKey]*slot
	slots int // in chains now
	limit int
}

func newGate(limit int) *gate { return &gate{tails: make(map[orderKey]*slot), limit: limit} }

// enter puts the slot at the end of its chains, unless too many stand in them. first says that nobody is before it: it
// may go at once.
func (g *gate) enter(s *slot) (first, entered bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.slots >= g.limit {
		return false, false
	}
	g.slots++
	for chain, key := range s.keys {
		if key.none() {
			continue
		}
		if tail := g.tails[key]; tail != nil {
			tail.next[chain] = s
			s.ahead++
		}
		g.tails[key] = s
	}
	return s.ahead == 0, true
}

// leave takes out a slot that was head of its chains and returns those (none, one or two) that may go now.
func (g *gate) leave(s *slot) (free [chains]*slot) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.slots--
	for chain, key := range s.keys {
		if key.none() {
			continue
		}
		successor := s.next[chain]
		if successor == nil {
			delete(g.tails, key)
			continue
		}
		s.next[chain] = nil
		if successor.ahead--; successor.ahead == 0 {
			free[chain] = successor
		}
	}
	return free
}

// len is how many chains have somebody in them.
func (g *gate) len() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.tails)
}

// underWay is how many messages stand in chains.
func (g *gate) underWay() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.slots
}
