package faults

import (
	"math/rand/v2"
	"time"
)

// dice decide what happens to the frames of one side of one connection. Both sides have dice of their own, so that what
// they throw does not depend on which of two goroutines is faster.
type dice struct{ random *rand.Rand }

func newDice(seed, connection uint64, side Side) dice {
	return dice{rand.New(rand.NewPCG(seed, 2*connection+uint64(side)))}
}

// roll is what happens to a frame of so many bytes; its Kind is empty where the frame passes as it is.
func (d dice) roll(p *Plan, side Side, bytes int) Step {
	u := d.random.Float64()
	for _, k := range Kinds {
		if !k.hits(side) {
			continue
		}
		f := p.Faults[k]
		if u -= f.Share; u < 0 {
			return d.step(k, f, bytes)
		}
	}
	return Step{}
}

func (d dice) step(k Kind, f Fault, bytes int) Step {
	s := Step{Kind: k, For: f.For}
	switch k {
	case Cut:
		s.Bytes = d.random.IntN(bytes + 1)
	case Split:
		s.Bytes = 1 + d.random.IntN(f.Most)
	case Stall:
		s.For = time.Duration(1 + d.random.Int64N(int64(f.For)))
	case Duplicate:
		s.Away = d.random.IntN(f.Most + 1)
	}
	return s
}

// refuses decides about a new connection. It has a number of its own, since no connection has it.
func (d dice) refuses(p *Plan) (time.Duration, bool) {
	f := p.Faults[Refuse]
	return f.For, d.random.Float64() < f.Share
}
