package loadtest

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"bpnt/iso"
)

// run is one load test under way.
type run struct {
	cfg       Config
	terminals []*terminal
	recorder  *recorder
	start     time.Time
	ended     time.Time
	queue     chan time.Time // intended times; nil in a closed loop
}

// Run plays the fleet's terminals until the time is over or ctx is done, lets them finish what they have under way
// (at most AnswerTimeout and ResolveTimeout longer), and reports. The error speaks of the configuration only: what
// goes wrong on the wire is in the report.
func Run(ctx context.Context, cfg Config, fleet []Outlet) (*Report, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := validateFleet(fleet); err != nil {
		return nil, err
	}
	codec, err := iso.NewCodec(cfg.Dialect)
	if err != nil {
		return nil, err
	}
	r := newRun(cfg, codec, fleet)
	// Terminals may outlive ctx: what is under way when it ends must be resolved, within limits.
	hard, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	if cfg.Settle {
		r.clear(ctx, hard)
	}
	r.begin(time.Now())
	r.play(ctx, hard, giveUp)
	return r.report(), nil
}

func newRun(cfg Config, codec *iso.Codec, fleet []Outlet) *run {
	r := &run{cfg: cfg, recorder: newRecorder()}
	if cfg.Rate > 0 {
		r.queue = make(chan time.Time, familyQueue)
	}
	for i := range fleet {
		random := rand.New(rand.NewPCG(cfg.Seed, uint64(i)))
		r.terminals = append(r.terminals, newTerminal(&r.cfg, codec, &fleet[i], r.recorder, random))
	}
	return r
}

// begin starts the clock.
func (r *run) begin(now time.Time) {
	r.start = now
	r.recorder.from = now.Add(r.cfg.Warmup)
	r.recorder.until = r.recorder.from.Add(r.cfg.Duration)
}

// clear lets every terminal close what an earlier run left in its batch, before the clock starts: closing batches is not
// what is measured.
func (r *run) clear(ctx, hard context.Context) {
	ctx, cancel := context.WithTimeout(ctx, r.patience())
	defer cancel()
	var terminals sync.WaitGroup
	for _, t := range r.terminals {
		terminals.Go(func() {
			if t.online(hard, ctx) {
				t.clearBatch(ctx)
			}
		})
	}
	terminals.Wait()
}

// patience is how long terminals may take to end what they began.
func (r *run) patience() time.Duration { return r.cfg.AnswerTimeout + r.cfg.ResolveTimeout }

// play runs everything and waits for everything it started.
func (r *run) play(ctx, hard context.Context, giveUp func()) {
	open, closeDoors := context.WithDeadline(ctx, r.recorder.until)
	defer closeDoors()
	stop := context.AfterFunc(open, func() { time.AfterFunc(r.patience(), giveUp) })
	defer stop()

	var aside, terminals sync.WaitGroup
	if r.queue != nil {
		aside.Go(func() {
			arrivals := newSchedule(r.cfg.Rate, r.cfg.Poisson, r.cfg.Seed)
			arrivals.pace(open, r.start, r.cfg.Warmup+r.cfg.Duration, r.queue, r.recorder.unserved)
		})
	}
	live, stopLive := context.WithCancel(hard)
	aside.Go(func() { r.live(live) })
	for _, t := range r.terminals {
		terminals.Go(func() { t.serve(open, hard, r.queue) })
	}
	terminals.Wait()
	stopLive()
	r.ended = time.Now()
	closeDoors()
	aside.Wait()
	r.leaveQueue()
}

// leaveQueue counts the families that were handed over and that no terminal took.
func (r *run) leaveQueue() {
	if r.queue == nil {
		return
	}
	for intended := range r.queue {
		r.recorder.unserved(intended)
	}
}

// live reports progress every second.
func (r *run) live(ctx context.Context) {
	if r.cfg.Progress == nil {
		return
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last := r.start
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			r.cfg.Progress(r.recorder.snapshot(now, r.start, now.Sub(last)))
			last = now
		}
	}
}
