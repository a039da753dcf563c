package gateway

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"bpnt/gateway/lane"
	"bpnt/ledger"
)

// An errand is one attempt at a call of the ledger that shares its transaction with nobody: the close of a batch, an
// upload, new keys, a switch's totals. It must be safe to repeat. It may write to its exchange, which is the clerk's
// until it is ended. Its error is one of Post's kinds.
type errand func(ctx context.Context) (ledger.Outcome, error)

// send makes a message an errand of the clerk's. It stands in the chain of its terminal and in no card's.
func (c *conn) send(x *exchange, e errand) {
	x.errand = e
	x.keys = [chains]orderKey{chainTerminal: terminalKey(c.link.id, x.head.TID)}
}

// The pauses between two attempts at an errand.
const (
	errandPauseMin = 50 * time.Millisecond
	errandPauseMax = time.Second
)

var errErrandPanic = errors.New("an errand of ours panicked")

// clerk runs errands, so many at a time and the others in the order they came. An errand has its place in the order of
// arrival like a payment: it waits for what its terminal has in flight, and what comes behind waits for it.
//
//	done                        the outcome
//	unavailable or unknown      again, until its deadline
//	  at the deadline           91 where no attempt is unknown, else silence: the terminal asks again, and is told the same
//	rejected                    96
type clerk struct {
	gateway *Gateway
	work    chan func()
	ctx     context.Context // of every attempt; ends when the shutdown runs out of time
	cancel  context.CancelFunc
	workers sync.WaitGroup

	mu      sync.Mutex
	closing bool
}

func newClerk(g *Gateway) *clerk {
	c := &clerk{gateway: g, work: make(chan func(), g.limits.ClerkDepth)}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	for range g.limits.Clerks {
		c.workers.Go(func() {
			for job := range c.work {
				job()
			}
		})
	}
	return c
}

// take queues an errand. Where it returns an error nothing of it was done.
func (c *clerk) take(x *exchange) error { return c.queue(func() { c.run(x) }) }

// do queues a call of the ledger that nobody waits for. It is made once.
func (c *clerk) do(call func(ctx context.Context) error) error {
	return c.queue(func() {
		ctx, cancel := context.WithTimeout(c.ctx, c.gateway.limits.Lookup.Duration)
		defer cancel()
		if err := call(ctx); err != nil && c.gateway.troubled.Allow() {
			c.gateway.log.Warn("the ledger was not told of new keys in use", "error", err)
		}
	})
}

// depth is how many wait.
func (c *clerk) depth() int { return len(c.work) }

func (c *clerk) queue(job func()) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return lane.ErrClosed
	}
	select {
	case c.work <- job:
		return nil
	default:
		return lane.ErrFull
	}
}

// run tries an errand until it is done or its deadline has come, and ends its exchange.
func (c *clerk) run(x *exchange) {
	unknown := false
	for pause := errandPauseMin; time.Now().Before(x.deadline); pause = min(2*pause, errandPauseMax) {
		outcome, err := c.attempt(x)
		if err == nil {
			c.gateway.end(x, x.known(outcome))
			return
		}
		f := fate(err)
		c.gateway.metrics.errands[f].Inc()
		unknown = unknown || f == lane.Unknown
		c.trouble(x, err)
		if f == lane.Rejected || !c.rest(x, pause) {
			c.end(x, unknown, f)
			return
		}
	}
	c.end(x, unknown, lane.NotPosted)
}

// end gives up on an errand.
func (c *clerk) end(x *exchange, unknown bool, f lane.Fate) {
	switch {
	case unknown:
		c.gateway.metrics.shed[shedUnknown].Inc()
		c.gateway.end(x, verdictSilence)
	case f == lane.Rejected:
		c.gateway.end(x, c.gateway.unposted(x, verdictPoisoned, shedPoisoned))
	default:
		c.gateway.end(x, c.gateway.unposted(x, verdictUnavailable, shedRefused))
	}
}

// attempt calls the ledger once. It takes no longer than limits.attempt, nor than the terminal waits.
func (c *clerk) attempt(x *exchange) (outcome ledger.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			c.gateway.log.Error("panic in an errand", "link", x.conn.link.Name, "panic", panicText(p))
			err = fmt.Errorf("%w: %w", ledger.ErrIndeterminate, errErrandPanic)
		}
	}()
	until := time.Now().Add(c.gateway.limits.Attempt.Duration)
	if x.deadline.Before(until) {
		until = x.deadline
	}
	ctx, cancel := context.WithDeadline(c.ctx, until)
	defer cancel()
	outcome, err = x.errand(ctx)
	if err == nil {
		c.gateway.metrics.errands[lane.Committed].Inc()
	}
	return outcome, err
}

// rest waits before the next attempt. It is false where there is none: the deadline or the end comes first.
func (c *clerk) rest(x *exchange, pause time.Duration) bool {
	if time.Until(x.deadline) < pause {
		return false
	}
	select {
	case <-time.After(pause):
		return true
	case <-c.ctx.Done():
		return false
	}
}

func (c *clerk) trouble(x *exchange, err error) {
	if c.gateway.troubled.Allow() {
		c.gateway.log.Warn("an errand was not done, or its outcome is unknown", "message", x.kind.String(),
			"link", x.conn.link.Name, "tid", x.head.TID, "stan", x.head.STAN, "fate", fate(err).String(), "error", err)
	}
}

// close takes no more errands and ends those it has. When ctx ends first their attempts are given up.
func (c *clerk) close(ctx context.Context) {
	c.mu.Lock()
	c.closing = true
	close(c.work)
	c.mu.Unlock()
	defer context.AfterFunc(ctx, c.cancel)()
	c.workers.Wait()
	c.cancel()
}
