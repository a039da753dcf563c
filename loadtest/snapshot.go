package loadtest

import (
	"context"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Snapshot is the live view of a run, once a second.
type Snapshot struct {
	Elapsed, Total time.Duration // Total is warm-up and measured time
	WarmedUp       bool
	Rate           float64       // approved purchases per second since the last snapshot
	Goodput        float64       // those approved in time, likewise
	P50, P99       time.Duration // of purchases since the last snapshot
	BareP99        time.Duration // of bare commits since the last snapshot; 0 where none was timed
	Approved       int64         // purchases since the start
	Outcomes       map[string]int64
}

// Second is one second of a run, as plots show it. Rates are per second, latencies in milliseconds; where nothing came
// in a second its latencies are 0.
type Second struct {
	At         float64 `json:"at_s"` // since the start of the run, at the second's end
	Ended      float64 `json:"ended_per_s"`
	Good       float64 `json:"goodput_per_s"`
	Late       float64 `json:"late_per_s"`
	Declined   float64 `json:"declined_per_s"`
	Shed       float64 `json:"shed_per_s"`
	Unanswered float64 `json:"unanswered_per_s"`
	P50        float64 `json:"p50_ms"`
	P99        float64 `json:"p99_ms"`
	BareP50    float64 `json:"bare_p50_ms,omitempty"`
	BareP99    float64 `json:"bare_p99_ms,omitempty"`
}

// interval is what purchases did since the last look.
type interval struct {
	latency *hdrhistogram.Histogram
	results [results]int64
}

// intervalFigures are two, which is enough for a plot: with three the shards' histograms took 12 ms a second to add up, and
// whoever was served at that time by a gateway in the same process waited for them.
const intervalFigures = 2

func newInterval() interval {
	return interval{latency: hdrhistogram.New(latencyMin, latencyMax, intervalFigures)}
}

func (i *interval) add(r result, waited time.Duration) {
	i.results[r]++
	record(i.latency, waited)
}

// moveTo adds an interval to another and empties it.
func (i *interval) moveTo(sum *interval) {
	sum.latency.Merge(i.latency)
	for r, n := range i.results {
		sum.results[r] += n
	}
	i.latency.Reset()
	i.results = [results]int64{}
}

// watch keeps the series of seconds until ctx is done, and shows each to who wants to see it.
func (t *tally) watch(ctx context.Context, start time.Time, show func(Snapshot)) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s := t.second(now, start)
			if show != nil {
				show(s)
			}
		}
	}
}

// second ends an interval, notes it in the series, and returns it with what came before.
func (t *tally) second(now, start time.Time) Snapshot {
	since := now.Sub(t.last).Seconds()
	t.last = now
	sum, all := newInterval(), newCounted()
	for _, shard := range t.shards {
		shard.addInterval(&sum, &all)
	}
	bare50, bare99 := t.bare.interval()
	point := newSecond(now.Sub(start), since, &sum)
	point.BareP50, point.BareP99 = millis(bare50), millis(bare99)
	t.series = append(t.series, point)
	return Snapshot{
		Elapsed: now.Sub(start), Total: t.until.Sub(start), WarmedUp: !now.Before(t.from),
		Rate: point.Good + point.Late, Goodput: point.Good,
		P50: quantile(sum.latency, 50), P99: quantile(sum.latency, 99), BareP99: bare99,
		Approved: all.codes[classPurchase][[2]byte{'0', '0'}], Outcomes: all.outcomes(),
	}
}

func newSecond(at time.Duration, seconds float64, i *interval) Second {
	per := func(r result) float64 { return perSecond(i.results[r], seconds) }
	return Second{
		At: at.Seconds(), Ended: perSecond(i.latency.TotalCount(), seconds),
		Good: per(resultGood), Late: per(resultLate), Declined: per(resultDeclined), Shed: per(resultShed),
		Unanswered: per(resultUnanswered),
		P50:        millis(quantile(i.latency, 50)), P99: millis(quantile(i.latency, 99)),
	}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// addInterval takes a shard's interval away and adds it to a sum, with what outcomes are made of. Merging a histogram
// takes as long as hundreds of messages, so it is done without the lock.
func (r *recorder) addInterval(sum *interval, all *counted) {
	r.mu.Lock()
	r.interval, r.spare = r.spare, r.interval
	all.add(&r.counted)
	r.mu.Unlock()
	r.spare.moveTo(sum)
}

// outcomes are the purchases by what was answered, with those that got no answer.
func (r *counted) outcomes() map[string]int64 {
	m := map[string]int64{}
	for code, n := range r.codes[classPurchase] {
		m[codeName(code)] += n
	}
	for code, n := range r.codes[classReversal] {
		if code == [2]byte{'0', '0'} {
			m["reversed"] = n
		}
	}
	for code, n := range r.codes[classVoid] {
		m["void_"+codeName(code)] += n
	}
	if closed := r.counts[countBatches]; closed > 0 {
		m["batches_closed"] = closed
	}
	if silent := r.counts[countTimeouts] + r.counts[countBroken]; silent > 0 {
		m["no_answer"] = silent
	}
	return m
}
