package loadtest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var tallyStart = time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)

// testTally measures from the first to the eleventh second, with two seconds of patience.
func testTally(terminals int) *tally {
	c := Config{AnswerTimeout: 2 * time.Second, Warmup: time.Second, Duration: 10 * time.Second}
	t := newTally(c, terminals)
	t.begin(tallyStart, c)
	return t
}

func randomObservation(random *rand.Rand) observation {
	codes := [][2]byte{{'0', '0'}, {'0', '0'}, {'5', '1'}, {'9', '1'}, {}}
	after := func(from time.Time, most time.Duration) time.Time {
		return from.Add(time.Duration(random.Int64N(int64(most))))
	}
	o := observation{class: class(random.IntN(int(classes))), code: codes[random.IntN(len(codes))]}
	o.intended = after(tallyStart, 12*time.Second)
	o.free = after(o.intended, time.Second)
	o.sent = after(o.free, time.Second)
	o.ended = after(o.sent, 3*time.Second)
	return o
}

// TestShardsAddUp: who writes into which shard does not matter, neither for the report nor for the seconds.
func TestShardsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		one, many := testTally(1), testTally(3)
		if len(one.shards) != 1 || len(many.shards) < 2 {
			t.Fatalf("%d and %d shards", len(one.shards), len(many.shards))
		}
		for i := range 200 {
			o := randomObservation(random)
			one.of(i).observe(o)
			many.of(i).observe(o)
			if i == 100 {
				now := tallyStart.Add(5 * time.Second)
				if d := cmp.Diff(one.second(now, tallyStart), many.second(now, tallyStart)); d != "" {
					t.Fatal(d)
				}
			}
		}
		end := tallyStart.Add(11 * time.Second)
		one.second(end, tallyStart)
		many.second(end, tallyStart)
		if d := cmp.Diff(one.series, many.series); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(summary(one.merge()), summary(many.merge())); d != "" {
			t.Fatal(d)
		}
	})
}

// summary is all that a report takes from a recorder, as text.
func summary(r *recorder) []string {
	lines := []string{fmt.Sprint(r.messages, r.sent, r.inTime, r.results, r.counts, r.codes), fmt.Sprint(quantiles(r.lag))}
	for c := range r.latency {
		lines = append(lines, fmt.Sprint(classNames[c], quantiles(r.latency[c])))
	}
	return lines
}

// TestSecondsAreWhole: every purchase is in exactly one second, whoever observes while somebody looks.
func TestSecondsAreWhole(t *testing.T) {
	tally := testTally(8)
	const terminals, purchases = 8, 2000
	var at work
	for i := range terminals {
		at.Go(func() {
			for range purchases {
				tally.of(i).observe(observation{class: classPurchase, intended: tallyStart, ended: tallyStart.Add(time.Millisecond), code: [2]byte{'0', '0'}})
			}
		})
	}
	seen, now := 0.0, tallyStart
	for look := func() {
		now = now.Add(time.Second)
		tally.second(now, tallyStart)
		seen += tally.series[len(tally.series)-1].Ended
	}; ; {
		if at.over() {
			look()
			break
		}
		look()
	}
	if seen != terminals*purchases {
		t.Errorf("%g purchases in the seconds, want %d", seen, terminals*purchases)
	}
}

// work is goroutines of which one can ask whether they are done.
type work struct {
	sync.WaitGroup
	once sync.Once
	done chan struct{}
}

func (w *work) over() bool {
	w.once.Do(func() {
		w.done = make(chan struct{})
		go func() { w.Wait(); close(w.done) }()
	})
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}

// TestResultOf: what the family at the counter saw.
func TestResultOf(t *testing.T) {
	for _, tt := range []struct {
		code   string
		waited time.Duration
		want   result
	}{
		{"00", 2 * time.Second, resultGood},
		{"00", 2*time.Second + 1, resultLate},
		{"51", 0, resultDeclined},
		{"94", 0, resultDeclined},
		{"91", 0, resultShed},
		{"\x00\x00", time.Minute, resultUnanswered},
	} {
		if got := resultOf([2]byte([]byte(tt.code)), tt.waited, 2*time.Second); got != tt.want {
			t.Errorf("%q after %v: %s, want %s", tt.code, tt.waited, resultNames[got], resultNames[tt.want])
		}
	}
}

// TestGoodputCounts: goodput leaves out what came late or was declined, and the share is of who came in the measured time.
func TestGoodputCounts(t *testing.T) {
	tally := testTally(1)
	at := tallyStart.Add(2 * time.Second)
	for _, o := range []observation{
		{intended: at, ended: at.Add(time.Millisecond), code: [2]byte{'0', '0'}},
		{intended: at, ended: at.Add(3 * time.Second), code: [2]byte{'0', '0'}},
		{intended: at, ended: at.Add(time.Millisecond), code: [2]byte{'9', '1'}},
		{intended: at, ended: at.Add(time.Millisecond), code: [2]byte{'5', '1'}},
		{intended: at, ended: at.Add(2 * time.Second)},
		{intended: tallyStart, ended: at, code: [2]byte{'0', '0'}}, // came during the warm-up
	} {
		o.class, o.sent = classPurchase, o.intended
		tally.of(0).observe(o)
	}
	tally.of(0).unserved(tally.until.Add(-500 * time.Millisecond)) // had just come
	tally.of(0).unserved(tally.until.Add(-501 * time.Millisecond))
	sum := tally.merge()
	if got, want := newResults(sum.results), (Results{Good: 2, Late: 1, Declined: 1, Shed: 1, Unanswered: 1}); got != want {
		t.Errorf("results %+v, want %+v", got, want)
	}
	if sum.inTime != 1 || sum.justCame != 1 || sum.sent != 5 || sum.latency[classPurchase].TotalCount() != 7 {
		t.Errorf("%d in time, %d just came, %d sent, %d latencies", sum.inTime, sum.justCame, sum.sent, sum.latency[classPurchase].TotalCount())
	}
}

// BenchmarkObserve is what recording costs a message, when all cores record at once.
func BenchmarkObserve(b *testing.B) {
	tally := testTally(253)
	o := observation{class: classPurchase, intended: tallyStart.Add(2 * time.Second), code: [2]byte{'0', '0'}}
	o.free, o.sent, o.ended = o.intended, o.intended, o.intended.Add(3*time.Millisecond)
	var terminals int
	var mu sync.Mutex
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		mu.Lock()
		r := tally.of(terminals)
		terminals++
		mu.Unlock()
		for pb.Next() {
			r.observe(o)
		}
	})
}
