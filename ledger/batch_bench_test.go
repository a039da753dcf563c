package ledger

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// BenchmarkCloseBatch closes batches of 900 messages, a busy outlet's day, in Jakarta's books while other terminals buy in
// batches of 50: how long each step takes, and what the buyers feel of it.
func BenchmarkCloseBatch(b *testing.B) {
	server, err := localpg.Start(b.Context(), localpg.Config{DataDir: pgtest.Folder(b)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Kill() })
	area := NewJakarta(1)
	gateway, err := Open(b.Context(), Options{URL: seeded(b, server, area), Role: RoleGateway})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(gateway.Close)
	link, err := gateway.LinkID(b.Context(), "edc")
	if err != nil {
		b.Fatal(err)
	}
	c := closings{b: b, gateway: gateway, area: area, link: link}
	load, stop := c.load()
	for b.Loop() {
		c.one()
	}
	stop()
	c.report(load())
}

// closings are the batches that a benchmark closes, and the time that each step took.
type closings struct {
	b       *testing.B
	gateway *Ledger
	area    Jakarta
	link    int16
	stan    int32
	spans   [][2]time.Time // from the first step to the end of the last
	steps   [3][]time.Duration
}

// one fills a terminal's batch and closes it.
func (c *closings) one() {
	const messages = 900
	claim := BatchClaim{Link: c.link, TID: c.area.Terminal(0).TID, STAN: c.stan % 1_000_000, SentBatch: 1}
	for range messages / 50 {
		requests := benchRequests(c.link, c.area, 50, &c.stan)
		for i := range requests {
			requests[i].TID = claim.TID
		}
		if _, err := c.gateway.Post(c.b.Context(), 0, requests); err != nil {
			c.b.Fatal(err)
		}
	}
	start := time.Now()
	_, pending, err := c.gateway.beginBatch(c.b.Context(), claim)
	c.took(0, start, err)
	middle := time.Now()
	c.took(1, middle, c.gateway.passBuckets(c.b.Context()))
	last := time.Now()
	a, err := c.gateway.endBatch(c.b.Context(), pending.reconciliation)
	c.took(2, last, err)
	c.spans = append(c.spans, [2]time.Time{start, time.Now()})
	claim.Trailer, claim.STAN = true, claim.STAN+1
	if _, err := c.gateway.CloseBatch(c.b.Context(), claim); err != nil || a.Ours.Sales < messages {
		c.b.Fatal(a, err)
	}
}

func (c *closings) took(step int, start time.Time, err error) {
	if err != nil {
		c.b.Fatal(err)
	}
	c.steps[step] = append(c.steps[step], time.Since(start))
}

// load buys until stop is called; then it returns when each batch of purchases began, and how long it took.
func (c *closings) load() (posts func() map[time.Time]time.Duration, stop func()) {
	ctx, cancel := context.WithCancel(c.b.Context())
	took := map[time.Time]time.Duration{}
	var wait sync.WaitGroup
	wait.Go(func() {
		stan := int32(500_000)
		for ctx.Err() == nil {
			requests := benchRequests(c.link, c.area, 50, &stan)
			start := time.Now()
			if _, err := c.gateway.Post(context.WithoutCancel(ctx), 0, requests); err != nil {
				c.b.Error(err)
			}
			took[start] = time.Since(start)
		}
	})
	return func() map[time.Time]time.Duration { wait.Wait(); return took }, cancel
}

func (c *closings) report(posts map[time.Time]time.Duration) {
	for i, name := range []string{"begin", "pass", "end"} {
		c.metric(name, c.steps[i])
	}
	var beside, alone []time.Duration
	for start, took := range posts {
		if slices.ContainsFunc(c.spans, func(s [2]time.Time) bool { return start.Before(s[1]) && start.Add(took).After(s[0]) }) {
			beside = append(beside, took)
		} else {
			alone = append(alone, took)
		}
	}
	c.metric("post-beside", beside)
	c.metric("post-alone", alone)
}

func (c *closings) metric(name string, took []time.Duration) {
	slices.Sort(took)
	for _, p := range []int{50, 99} {
		c.b.ReportMetric(float64(percentile(took, p).Microseconds())/1000, name+"-p"+map[int]string{50: "50", 99: "99"}[p]+"-ms")
	}
}
