package lane

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Why Submit did not take a request. In each case nothing was posted.
var (
	ErrFull   = errors.New("lane: the queue is full")
	ErrSlow   = errors.New("lane: the queue is longer than the request's patience")
	ErrAway   = errors.New("lane: the database is away or an outcome is open")
	errPanic  = errors.New("lane: a call of ours panicked")
	ErrClosed = errors.New("lane: closed")
)

// Answer is what Post says of one request.
type Answer[A any] struct {
	Value A
	Again bool // not looked at: to be posted anew, in order, by the next batch. Never the first of a batch
}

// Config says what a lane posts and how. Every field but Meter is required.
type Config[Q, A any] struct {
	// Post posts a batch as one transaction and returns the answers in the order of the batch. An attempt that
	// follows an unknown one must use a fresh connection. Batch and answers may be reused after the call.
	Post func(ctx context.Context, batch []Q) ([]Answer[A], error)
	// Fate classifies an error of Post; it never returns Committed.
	Fate func(error) Fate
	// Settle makes sure that none of the open requests can commit any more, unless it has already.
	Settle func(ctx context.Context, open []Q) error
	// Probe returns nil when the database can be reached again.
	Probe func(ctx context.Context) error
	// Done is called exactly once for each accepted request, on a goroutine of the lane; it must not block or panic.
	Done func(q Q, value A, how Ending)

	Depth          int           // requests that may wait
	BatchMax       int           // requests in one attempt
	AttemptTimeout time.Duration // for one call of Post, Settle or Probe
	Meter          Meter         // nil for none
}

// Meter hears of what a lane does. Its methods are called on the lane's goroutine and must not block.
type Meter interface {
	Attempted(size int, fate Fate)     // each call of Post
	Opened(size int)                   // an outcome became unknown
	Resolved(size int, how Resolution) // and this is how it ended
}

// Resolution is how an unknown outcome became known.
type Resolution uint8

const (
	ByCommit  Resolution = iota // a later attempt at the same batch committed
	BySettle                    // Settle closed it after the deadlines
	Abandoned                   // the lane was closed before; a terminal's reversal will settle it
)

// Lane is a queue in front of one bucket of the books.
type Lane[Q, A any] struct {
	config Config[Q, A]
	ctx    context.Context // of every attempt; cancelled when Close runs out of time
	cancel context.CancelFunc

	mu      sync.Mutex
	gather  sync.Cond // signalled when a request or the end comes
	waiting backlog[Q]
	flight  []item[Q] // the batch; written under mu, and run alone changes its length and requests
	state   State
	closing bool
	alarm   time.Time // when watch will look next; zero for never
	pace    pace
	began   time.Time // when the batch in flight was taken from the queue; zero where there is none

	batch      []Q   // the requests of flight, for Post; owned by run
	splits     []int // sizes of the next batches while a culprit is looked for; owned by run
	unresolved int   // requests whose outcome was unknown at the end; owned by run until it stopped

	rearm   chan struct{} // watch: the alarm was set earlier
	quit    chan struct{} // Close was called
	stopped chan struct{} // run has returned
	watched chan struct{} // watch has returned
}

// New starts a lane. The caller must Close it.
func New[Q, A any](c Config[Q, A]) *Lane[Q, A] {
	if c.Meter == nil {
		c.Meter = noMeter{}
	}
	l := &Lane[Q, A]{
		config: c, waiting: newBacklog[Q](c.Depth, c.BatchMax),
		flight: make([]item[Q], 0, c.BatchMax), batch: make([]Q, 0, c.BatchMax),
		rearm: make(chan struct{}, 1), quit: make(chan struct{}), stopped: make(chan struct{}), watched: make(chan struct{}),
	}
	l.gather.L = &l.mu
	l.ctx, l.cancel = context.WithCancel(context.Background())
	go l.run()
	go l.watch()
	return l
}

// Terms are those on which a request waits.
type Terms struct {
	Deadline time.Time     // when it will have been answered, or never will be
	Patience time.Duration // how long it may be expected to be in the lane, else it is not taken; or Patient
	Behind   bool          // it stands behind those that do not, seven of which go before it each time
}

// Patient stands in the place of a patience: the request is taken as long as there is any place in the queue.
const Patient time.Duration = 0

// Submit queues a request. Where it returns an error the request was not taken and Done will not be called.
func (l *Lane[Q, A]) Submit(q Q, t Terms) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closing:
		return ErrClosed
	case l.state != Ready:
		return ErrAway
	case l.free(t) < 1:
		return ErrFull
	case l.room(t) < 1:
		return ErrSlow
	}
	l.waiting.push(item[Q]{q: q, deadline: t.Deadline}, t.Behind)
	l.wakeBy(t.Deadline)
	l.gather.Signal()
	return nil
}

// State tells what the lane is doing.
func (l *Lane[Q, A]) State() State {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing {
		return Closed
	}
	return l.state
}

// Depth is how many requests wait, not counting the batch in flight.
func (l *Lane[Q, A]) Depth() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting.n()
}

type noMeter struct{}

func (noMeter) Attempted(int, Fate)      {}
func (noMeter) Opened(int)               {}
func (noMeter) Resolved(int, Resolution) {}
