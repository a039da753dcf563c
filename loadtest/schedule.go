package loadtest

import (
	"context"
	"math"
	"math/rand/v2"
	"time"
)

// schedule yields the intended times of arrivals as offsets from the start of the run. It is fixed by shape, rate, length
// and seed, before and apart from what the gateway does.
//
// Arrival k stands where the integral of the rate reaches k; where gaps are random it reaches the sum of k exponential
// draws of mean one (a Poisson process in the integral's time is one of that rate in ours).
type schedule struct {
	random *rand.Rand // nil for the deterministic shapes
	legs   []leg
	leg    int
	total  time.Duration
	due    float64 // arrivals until the next one
}

// leg is a stretch over which the rate is a line.
type leg struct {
	from, length float64 // seconds
	rate, slope  float64 // visits per second at its start, and how that grows each second
	before       float64 // arrivals until its start
}

// arrivals are those of the leg's first t seconds.
func (l leg) arrivals(t float64) float64 { return l.rate*t + l.slope*t*t/2 }

// after is the time from the leg's start to its n-th arrival, as the root of a quadratic that keeps its digits.
func (l leg) after(n float64) float64 {
	return 2 * n / (l.rate + math.Sqrt(max(0, l.rate*l.rate+2*l.slope*n)))
}

func newSchedule(a Arrivals, total time.Duration, seed uint64) *schedule {
	s := &schedule{total: total}
	if a.random() {
		s.random = rand.New(rand.NewPCG(seed, 0x706F6973736F6E))
	}
	knots, before := curves[a.Shape], 0.0
	for i, k := range knots[1:] {
		l := leg{
			from: knots[i].at * total.Seconds(), length: (k.at - knots[i].at) * total.Seconds(),
			rate: knots[i].level * a.Rate, before: before,
		}
		l.slope = (k.level*a.Rate - l.rate) / l.length
		before += l.arrivals(l.length)
		s.legs = append(s.legs, l)
	}
	return s
}

// next is the offset of the next arrival, and the run's whole length when there is none before its end.
func (s *schedule) next() time.Duration {
	due := s.due
	s.due++
	if s.random != nil {
		s.due = due + s.random.ExpFloat64()
	}
	for s.leg < len(s.legs)-1 && due >= s.legs[s.leg+1].before {
		s.leg++
	}
	l := s.legs[s.leg]
	if n := due - l.before; n > 0 {
		return min(s.total, time.Duration(math.Round((l.from+l.after(n))*float64(time.Second))))
	}
	return min(s.total, time.Duration(math.Round(l.from*float64(time.Second))))
}

// pace hands every arrival to the queue at its intended time and closes the queue at the end. Where the queue is full
// it falls behind; the intended times stand. It calls unserved for every arrival that was due before the end and that
// the queue did not take any more.
func (s *schedule) pace(ctx context.Context, start time.Time, queue chan<- time.Time, unserved func(time.Time)) {
	defer close(queue)
	offset := s.next()
	for offset < s.total && offer(ctx, queue, start.Add(offset)) {
		offset = s.next()
	}
	for end := min(s.total, time.Since(start)); offset < end; offset = s.next() {
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
