package loadtest

import (
	"context"
	"math"
	"math/rand/v2"
	"time"
)

// schedule yields the intended times of arrivals as offsets from the start of the run. It is fixed by rate, kind and
// seed, before and apart from what the gateway does.
type schedule struct {
	gap     float64 // nanoseconds between arrivals, on average
	poisson *rand.Rand
	count   float64
	last    float64
}

func newSchedule(rate float64, poisson bool, seed uint64) *schedule {
	s := &schedule{gap: float64(time.Second) / rate}
	if poisson {
		s.poisson = rand.New(rand.NewPCG(seed, 0x706F6973736F6E))
	}
	return s
}

// next is the offset of the next arrival. A constant schedule multiplies, so that an hour of it does not drift.
func (s *schedule) next() time.Duration {
	if s.poisson == nil {
		at := s.count * s.gap
		s.count++
		return time.Duration(math.Round(at))
	}
	at := s.last
	s.last += s.poisson.ExpFloat64() * s.gap
	return time.Duration(at)
}

// pace hands every arrival to the queue at its intended time and closes the queue at the end. Where the queue is full
// it falls behind; the intended times stand. It calls unserved for every arrival that was due before the end and that
// the queue did not take any more.
func (s *schedule) pace(ctx context.Context, start time.Time, total time.Duration, queue chan<- time.Time, unserved func(time.Time)) {
	defer close(queue)
	offset := s.next()
	for offset < total && offer(ctx, queue, start.Add(offset)) {
		offset = s.next()
	}
	for end := min(total, time.Since(start)); offset < end; offset = s.next() {
		unserved(start.Add(offset))
	}
}

// offer waits for the intended time and then for room in the queue. It is false when the run is over.
func offer(ctx context.Context, queue chan<- time.Time, intended time.Time) bool {
	for ctx.Err() == nil {
		wait := time.Until(intended)
		if wait <= 0 {
			break
		}
		sleep(min(max(wait, sleepMin), sleepMax))
	}
	select {
	case <-ctx.Done():
		return false
	default:
	}
	select {
	case queue <- intended:
		return true
	case <-ctx.Done():
		return false
	}
}

// One sleep of the pacer. The least keeps it from eating a core at high rates: arrivals that are due within it go out
// together, up to a quarter of a millisecond late, and that lateness is in the latencies. The most lets a cancelled
// run end soon.
const (
	sleepMin = 250 * time.Microsecond
	sleepMax = 100 * time.Millisecond
)
