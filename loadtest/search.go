package loadtest

import (
	"context"
	"fmt"
	"math"
)

// Search looks for the highest rate that a system holds, with few plays, on a machine that has hiccups: it doubles from
// Start until a rate is not held, bisects (in ratios) until the rates held and not held are within Resolution, and
// then plays the best one until it was held Confirm times in a row. A rate that was not held is played once more
// before that is believed; a rate that does not confirm gives way to one lower by Resolution.
//
//	rate ×2 ──held──► ×2 … ──not held, twice──► bisect ──► hold 3 in a row ──► best
//	  └──not held, twice──► ÷2 …                                └─ no ─► one step lower
type Search struct {
	Start      float64 // per second
	Min, Max   float64 // the search ends there
	Resolution float64 // 0.05 for 5 %
	Confirm    int     // how often in a row the result must be held
	PlaysMax   int     // a limit for systems that never do the same twice
}

// DefaultSearch starts low and ends within a twentieth.
func DefaultSearch() Search {
	return Search{Start: 500, Min: 1, Max: rateMax, Resolution: 0.05, Confirm: 3, PlaysMax: 60}
}

// Found is the result of a search.
type Found struct {
	Rate  float64 `json:"rate_per_s"` // 0 where no rate was held
	Plays int     `json:"plays"`
	// Ceiling tells that the result is Search.Max, and not what the system can do.
	Ceiling bool `json:"ceiling,omitempty"`
	// Unsure tells that PlaysMax came before the result was confirmed.
	Unsure bool `json:"unsure,omitempty"`
}

// Validate refuses what would never end.
func (s Search) Validate() error {
	if !(s.Min > 0 && s.Min <= s.Start && s.Start <= s.Max) { // as a negation, so that no NaN passes
		return fmt.Errorf("the search must start between its least and its highest rate, all above 0")
	}
	if !(s.Resolution > 0.001 && s.Resolution < 1) || s.Confirm < 1 || s.PlaysMax < 1 {
		return fmt.Errorf("the search needs a resolution between 0.001 and 1, confirmations and plays")
	}
	return nil
}

// Find searches with a func that plays a rate and tells whether it was held. The first error ends it.
func (s Search) Find(ctx context.Context, play func(ctx context.Context, rate float64) (held bool, err error)) (Found, error) {
	if err := s.Validate(); err != nil {
		return Found{}, err
	}
	f := &finding{Search: s, ctx: ctx, play: play}
	low, high := f.bracket()
	low = f.bisect(low, high)
	best := f.confirm(low)
	return Found{Rate: best, Plays: f.plays, Ceiling: best == s.Max, Unsure: f.spent() && best > 0 && !f.sure}, f.err
}

// finding is a search under way.
type finding struct {
	Search
	ctx   context.Context
	play  func(ctx context.Context, rate float64) (bool, error)
	plays int
	sure  bool
	err   error
}

// spent tells that no further play may be made.
func (f *finding) spent() bool { return f.err != nil || f.plays >= f.PlaysMax }

func (f *finding) once(rate float64) bool {
	if f.spent() {
		return false
	}
	if f.err = f.ctx.Err(); f.err != nil {
		return false
	}
	f.plays++
	held, err := f.play(f.ctx, rate)
	f.err = err
	return held && err == nil
}

// holds asks twice before it believes a no.
func (f *finding) holds(rate float64) bool {
	held := f.once(rate)
	return held || f.once(rate)
}

// bracket finds a rate that is held (0 for none) and a higher one that is not (infinite for none).
func (f *finding) bracket() (low, high float64) {
	low, high = 0, math.Inf(1)
	for rate := f.Start; !f.spent() && low < f.Max; rate = min(2*rate, f.Max) {
		if !f.holds(rate) {
			high = rate
			break
		}
		low = rate
	}
	for rate := f.Start; low == 0 && rate > f.Min && !f.spent(); high = rate {
		rate = max(rate/2, f.Min)
		if f.holds(rate) {
			return rate, high
		}
	}
	return low, high
}

// bisect narrows the two down.
func (f *finding) bisect(low, high float64) float64 {
	for low > 0 && high > low*(1+f.Resolution) && !math.IsInf(high, 1) && !f.spent() {
		middle := math.Sqrt(low * high)
		if f.holds(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// confirm plays the best rate until it was held often enough in a row, going down where it was not.
func (f *finding) confirm(rate float64) float64 {
	for row := 0; rate > 0 && row < f.Confirm && !f.spent(); {
		if f.once(rate) {
			row++
			f.sure = row == f.Confirm
			continue
		}
		if f.spent() {
			break
		}
		row = 0
		if rate /= 1 + f.Resolution; rate < f.Min {
			return 0
		}
	}
	return rate
}
