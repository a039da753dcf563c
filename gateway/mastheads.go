package gateway

import (
	"context"
	"sync"
	"time"

	"bpnt/ledger"
)

// mastheads keeps outlets' printed names. A masthead never changes, so what was read once is right for ever.
type mastheads struct {
	ledger Ledger
	max    int
	lookup time.Duration

	mu    sync.RWMutex
	known map[int32]ledger.Masthead
}

func newMastheads(l Ledger, limits Limits) *mastheads {
	return &mastheads{ledger: l, max: limits.Mastheads, lookup: limits.Lookup.Duration, known: make(map[int32]ledger.Masthead)}
}

// find returns a masthead, or an empty one where the ledger cannot be asked: an approval whose receipt lacks the
// outlet's name is worth more to the family than none.
func (m *mastheads) find(id int32) ledger.Masthead {
	if id == 0 {
		return ledger.Masthead{}
	}
	m.mu.RLock()
	head, ok := m.known[id]
	m.mu.RUnlock()
	if ok {
		return head
	}
	return m.ask(id)
}

func (m *mastheads) ask(id int32) ledger.Masthead {
	ctx, cancel := context.WithTimeout(context.Background(), m.lookup)
	defer cancel()
	head, err := m.ledger.Masthead(ctx, id)
	if err != nil {
		return ledger.Masthead{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	makeRoom(m.known, m.max)
	m.known[id] = head
	return head
}
