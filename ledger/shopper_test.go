package ledger

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
)

// shopper posts purchases of Rp 1,000, one of each of its cards at once, and believes what it is told.
type shopper struct {
	b        *books
	cards    []PANKey // of one bucket
	first    int32    // STAN
	sent     int32
	open     []Request
	approved int64 // whole rupiah
	tally
}

// tally is what became of the requests that a crash met.
type tally struct {
	unknown   int // their commit may have happened
	committed int // of these, what had: found by posting again, by the gateway's tombstone or by a reversal
	blocked   int // a tombstone or a reversal came first: they never can
	anew      int // posted again, and only now
	refused   int // said not to have been posted, and not in the books
	wrong     int // anything else
}

func (a *tally) add(b tally) {
	a.unknown += b.unknown
	a.committed += b.committed
	a.blocked += b.blocked
	a.anew += b.anew
	a.refused += b.refused
	a.wrong += b.wrong
}

func (a tally) String() string {
	return fmt.Sprintf("%d commits unknown: %d found committed, %d blocked for ever, %d posted anew; %d said to be unavailable; %d wrong",
		a.unknown, a.committed, a.blocked, a.anew, a.refused, a.wrong)
}

func newShopper(b *books, n, cards int) *shopper {
	s := &shopper{b: b, first: int32(n) * 200_000}
	for i := range cards {
		family := int64(n*cards + i + 1)
		card := pan(fmt.Sprint("shopper ", family), 0)
		card[3] = card[3]&^3 | byte(n%4) // a bucket for each of four
		b.family(family, card)
		s.cards = append(s.cards, card)
	}
	return s
}

// shop begins a batch whenever one was answered, until open ends, and tells of each. What is under way then goes on.
func (s *shopper) shop(open context.Context, answered func()) {
	for open.Err() == nil {
		s.sent++
		requests := make([]Request, len(s.cards))
		for i, card := range s.cards {
			requests[i] = s.b.redeem(card, s.first+s.sent, 1_000)
		}
		results, err := s.b.gateway.Post(s.b.t.Context(), s.b.gateway.BucketOf(s.cards[0]), requests)
		s.hear(requests, results, err)
		if err == nil {
			answered()
		}
	}
}

func (s *shopper) hear(requests []Request, results []Result, err error) {
	switch {
	case err == nil:
		for i, r := range results {
			s.approve(requests[i], r, r.Outcome == OutcomeApproved)
		}
	case errors.Is(err, ErrUnavailable):
		for _, r := range requests { // a tombstone must find nothing
			s.open = append(s.open, tombstoneOf(r))
		}
	case errors.Is(err, ErrIndeterminate):
		s.unknown += len(requests)
		s.open = append(s.open, requests...)
	default:
		s.fail("neither posted, nor unavailable, nor unknown: %v", err)
	}
}

func (s *shopper) approve(r Request, result Result, right bool) {
	if !right {
		s.fail("approved was wanted, not %+v", result)
		return
	}
	s.approved += r.Amount
}

func (s *shopper) fail(format string, args ...any) {
	s.wrong++
	s.b.t.Errorf(format, args...)
}

// resolve settles what is open, now that the server is back: as the gateway does within a terminal's patience (again) and
// after it (a tombstone), or as the terminal does (a reversal).
func (s *shopper) resolve() {
	ways := []func(Request){s.again, s.block, s.reverse}
	for _, r := range s.open {
		if r.Kind == KindBlock {
			s.expectNothing(r)
			continue
		}
		ways[rand.IntN(len(ways))](r)
	}
	s.open = nil
}

func (s *shopper) expectNothing(r Request) {
	if result := s.post(r); result.Outcome != OutcomeBlocked || result.Replay {
		s.fail("said to be unavailable, but stands in the books: %+v", result)
		return
	}
	s.refused++
}

func (s *shopper) again(r Request) {
	result := s.post(r)
	s.approve(r, result, result.Outcome == OutcomeApproved)
	if result.Replay {
		s.committed++
	} else {
		s.anew++
	}
}

func (s *shopper) block(r Request) {
	switch result := s.post(tombstoneOf(r)); result.Outcome {
	case OutcomeApproved:
		s.committed++
		s.approved += r.Amount
	default:
		s.buried(r, result.Outcome == OutcomeBlocked)
	}
}

func (s *shopper) reverse(r Request) {
	switch result := s.post(reversalOf(r)); result.Outcome {
	case OutcomeReversed:
		s.committed++
	default:
		s.buried(r, result.Outcome == OutcomeReversalUnmatched)
	}
}

// buried: what comes late finds the tombstone.
func (s *shopper) buried(r Request, right bool) {
	late := s.post(r)
	if !right || late.Outcome != OutcomeBlocked {
		s.fail("not blocked: %v, %+v", right, late)
		return
	}
	s.blocked++
}

// post tries until the pool has thrown out the connections that died with the server.
func (s *shopper) post(r Request) Result {
	for range 20 {
		results, err := s.b.gateway.Post(s.b.t.Context(), s.b.gateway.BucketOf(r.PAN), []Request{r})
		if err == nil {
			return results[0]
		}
		if errors.Is(err, ErrRejected) {
			s.fail("posting again: %v", err)
			return Result{}
		}
	}
	s.fail("twenty attempts failed")
	return Result{}
}
