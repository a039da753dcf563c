package loadtest

import (
	"context"
	"time"
)

// reverse sends 0400, then 0401 until the host has heard it. It is false where the time to resolve is over: then the
// original may stand either way. An answer other than 00 (91 while the database is away) is no final word.
func (t *terminal) reverse(hard context.Context, m message, c *Card) bool {
	m.mti = mtiReversal
	_, heard := t.insist(hard, classReversal, m, c, answer.approved)
	return heard
}

// insist sends a message, and then its repeat, until an answer is final or the time to resolve is over.
func (t *terminal) insist(hard context.Context, k class, m message, c *Card, final func(answer) bool) (answer, bool) {
	for wait := retryWaitMin; hard.Err() == nil; wait = min(2*wait, retryWaitMax) {
		a, fate := t.ask(hard, hard, k, m, c, time.Now())
		if fate == fateAnswered && final(a) {
			return a, true
		}
		if fate != fateUnsent {
			m.mti |= repeatFlag
		}
		pause(hard, wait)
	}
	return answer{}, false
}

// pause waits, or not, when the run is given up.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
