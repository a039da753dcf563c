package gateway

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"bpnt/ledger"
)

// How the books are looked at: so often, and how long one reading may take. A screen of a few seconds' age is young enough
// for what takes people minutes, and a reading that hangs must not outlive its turn.
const (
	standingEvery = 15 * time.Second
	standingTime  = 10 * time.Second
)

// standing is what operators see of the books, read by one goroutine. While the database is away the last figures stay and
// their age grows; what was never read is not shown at all.
type standing struct {
	ledger  Ledger
	log     *slog.Logger
	started time.Time

	mu       sync.Mutex
	last     ledger.Standing
	readAt   time.Time // of last, by this process's clock; zero for never
	unclosed tally
	open     tally
	keys     eldest
}

// tally is a sum over pages. It is known once the last page was read, and stays until that was read again.
type tally struct {
	sum, turn int64
	known     bool
}

func (t *tally) add(n int64, last bool) {
	t.turn += n
	if last {
		t.sum, t.turn, t.known = t.turn, 0, true
	}
}

// eldest is the earliest moment on all pages, like a tally; nil for none.
type eldest struct{ at, turn *time.Time }

func (e *eldest) add(at *time.Time, last bool) {
	if at != nil && (e.turn == nil || at.Before(*e.turn)) {
		e.turn = at
	}
	if last {
		e.at, e.turn = e.turn, nil
	}
}

func newStanding(books Ledger, log *slog.Logger) *standing {
	return &standing{ledger: books, log: log, started: time.Now()}
}

// watch reads at once and then every standingEvery, until ctx ends. It tells the log when readings begin to fail.
func (s *standing) watch(ctx context.Context) {
	tick := time.NewTicker(standingEvery)
	defer tick.Stop()
	for failed := false; ; {
		err := s.read(ctx)
		if err != nil && !failed && ctx.Err() == nil {
			s.log.Warn("the state of the books cannot be read; the page of metrics shows the last one and its age", "error", err)
		}
		failed = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// read takes the next page of terminals and of exceptions; each begins anew behind its last.
func (s *standing) read(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, standingTime)
	defer cancel()
	now, err := s.ledger.Standing(bounded, s.last.Next)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unclosed.add(now.BatchesUnclosed, now.Next.Terminal == 0)
	s.keys.add(now.OldestKeysAt, now.Next.Terminal == 0)
	s.open.add(now.ExceptionsOpen, now.Next.Exception == 0)
	s.last, s.readAt = now, time.Now()
	return nil
}

// age is how long ago the books were read; before the first reading, how long this process has tried.
func (s *standing) age() time.Duration {
	if s.readAt.IsZero() {
		return time.Since(s.started)
	}
	return time.Since(s.readAt)
}

// since is the age of something that the books' clock dated: what it was at the last reading, and the time since.
func (s *standing) since(at time.Time) time.Duration { return s.last.At.Sub(at) + s.age() }
