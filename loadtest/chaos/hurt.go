package chaos

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// healPause is the time between two rounds of healing what would not be healed.
const healPause = 200 * time.Millisecond

// hurt plays the schedule. It returns when every event has been injected and healed once, or ctx has ended and what was
// injected was healed once.
func (c *campaign) hurt(ctx context.Context) {
	ctx, cancel := context.WithDeadline(ctx, c.start.Add(c.cfg.safety()))
	defer cancel()
	var events sync.WaitGroup
	for _, e := range Draw(c.cfg.Seed, c.nemeses, c.cfg.safety(), c.cfg.Gap) {
		if !sleep(ctx, time.Until(c.start.Add(e.At))) {
			break
		}
		events.Go(func() { c.play(ctx, e) })
	}
	<-ctx.Done()
	events.Wait()
}

// play injects, holds and heals.
func (c *campaign) play(ctx context.Context, e Event) {
	n := &c.nemeses[e.Nemesis]
	c.opened(e.Nemesis)
	c.tell("%s for %v", n.Name, e.Hold.Round(time.Millisecond))
	err := guarded(func() error { return n.Inject(ctx, rand.New(rand.NewPCG(e.Seed, 0))) })
	if ctx.Err() != nil {
		err = nil // it was begun, and broken off with the phase
	}
	if err != nil {
		c.tell("%s failed: %v", n.Name, err)
	}
	c.injected(e.Nemesis, err)
	sleep(ctx, e.Hold)
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.cfg.Recovery)
	defer cancel()
	if err := guarded(func() error { return n.heal(bounded) }); err != nil {
		c.tell("%s is not healed yet: %v", n.Name, err)
		return
	}
	c.healed(e.Nemesis)
}

// recover heals what is not healed yet and waits until the estate answers.
func (c *campaign) recover(ctx context.Context) {
	from := time.Now()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.cfg.Recovery)
	defer cancel()
	c.tell("no more faults")
	err := c.answers(ctx)
	for err != nil && sleep(ctx, healPause) {
		err = c.answers(ctx)
	}
	c.report.RecoveredS = time.Since(from).Seconds()
	if err != nil {
		c.trouble("the estate did not recover within %v: %v", c.cfg.Recovery, err)
		return
	}
	c.tell("everything answers again after %.1f s", c.report.RecoveredS)
}

func (c *campaign) answers(ctx context.Context) error {
	return errors.Join(c.healAll(ctx), c.estate.Ready(ctx))
}

// healAll heals what is open, in the order of the nemeses.
func (c *campaign) healAll(ctx context.Context) (err error) {
	for _, i := range c.unhealed() {
		n := &c.nemeses[i]
		if healErr := guarded(func() error { return n.heal(ctx) }); healErr != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", n.Name, healErr))
			continue
		}
		c.healed(i)
	}
	return err
}

// guarded turns a panic of a nemesis into its error: the others must be healed all the same.
func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do()
}

func (c *campaign) opened(i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[i] = true
}

func (c *campaign) healed(i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, i)
}

func (c *campaign) unhealed() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.open))
}

func (c *campaign) injected(i int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.report.Nemeses[i].Failed++
		c.report.Nemeses[i].Error = err.Error()
		return
	}
	c.report.Nemeses[i].Injected++
}

// trouble notes what went wrong besides what is counted.
func (c *campaign) trouble(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Trouble = append(c.report.Trouble, fmt.Sprintf(format, args...))
}

// sleep is false where ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
