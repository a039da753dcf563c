package loadtest

import (
	"context"
	"time"
)

// idleGap is how long an idle terminal says nothing, on average: below the two minutes or more after which a host may
// close a connection that it takes for dead.
const idleGap = 30 * time.Second

// idles tells whether terminal i of the fleet idles: idle ones stand evenly among the others.
func (c Config) idles(i int) bool {
	return int(float64(i+1)*c.Idle) > int(float64(i)*c.Idle)
}

// idle stays connected until the doors close, and asks for a balance now and then.
func (t *terminal) idle(open, hard context.Context) {
	for open.Err() == nil {
		pause(open, time.Duration(2*t.random.Float64()*float64(idleGap)))
		if open.Err() == nil {
			t.inquire(open, hard, &t.outlet.Cards[t.random.IntN(len(t.outlet.Cards))], time.Now())
		}
	}
}
