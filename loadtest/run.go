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
	tally     *tally
	between   *concentrator
	purses    *purses // of a drain; nil else
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
	if err := cfg.validateFor(fleet); err != nil {
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
	r.between.start()
	r.connect(ctx, hard)
	if cfg.Settle && !cfg.Fresh {
		r.clear(ctx, hard)
	}
	r.begin(time.Now())
	r.play(ctx, hard, giveUp)
	r.between.close(hard)
	return r.report(), nil
}

func newRun(cfg Config, codec *iso.Codec, fleet []Outlet) *run {
	if cfg.Month {
		cfg.Duration = monthMax
	}
	r := &run{cfg: cfg, tally: newTally(cfg, len(fleet))}
	if cfg.Arrivals.Open() {
		r.queue = make(chan time.Time, familyQueue)
	}
	r.between = newConcentrator(&r.cfg, newDialer(cfg.Addr), r.tally, codec)
	if cfg.Drain {
		r.purses = newPurses(len(fleet[0].Cards), cfg.Funds)
	}
	for i := range fleet {
		random := rand.New(rand.NewPCG(cfg.Seed, uint64(i)))
		t := newTerminal(&r.cfg, &fleet[i], r.between.plug(i, &fleet[i]), r.tally.of(i), random)
		t.purses, t.idles = r.purses, cfg.idles(i)
		r.terminals = append(r.terminals, t)
	}
	return r
}

// begin starts the clock.
func (r *run) begin(now time.Time) {
	r.start = now
	r.tally.begin(now, r.cfg)
}

// clear lets every terminal close what an earlier run left in its batch, before the clock starts: closing batches is not
// what is measured.
func (r *run) clear(ctx, hard context.Context) {
	ctx, cancel := context.WithTimeout(ctx, r.patience())
	defer cancel()
	r.each(func(t *terminal) {
		if t.online(hard, ctx) {
			t.clearBatch(ctx)
		}
	})
}

// each does something for every terminal before the clock starts, for a few at a time.
func (r *run) each(do func(*terminal)) {
	var workers sync.WaitGroup
	waiting := make(chan *terminal)
	for range min(setters, len(r.terminals)) {
		workers.Go(func() {
			for t := range waiting {
				do(t)
			}
		})
	}
	for _, t := range r.terminals {
		waiting <- t
	}
	close(waiting)
	workers.Wait()
}

// patience is how long terminals may take to end what they began.
func (r *run) patience() time.Duration { return r.cfg.AnswerTimeout + r.cfg.ResolveTimeout }

// play runs everything and waits for everything it started.
func (r *run) play(ctx, hard context.Context, giveUp func()) {
	open, closeDoors := context.WithDeadline(ctx, r.tally.until)
	defer closeDoors()
	stop := context.AfterFunc(open, func() { time.AfterFunc(r.patience(), giveUp) })
	defer stop()

	var aside, terminals sync.WaitGroup
	if r.queue != nil {
		aside.Go(func() {
			arrivals := newSchedule(r.cfg.Arrivals, r.cfg.Warmup+r.cfg.Duration, r.cfg.Seed)
			arrivals.pace(open, r.start, r.queue, r.tally.unserved)
		})
	}
	live, stopLive := context.WithCancel(hard)
	aside.Go(func() { r.tally.watch(live, r.start, r.cfg.Progress) })
	aside.Go(func() { r.tally.edges(open, r.cfg.Measured) })
	aside.Go(func() { r.tally.bare.run(open, hard, r.start) })
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
		r.tally.unserved(intended)
	}
}
