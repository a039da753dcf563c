package loadtest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// connect makes the terminals' connections before the clock starts, a few at a time. What cannot be made soon is left
// to the terminals: they go on trying until the doors close.
func (r *run) connect(ctx, hard context.Context) {
	patience := time.Second + time.Duration(r.cfg.Connections(len(r.terminals)))*time.Second/(dialsPerSecond/2)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var connected atomic.Int64
	var shown sync.WaitGroup
	watched, stop := context.WithCancel(ctx)
	shown.Go(func() { r.showConnecting(watched, &connected) })
	r.each(func(t *terminal) {
		if t.online(hard, ctx) {
			t.greet(ctx, hard, len(r.terminals))
			connected.Add(1)
		}
	})
	stop()
	shown.Wait()
}

func (r *run) showConnecting(ctx context.Context, connected *atomic.Int64) {
	if r.cfg.Connecting == nil {
		return
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-tick.C:
			r.cfg.Connecting(int(connected.Load()))
		case <-ctx.Done():
			r.cfg.Connecting(int(connected.Load()))
		}
	}
}

// greet asks for a balance where a terminal may have nothing to say for long: a host closes a new connection that stays
// silent.
func (t *terminal) greet(open, hard context.Context, terminals int) {
	rare := t.cfg.Arrivals.Open() && float64(terminals) > greetGap.Seconds()*t.cfg.Arrivals.Rate
	if t.idles || rare {
		t.inquire(open, hard, &t.outlet.Cards[0], time.Now())
	}
}

// greetGap is the time between two families at a terminal from which on terminals greet the host first.
const greetGap = 2 * time.Second
