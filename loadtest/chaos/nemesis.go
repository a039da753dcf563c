package chaos

import (
	"context"
	"math/rand/v2"
	"time"
)

// Nemesis is one way to hurt an estate, and how that is undone.
type Nemesis struct {
	Name string
	Hold Span // how long it lasts
	// Inject hurts. Its random source is the schedule's: what it draws comes again with the seed.
	Inject func(ctx context.Context, random *rand.Rand) error
	// Heal undoes it, however far Inject came, and may be called again; nil where nothing lasts.
	Heal func(ctx context.Context) error
}

// Span is a time that is drawn between two.
type Span struct{ Min, Max time.Duration }

func (s Span) draw(random *rand.Rand) time.Duration {
	if s.Max <= s.Min {
		return s.Min
	}
	return s.Min + time.Duration(random.Int64N(int64(s.Max-s.Min)))
}

// heal is Heal for a nemesis that may have none.
func (n *Nemesis) heal(ctx context.Context) error {
	if n.Heal == nil {
		return nil
	}
	return n.Heal(ctx)
}
