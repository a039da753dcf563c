package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bpnt/loadtest"
)

// Play lets the terminals shop.
func (w *chaosWorld) Play(ctx context.Context) error {
	cfg := w.loadConfig()
	cfg.Progress = w.progress
	report, err := loadtest.Run(ctx, cfg, w.fleet)
	if err != nil {
		return err
	}
	w.load = report
	return nil
}

// Approved is how many purchases the terminals saw approved so far.
func (w *chaosWorld) Approved() int64 { return w.approved.Load() }

// progress shows a line each second.
func (w *chaosWorld) progress(p loadtest.Snapshot) {
	w.approved.Store(p.Approved)
	var wireFaults int64
	for _, proxy := range w.proxies {
		for _, n := range proxy.Counts() {
			wireFaults += n
		}
	}
	w.streams.say("seed %d  %4.0f s  %6d approved  %4.0f/s  %5d reversed  %5d faults on the wire  %s", w.seed,
		p.Elapsed.Seconds(), p.Approved, p.Rate, p.Outcomes["reversed"], wireFaults, w.lastAudit())
}

// lastAudit is what the live line says of the books.
func (w *chaosWorld) lastAudit() string {
	switch n := w.lastLook.Load(); n {
	case auditNone:
		return "no audit yet"
	case auditAway:
		return "no audit: Postgres is away"
	default:
		return fmt.Sprintf("last audit: %d violations", n)
	}
}

const (
	auditNone = -1
	auditAway = -2
	// auditTime bounds an audit of a running system: a frozen Postgres must not hold up the next one.
	auditTime = 5 * time.Second
)

// Audit checks every invariant of the books.
func (w *chaosWorld) Audit(ctx context.Context) (broken []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, auditTime)
	defer cancel()
	report, err := w.books.Audit(ctx, nil)
	if err != nil {
		w.lastLook.Store(auditAway)
		return nil, err
	}
	w.lastLook.Store(report.Violations)
	for _, check := range report.Checked {
		if check.Violations > 0 {
			broken = append(broken, fmt.Sprintf("%s: %d rows break it (%s), the first: %s", check.Invariant, check.Violations,
				check.Says, check.Examples[0]))
		}
	}
	return broken, nil
}

// readyTime bounds one look at every part.
const readyTime = 5 * time.Second

// Ready asks Postgres and both gateways.
func (w *chaosWorld) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	if err := w.books.Ping(ctx); err != nil {
		return err
	}
	for i, g := range w.gateways {
		if !g.ready(ctx) {
			return fmt.Errorf("gateway %d is not ready", i+1)
		}
	}
	return nil
}

// awaitReady waits until a gateway answers its admin page, however often it was started meanwhile.
func (g *chaosGateway) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	tick := time.NewTicker(superviseEvery)
	defer tick.Stop()
	for !g.ready(ctx) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.New("time is over")
		}
	}
	return nil
}
