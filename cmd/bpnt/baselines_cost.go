package main

import (
	"context"
	"errors"
	"time"

	"bpnt/ledger"
	"bpnt/loadtest"
)

// consumption is what the parties have used so far.
type consumption struct {
	self, gateway, postgres loadtest.Usage
	growth                  ledger.Growth
}

// read takes a reading; gateway is the process id of one, or 0.
func (w *baselineWorld) read(ctx context.Context, gateway int) (c consumption, err error) {
	if c.growth, err = w.meter.Growth(ctx); err != nil {
		return c, err
	}
	if c.self, err = seen(loadtest.SelfUsage()); err != nil {
		return c, err
	}
	if c.postgres, err = seen(loadtest.TreeUsage(w.server.Pid())); err == nil && gateway > 0 {
		c.gateway, err = seen(loadtest.TreeUsage(gateway))
	}
	return c, err
}

// seen is nothing where the system does not tell.
func seen(u loadtest.Usage, err error) (loadtest.Usage, error) {
	if errors.Is(err, loadtest.ErrCannotSee) {
		err = nil
	}
	return u, err
}

// costs runs work, which tells how many redemptions there were and their rate, and divides what was used by them.
func (w *baselineWorld) costs(ctx context.Context, gateway int, work func() (count int64, rate float64, err error)) (figures, error) {
	before, err := w.read(ctx, gateway)
	if err != nil {
		return nil, err
	}
	count, rate, err := work()
	if err != nil {
		return nil, err
	}
	if count == 0 {
		return nil, errors.New("nothing was posted: --duration is too short")
	}
	after, err := w.read(ctx, gateway)
	if err != nil {
		return nil, err
	}
	f := figures{perSecond: rate, walBytes: float64(after.growth.WALBytes-before.growth.WALBytes) / float64(count)}
	f.share(postgresCPU, after.postgres.Sub(before.postgres).CPU, count)
	if grown := after.growth.DatabaseBytes - before.growth.DatabaseBytes; grown > 0 {
		f[diskBytes] = float64(grown) / float64(count)
	}
	if gateway > 0 {
		f.share(generatorCPU, after.self.Sub(before.self).CPU, count)
		used := after.gateway.Sub(before.gateway)
		f.share(gatewayCPU, used.CPU, count)
		f.calls(used.Calls, count)
	}
	return f, nil
}

// share notes processor time in µs per redemption, where it could be seen.
func (f figures) share(name figure, used time.Duration, count int64) {
	if used > 0 {
		f[name] = micros(used, count)
	}
}

func micros(used time.Duration, count int64) float64 {
	return float64(used.Nanoseconds()) / 1000 / float64(count)
}

// calls notes read and write system calls per redemption, where they could be seen.
func (f figures) calls(n, count int64) {
	if n > 0 {
		f[systemCalls] = float64(n) / float64(count)
	}
}
