package lane

import (
	"context"
	"math/rand/v2"
	"time"
)

// resolve brings a batch with an unknown outcome to a known one. Only a commit of the same batch can do that before
// the deadlines, and only Settle after them.
func (l *Lane[Q, A]) resolve() {
	l.config.Meter.Opened(len(l.flight))
	l.refuseWaiting(Open)
	for wait := firstWait; l.pause(wait.next(), l.ctx.Done()); {
		if l.allEnded() {
			l.settle()
			return
		}
		answers, fate := l.attempt()
		if fate == Committed && l.adopt(answers) {
			l.setState(Ready)
			return
		}
	}
	l.abandon()
}

// adopt ends what a committed attempt answered. Requests to be posted again stay in the open batch, because the
// unknown attempt may still arrive and post them: it is true when none is left.
func (l *Lane[Q, A]) adopt(answers []Answer[A]) bool {
	l.mu.Lock()
	known, values := make([]item[Q], 0, len(l.flight)), make([]A, 0, len(l.flight))
	kept := l.flight[:0]
	for i, it := range l.flight {
		if answers[i].Again {
			kept = append(kept, it)
			continue
		}
		known, values = append(known, it), append(values, answers[i].Value)
	}
	l.flight = kept
	left := len(kept)
	l.mu.Unlock()
	l.config.Meter.Resolved(len(known), ByCommit)
	for i, it := range known {
		if !it.ended {
			l.config.Done(it.q, values[i], Answered)
		}
	}
	return left == 0
}

// settle closes the open batch, all of whose requests were ended in silence, and tries until it succeeds.
func (l *Lane[Q, A]) settle() {
	l.fill()
	for wait := firstWait; ; {
		if err := l.bounded(func(ctx context.Context) error { return l.config.Settle(ctx, l.batch) }); err == nil {
			break
		}
		if !l.pause(wait.next(), l.ctx.Done()) {
			l.abandon()
			return
		}
	}
	l.config.Meter.Resolved(len(l.detach()), BySettle)
	l.setState(Ready)
}

// abandon gives up an open batch because the lane is being closed.
func (l *Lane[Q, A]) abandon() {
	items := l.detach()
	l.end(items, Silent)
	l.config.Meter.Resolved(len(items), Abandoned)
	l.unresolved += len(items)
}

// away waits until the database can be reached again. Nothing waits in the queue meanwhile and nothing comes in.
func (l *Lane[Q, A]) away() {
	l.refuseWaiting(Away)
	for wait := firstWait; l.pause(wait.next(), l.quit); {
		if l.bounded(l.config.Probe) == nil {
			break
		}
	}
	l.setState(Ready)
}

func (l *Lane[Q, A]) bounded(call func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(l.ctx, l.config.AttemptTimeout)
	defer cancel()
	defer func() {
		if recover() != nil { // not quoted: the value may hold a request
			err = errPanic
		}
	}()
	return call(ctx)
}

// refuseWaiting stops taking requests and refuses those that wait: none of them was ever sent.
func (l *Lane[Q, A]) refuseWaiting(s State) {
	l.splits = l.splits[:0]
	l.mu.Lock()
	l.state = s
	refused := make([]item[Q], 0, l.waiting.n())
	for l.waiting.n() > 0 {
		refused = append(refused, l.waiting.pop())
	}
	l.mu.Unlock()
	l.end(refused, Refused)
}

func (l *Lane[Q, A]) setState(s State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = s
}

func (l *Lane[Q, A]) allEnded() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.flight {
		if !l.flight[i].ended {
			return false
		}
	}
	return true
}

// backoff is the next wait of a loop that tries until it succeeds.
type backoff time.Duration

const (
	firstWait = backoff(20 * time.Millisecond)
	longWait  = backoff(time.Second) // bounds how late a lane notices that the database is back
)

// next returns a wait between half and all of the current step, and doubles the step.
func (b *backoff) next() time.Duration {
	step := time.Duration(*b)
	*b = min(2**b, longWait)
	return step/2 + rand.N(step/2)
}

// pause waits, and is false when stop was closed meanwhile.
func (l *Lane[Q, A]) pause(d time.Duration, stop <-chan struct{}) bool {
	select {
	case <-time.After(d):
		return true
	case <-stop:
		return false
	}
}
