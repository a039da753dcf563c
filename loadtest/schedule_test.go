package loadtest

import (
	"context"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestConstantSchedule: arrival k stands at k times the gap, to the nanosecond, however long the run.
func TestConstantSchedule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(0.5, 50_000).Draw(t, "rate")
		s := newSchedule(rate, false, 1)
		n := rapid.IntRange(1, 20_000).Draw(t, "n")
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

// TestPoissonSchedule: the mean gap is that of the rate, the gaps spread as exponential ones do, the seed decides.
func TestPoissonSchedule(t *testing.T) {
	const rate, n = 1000, 100_000
	s, twin := newSchedule(rate, true, 7), newSchedule(rate, true, 7)
	var last time.Duration
	long := 0
	for i := range n {
		at := s.next()
		if at != twin.next() {
			t.Fatalf("arrival %d differs between two schedules of one seed", i)
		}
		if at < last {
			t.Fatalf("arrival %d comes before its predecessor", i)
		}
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
				newSchedule(1000, false, 1).pace(ctx, start, total, queue, func(time.Time) { lost++ })
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
