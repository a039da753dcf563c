package ledger

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// TestKillDuringClose kills Postgres while a terminal settles and sells, again and again. Each settlement message gets one
// answer in the end, and every sale is in one batch.
func TestKillDuringClose(t *testing.T) {
	t.Parallel()
	const cards = 2
	rounds := shortOr(2, 4)
	b, server, dir := durable(t)
	shoppers := make([]*shopper, cards)
	for i := range shoppers {
		shoppers[i] = newShopper(b, i, 1)
	}
	b.disburse(testPeriod, 1_000_000_000)
	s := &settler{books: b}
	for range rounds {
		ctx, stop := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		for _, shopper := range shoppers {
			wait.Go(func() { shopper.shop(ctx, func() {}) })
		}
		wait.Go(func() { s.settle(ctx) })
		time.Sleep(time.Duration(80+rand.IntN(120)) * time.Millisecond) // when to kill is what the test is about
		strike(t, server, dir, stop)
		wait.Wait()
		server = startServer(t, dir)
		for _, shopper := range shoppers {
			shopper.resolve()
		}
		s.finish()
	}
	t.Cleanup(func() { _ = server.Stop(context.Background()) })
	s.next()
	s.finish()
	b.everySaleOnce()
	b.audit()
	all, err := b.operator.Batches(t.Context(), BatchFilter{})
	b.must(0, err)
	if len(all) != s.closed || s.closed < rounds || len(b.unsummed()) > 0 {
		t.Errorf("%d batches were closed, the books have %d, %d not summed", s.closed, len(all), len(b.unsummed()))
	}
	t.Logf("%d kills, %d batches, %d of their closes broken off", rounds, s.closed, s.broken)
}

// settler settles with figures that are never right, and ends the dispute.
type settler struct {
	*books
	claim  BatchClaim
	open   bool // claim was not answered yet
	closed int
	broken int
}

// next is the settlement of the next batch.
func (s *settler) next() {
	s.claim = s.books.claim(s.claim.STAN+1, 99, 99)
	s.claim.SentBatch = int32(s.closed)
	s.open = true
}

func (s *settler) settle(ctx context.Context) {
	for ctx.Err() == nil {
		if !s.open {
			s.next()
		}
		if err := s.send(ctx); err != nil {
			s.broken++
			return
		}
	}
}

// send sends the settlement, and next time its trailer.
func (s *settler) send(ctx context.Context) error {
	a, err := s.gateway.CloseBatch(ctx, s.claim)
	if err != nil {
		return err
	}
	want := OutcomeTotalsDiffer
	if s.claim.Trailer {
		want, s.open = OutcomeApproved, false
		s.closed++
	}
	if a.Outcome != want {
		s.t.Errorf("%+v: %v", s.claim, a.Outcome)
	}
	s.claim.Trailer = true
	s.claim.STAN++
	return nil
}

// finish repeats what was broken off until the batch at hand is closed.
func (s *settler) finish() {
	for s.open {
		if err := s.send(s.t.Context()); errors.Is(err, ErrRejected) {
			s.t.Fatal(err)
		}
	}
}
