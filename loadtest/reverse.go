package loadtest

import (
	"context"
	"time"
)

// reverse sends 0400, then 0401 until the host has heard it or the time to resolve is over; then the sale stays open.
// An answer other than 00 (91 while the database is away) is no final word, so the terminal goes on asking.
func (t *terminal) reverse(hard context.Context, m message, c *Card, sale *entry) {
	m.mti = mtiReversal
	for wait := retryWaitMin; hard.Err() == nil; wait = min(2*wait, retryWaitMax) {
		a, fate := t.ask(hard, hard, classReversal, m, c, time.Now())
		if fate == fateAnswered && a.approved() {
			sale.reverse()
			return
		}
		if fate != fateUnsent {
			m.mti = mtiReversalRepeat
		}
		pause(hard, wait)
	}
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
