package main

import (
	"context"
	"strings"
	"sync"
	"time"
)

// gatewayCounters are what a gateway counted, over all its lives: a killed one takes its counters with it, so they are
// read every second.
type gatewayCounters struct {
	page metricsPage

	mu   sync.Mutex
	past metrics // of lives that are over, as last seen
	last metrics // of this one
}

func newGatewayCounters(page metricsPage) *gatewayCounters {
	return &gatewayCounters{page: page, past: metrics{}, last: metrics{}}
}

const countersEvery = time.Second

func (c *gatewayCounters) watch(ctx context.Context) {
	every(ctx, countersEvery, func() { c.read(ctx) })
}

// read looks at the page, unless it does not answer: then what was seen last stays.
func (c *gatewayCounters) read(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, countersEvery)
	defer cancel()
	if m, err := c.page.fetch(ctx); err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.last = m
	}
}

// died moves what was seen of a life that is over to the past.
func (c *gatewayCounters) died() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, v := range c.last {
		c.past[name] += v
	}
	c.last = metrics{}
}

// sum is what was counted in all lives under this name: with its labels, or, where none are given, over all of them.
func (c *gatewayCounters) sum(name string) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.past.under(name) + c.last.under(name)
}

// now is the same of the present life.
func (c *gatewayCounters) now(name string) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last.under(name)
}

func (m metrics) under(name string) int64 {
	var sum float64
	for full, v := range m {
		if full == name || strings.HasPrefix(full, name+"{") {
			sum += v
		}
	}
	return int64(sum)
}

// The counters of a gateway that a campaign looks at.
const (
	counterUnknown   = "bpnt_unknown_commits_total"
	counterEnded     = "bpnt_unknown_commits_ended_total"
	counterRepeated  = `bpnt_unknown_commits_ended_total{how="committed"}`
	counterSettled   = `bpnt_unknown_commits_ended_total{how="settled"}`
	counterAbandoned = `bpnt_unknown_commits_ended_total{how="abandoned"}`
	counterUnsettled = "bpnt_unsettled_total"
	counterBlocked   = `bpnt_settled_total{outcome="blocked_by_reversal"}`
	counterReplays   = "bpnt_replays_total"
)
