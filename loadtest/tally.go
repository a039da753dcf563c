package loadtest

import (
	"context"
	"runtime"
	"time"
)

// tally is the whole of what terminals see. They write into shards, so that two cores do not wait for one lock; who
// reads it merges them.
type tally struct {
	window
	shards []*recorder
	bare   *prober // nil where no bare commit is timed
	last   time.Time
	series []Second
}

// shardsPerCore: with a few shards a core two terminals seldom meet at a lock. One has histograms of about 2 MB.
const shardsPerCore = 4

func newTally(c Config, terminals int) *tally {
	t := &tally{window: window{patience: c.AnswerTimeout}}
	for range max(1, min(terminals, shardsPerCore*runtime.GOMAXPROCS(0))) {
		r := newRecorder()
		r.window = &t.window
		t.shards = append(t.shards, r)
	}
	if c.Probe != nil {
		t.bare = newProber(c, &t.window)
	}
	return t
}

// begin fixes the measured time. What was recorded before is outside of it.
func (t *tally) begin(start time.Time, c Config) {
	t.from = start.Add(c.Warmup)
	t.until = t.from.Add(c.Duration)
	t.grace = c.Duration / graceShare
	t.last = start
}

// graceShare: of the measured time, the last twentieth.
const graceShare = 20

// of is the shard of a terminal.
func (t *tally) of(terminal int) *recorder { return t.shards[terminal%len(t.shards)] }

// unserved counts a family that nobody served.
func (t *tally) unserved(intended time.Time) { t.shards[0].unserved(intended) }

// merge adds up all shards.
func (t *tally) merge() *recorder {
	sum := newRecorder()
	sum.window = &t.window
	for _, shard := range t.shards {
		shard.addTo(sum)
	}
	return sum
}

// addTo adds a shard to a sum that nobody else knows.
func (r *recorder) addTo(sum *recorder) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.latency {
		sum.latency[c].Merge(r.latency[c])
	}
	sum.lag.Merge(r.lag)
	sum.add(&r.counted)
	for i, n := range r.results {
		sum.results[i] += n
	}
	sum.messages += r.messages
	sum.sent += r.sent
	sum.inTime += r.inTime
	sum.justCame += r.justCame
}

// edges tells when the measured time begins and when it ends, so that others can take their figures of the same time.
// A run that is broken off before tells nothing more.
func (t *tally) edges(open context.Context, tell func(begun bool)) {
	if tell == nil {
		return
	}
	if pause(open, time.Until(t.from)); open.Err() != nil {
		return
	}
	tell(true)
	<-open.Done()
	tell(false)
}
