package gateway

import (
	"hash/maphash"
	"sync"
	"time"

	"bpnt/ledger"
)

// seen remembers which purchases, voids, refunds and advices this process has passed on to the ledger lately. Only a message that can have no
// earlier copy may be refused with 91: the earlier copy of a repeat may stand in the books, and "91, nothing moved"
// would be a lie. The set is allowed to err on the side of silence (two identities may share a fingerprint, about
// once in 10^13) and to forget: terminals flag their own repeats, and an entry lives for one to two turns of the set. A
// million entries are 42 s at 25,000 a second, beyond a terminal's patience of 30.
type seen struct {
	mu       sync.Mutex
	seed     maphash.Seed
	max      int
	turn     time.Duration
	turned   time.Time
	now, old map[uint64]struct{}
}

func newSeen(max int, turn time.Duration, at time.Time) *seen {
	return &seen{
		seed: maphash.MakeSeed(), max: max, turn: turn, turned: at,
		now: make(map[uint64]struct{}), old: make(map[uint64]struct{}),
	}
}

// identity is what makes two messages copies of one another, apart from the content that only the ledger compares. class
// tells a void and a refund from a purchase; an advice is one with a purchase of the same STAN, as in the books (D5).
type identity struct {
	link  int16
	class ledger.Kind
	stan  int32
	tid   string
	pan   [16]byte
}

// add remembers an identity and tells whether it was there before.
func (s *seen) add(id identity, at time.Time) bool {
	print := maphash.Comparable(s.seed, id)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rotate(at)
	_, known := s.now[print]
	if !known {
		_, known = s.old[print]
	}
	s.now[print] = struct{}{}
	return known
}

// has tells whether an identity was added, and adds nothing.
func (s *seen) has(id identity) bool {
	print := maphash.Comparable(s.seed, id)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, now := s.now[print]
	_, old := s.old[print]
	return now || old
}

// rotate forgets the older half when the younger one is full or old enough. The maps are used again.
func (s *seen) rotate(at time.Time) {
	if len(s.now) < s.max && at.Sub(s.turned) < s.turn {
		return
	}
	clear(s.old)
	s.now, s.old, s.turned = s.old, s.now, at
}
