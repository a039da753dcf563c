package loadtest

import (
	"context"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// prober times something small beside the load, in an open loop at a fixed rate: in practice a bare commit of one row
// on the gateway's server. What stalls that commit is the disk and the machine, and no gateway could be faster. Its
// latencies count from the intended time as a family's do, so that both see the same stall alike; where it was not late
// they count from its waking, since it rests by a timer of Go's, which is late by up to a millisecond. It does not sleep in the
// kernel as the pacer does: with two sleepers on two cores a gateway in the same process stood still for 12 ms once a second.
type prober struct {
	*window
	try func(context.Context) error
	gap time.Duration

	mu      sync.Mutex
	latency *hdrhistogram.Histogram
	recent  *hdrhistogram.Histogram // since the last snapshot
	failed  int64
	trouble error // the first
}

func newProber(c Config, w *window) *prober {
	return &prober{
		window: w, try: c.Probe, gap: time.Duration(float64(time.Second) / c.ProbeRate),
		latency: newHistogram(), recent: newHistogram(),
	}
}

// run tries until the doors close. One that began is waited for, as terminals wait for their answer, until hard ends.
func (p *prober) run(open, hard context.Context, start time.Time) {
	if p == nil {
		return
	}
	for n := 0; open.Err() == nil; n++ {
		intended := start.Add(time.Duration(n) * p.gap)
		if wait := time.Until(intended); wait > 0 {
			pause(open, wait)
			intended = time.Now()
		}
		if open.Err() == nil {
			p.note(intended, p.try(hard))
		}
	}
}

func (p *prober) note(intended time.Time, err error) {
	waited := time.Since(intended)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.failed++
		if p.trouble == nil {
			p.trouble = err
		}
		return
	}
	record(p.recent, waited)
	if p.measured(intended) {
		record(p.latency, waited)
	}
}

// interval is the median and the 99th percentile since the last call; zero where there is no prober.
func (p *prober) interval() (p50, p99 time.Duration) {
	if p == nil {
		return 0, 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.recent.Reset()
	return quantile(p.recent, 50), quantile(p.recent, 99)
}

// BareCommit is what was timed beside the load.
type BareCommit struct {
	PerS    float64   `json:"per_s"` // how many were tried a second
	Latency Quantiles `json:"latency_ms"`
	Failed  int64     `json:"failed"`
	Trouble string    `json:"trouble,omitempty"` // the first failure

	// Ratios are the purchases' latencies over these, by quantile; 0 where there is nothing to compare.
	Ratios map[string]float64 `json:"ratios"`
}

// report is nil where there is no prober.
func (p *prober) report(purchases Quantiles) *BareCommit {
	if p == nil {
		return nil
	}
	b := &BareCommit{
		PerS: 1 / p.gap.Seconds(), Latency: quantiles(p.latency), Failed: p.failed, Ratios: map[string]float64{},
	}
	if p.trouble != nil {
		b.Trouble = p.trouble.Error()
	}
	for i, ratio := range purchases.over(b.Latency) {
		b.Ratios[quantileKeys[i]] = ratio
	}
	return b
}
