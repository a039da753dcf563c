package loadtest

import (
	"context"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func drawArrivals(t *rapid.T) (a Arrivals, total time.Duration, seed uint64) {
	a = Arrivals{
		Shape: rapid.SampledFrom(Shapes()).Draw(t, "shape"), Rate: rapid.Float64Range(0.5, 5000).Draw(t, "rate"),
	}
	return a, time.Duration(rapid.IntRange(1, 20_000).Draw(t, "ms")) * time.Millisecond, rapid.Uint64().Draw(t, "seed")
}

// offsets are all arrivals of a schedule.
func offsets(s *schedule) (all []time.Duration) {
	for at := s.next(); at < s.total; at = s.next() {
		all = append(all, at)
	}
	return all
}

// integral is the number of arrivals that the curve promises in the first share of the run: the trapezoids, added up
// point by point, apart from what the schedule computes.
func integral(a Arrivals, total time.Duration, share float64) (sum float64) {
	knots := curves[a.Shape]
	for i, k := range knots[1:] {
		from := knots[i]
		if share <= from.at {
			break
		}
		to := min(share, k.at)
		level := from.level + (k.level-from.level)*(to-from.at)/(k.at-from.at)
		sum += (from.level + level) / 2 * (to - from.at)
	}
	return sum * a.Rate * total.Seconds()
}

// TestScheduleFollowsTheRate: until every moment as many families have come as the integral of the rate says, to within
// one where gaps are fixed and to within six standard deviations where they are random; none comes before its
// predecessor; and the seed alone decides.
func TestScheduleFollowsTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, total, seed := drawArrivals(t)
		all, twin := offsets(newSchedule(a, total, seed)), newSchedule(a, total, seed)
		for i, at := range all {
			if at != twin.next() || at < 0 || i > 0 && at < all[i-1] {
				t.Fatalf("arrival %d at %v, its predecessor at %v", i, at, all[max(0, i-1)])
			}
		}
		for tenth := 1; tenth <= 10; tenth++ {
			share := float64(tenth) / 10
			want, got := integral(a, total, share), before(all, time.Duration(share*float64(total)))
			room := 1.001
			if a.random() {
				room = 2 + 6*math.Sqrt(want)
			}
			if math.Abs(float64(got)-want) > room {
				t.Fatalf("%d arrivals in %d tenths of the run, want %.1f", got, tenth, want)
			}
		}
	})
}

func before(all []time.Duration, end time.Duration) (n int) {
	for n < len(all) && all[n] < end {
		n++
	}
	return n
}

// TestConstantSchedule: arrival k stands at k times the gap, to the nanosecond, however long the run.
func TestConstantSchedule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(0.5, 50_000).Draw(t, "rate")
		n := rapid.IntRange(1, 20_000).Draw(t, "n")
		s := newSchedule(Arrivals{ShapeConstant, rate}, 24*time.Hour, 1)
		var at time.Duration
		for range n {
			at = s.next()
		}
		want := float64(n-1) / rate * float64(time.Second)
		if math.Abs(float64(at)-want) > 1 {
			t.Fatalf("arrival %d at %v, want %v", n, at, time.Duration(want))
		}
	})
}

// TestPoissonSchedule: the mean gap is that of the rate, and the gaps spread as exponential ones do.
func TestPoissonSchedule(t *testing.T) {
	const rate, n = 1000, 100_000
	s := newSchedule(Arrivals{ShapePoisson, rate}, time.Hour, 7)
	var last time.Duration
	long := 0
	for range n {
		at := s.next()
		if at-last > 2*time.Millisecond {
			long++
		}
		last = at
	}
	if mean := last.Seconds() * rate / n; math.Abs(mean-1) > 0.02 {
		t.Errorf("mean gap is %.3f of what the rate says", mean)
	}
	if share := float64(long) / n; math.Abs(share-math.Exp(-2)) > 0.01 {
		t.Errorf("%.3f of the gaps are longer than twice the mean, want %.3f", share, math.Exp(-2))
	}
}

// TestThe25th: the mean is a third of the peak (DOMAIN A.12), and most of the day's families have come after a quarter of it.
func TestThe25th(t *testing.T) {
	a := Arrivals{ShapeThe25th, 3000}
	if mean := integral(a, time.Second, 1); math.Abs(mean-1000) > 10 {
		t.Errorf("the mean is %.0f of a peak of 3000", mean)
	}
	all := offsets(newSchedule(a, 8*time.Second, 1))
	if early := before(all, 2*time.Second); early < len(all)/2 || early > len(all)*2/3 {
		t.Errorf("%d of %d families came in the first quarter", early, len(all))
	}
}

// TestPaceUnserved: everything that was due and that nobody took is counted, nothing else.
func TestPaceUnserved(t *testing.T) {
	for _, tt := range []struct {
		name          string
		room          int
		due, unserved time.Duration // in arrivals of one millisecond
	}{
		{"all taken", 100, 50, 0},
		{"queue of ten", 10, 50, 40},
		{"over since long ago", 10, 1000, 90},
	} {
		t.Run(tt.name, func(t *testing.T) {
			queue := make(chan time.Time, tt.room)
			ctx, cancel := context.WithCancel(t.Context())
			total := min(tt.due, 100) * time.Millisecond
			start := time.Now().Add(-tt.due * time.Millisecond)
			lost, paced := time.Duration(0), make(chan struct{})
			go func() {
				defer close(paced)
				newSchedule(Arrivals{ShapeConstant, 1000}, total, 1).pace(ctx, start, queue, func(time.Time) { lost++ })
			}()
			waitFull(queue, paced)
			cancel()
			<-paced
			if lost != tt.unserved {
				t.Errorf("%d unserved, want %d", lost, tt.unserved)
			}
		})
	}
}

// waitFull returns when the pacer has ended or can only be waiting for room.
func waitFull(queue chan time.Time, paced <-chan struct{}) {
	for len(queue) < cap(queue) {
		select {
		case <-paced:
			return
		default:
		}
	}
}
