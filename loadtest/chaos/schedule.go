package chaos

import (
	"math/rand/v2"
	"time"
)

// Event is one injection as it was drawn.
type Event struct {
	At      time.Duration // since the start of the safety phase
	Nemesis int           // index among those given to Draw
	Hold    time.Duration
	Seed    uint64 // of what Inject draws
}

// scheduleStream keeps the draws of the schedule apart from those of the load, which may have the same seed.
const scheduleStream = 0x6e656d65736973

// Draw makes the schedule of a safety phase: one event after each other with gaps of the given mean.
func Draw(seed uint64, nemeses []Nemesis, during, gap time.Duration) []Event {
	random := rand.New(rand.NewPCG(seed, scheduleStream))
	d := deck{random: random, nemeses: nemeses, busy: make([]time.Duration, len(nemeses))}
	var events []Event
	for at := firstAt(random, gap); at < during && len(nemeses) > 0; at += exponential(random, gap) {
		e := d.next(at)
		if at = e.At; at >= during {
			break
		}
		e.Hold = min(e.Hold, during-at)
		d.busy[e.Nemesis] = at + e.Hold
		events = append(events, e)
	}
	return events
}

// firstAt leaves the terminals a moment to begin.
func firstAt(random *rand.Rand, gap time.Duration) time.Duration {
	return gap/2 + time.Duration(random.Int64N(int64(gap/2)+1))
}

// gapsMax bounds a gap, so that no campaign is without faults for long.
const gapsMax = 3

func exponential(random *rand.Rand, mean time.Duration) time.Duration {
	return time.Duration(min(random.ExpFloat64(), gapsMax) * float64(mean))
}

// deck deals nemeses in a random order, each once before any comes again.
type deck struct {
	random  *rand.Rand
	nemeses []Nemesis
	cards   []int
	busy    []time.Duration // until when each is held
}

// next is the event at this time, or later where every nemesis left in the deck is still held.
func (d *deck) next(at time.Duration) Event {
	if len(d.cards) == 0 {
		d.cards = d.random.Perm(len(d.nemeses))
	}
	pick := 0
	for i, n := range d.cards {
		if d.busy[n] <= at {
			pick = i
			break
		}
		if d.busy[n] < d.busy[d.cards[pick]] {
			pick = i
		}
	}
	n := d.cards[pick]
	d.cards = append(d.cards[:pick], d.cards[pick+1:]...)
	return Event{At: max(at, d.busy[n]), Nemesis: n, Hold: d.nemeses[n].Hold.draw(d.random), Seed: d.random.Uint64()}
}
