package faults

import (
	"context"
	"sync"
	"time"
)

// crowd is what connections of one proxy do to each other: frames that wait for another connection's answer, and copies
// that come over another connection.
type crowd struct {
	mu      sync.Mutex
	held    map[*tunnel]chan struct{} // closed where another connection had an answer
	errands []errand
}

// errand is a copy of a request on its way.
type errand struct {
	from  *tunnel
	frame []byte
	away  int // requests of other connections that pass before it
}

// hold waits until another connection had an answer, for so long at most.
func (c *crowd) hold(ctx context.Context, t *tunnel, longest time.Duration) {
	passed := make(chan struct{})
	c.mu.Lock()
	c.held[t] = passed
	c.mu.Unlock()
	timer := time.NewTimer(longest)
	defer timer.Stop()
	select {
	case <-passed:
	case <-timer.C:
	case <-ctx.Done():
	}
	c.mu.Lock()
	delete(c.held, t)
	c.mu.Unlock()
}

// answered lets go those who waited for another connection's answer.
func (c *crowd) answered(t *tunnel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for other, passed := range c.held {
		if other != t {
			close(passed)
			delete(c.held, other)
		}
	}
}

// send leaves a copy for others to take along. It is false where too many are under way already.
func (c *crowd) send(e errand) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.errands) == errandsMax {
		return false
	}
	c.errands = append(c.errands, e)
	return true
}

func (c *crowd) take(t *tunnel) (frames [][]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.errands[:0]
	for _, e := range c.errands {
		if e.from != t {
			e.away--
		}
		if e.away > 0 || e.from == t {
			kept = append(kept, e)
		} else {
			frames = append(frames, e.frame)
		}
	}
	clear(c.errands[len(kept):])
	c.errands = kept
	return frames
}
