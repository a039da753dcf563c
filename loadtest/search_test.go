package loadtest

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestSearchFindsCapacity: a system that holds exactly what is up to its capacity is measured to the resolution, and
// never above it.
func TestSearchFindsCapacity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := DefaultSearch()
		s.Start = rapid.Float64Range(1, 50_000).Draw(t, "start")
		s.Resolution = rapid.Float64Range(0.01, 0.2).Draw(t, "resolution")
		capacity := math.Pow(10, rapid.Float64Range(0.5, 5.9).Draw(t, "decades"))
		row := 0
		found, err := s.Find(context.Background(), func(_ context.Context, rate float64) (bool, error) {
			held := rate <= capacity
			if row++; !held {
				row = 0
			}
			return held, nil
		})
		if err != nil || found.Unsure || found.Ceiling {
			t.Fatalf("%+v, %v", found, err)
		}
		if found.Rate > capacity || found.Rate < capacity/(1+s.Resolution)-1e-9 {
			t.Fatalf("found %g of %g with resolution %g", found.Rate, capacity, s.Resolution)
		}
		if row < s.Confirm {
			t.Fatalf("the last %d plays were held, want %d", row, s.Confirm)
		}
	})
}

// TestSearchWithNoise: on a system whose capacity is another at each play and which fails now and then for no reason, the
// result was still held in a row, and lies within what noise and steps can do to it.
func TestSearchWithNoise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		capacity := math.Pow(10, rapid.Float64Range(1.5, 4.5).Draw(t, "decades"))
		const jitter, hiccups = 0.1, 0.05
		var plays []float64
		var last []bool
		found, err := DefaultSearch().Find(context.Background(), func(_ context.Context, rate float64) (bool, error) {
			held := rate <= capacity*(1+jitter*(2*random.Float64()-1)) && random.Float64() >= hiccups
			plays, last = append(plays, rate), append(last, held)
			return held, nil
		})
		if err != nil || found.Plays != len(plays) || found.Plays > DefaultSearch().PlaysMax {
			t.Fatalf("%+v after %d plays, %v", found, len(plays), err)
		}
		if found.Rate > capacity*(1+jitter) {
			t.Fatalf("found %g above %g", found.Rate, capacity*(1+jitter))
		}
		if found.Unsure || found.Rate == 0 {
			return
		}
		for i := len(plays) - 3; i < len(plays); i++ {
			if plays[i] != found.Rate || !last[i] {
				t.Fatalf("play %d at %g was held: %v; the result is %g", i, plays[i], last[i], found.Rate)
			}
		}
	})
}

// TestSearchMostlyRight: hiccups do not make the result useless. Nine in ten searches with one play in twenty failing for
// no reason find at least seven tenths of the capacity.
func TestSearchMostlyRight(t *testing.T) {
	const capacity, searches = 7000.0, 200
	good := 0
	for seed := range searches {
		random := rand.New(rand.NewPCG(uint64(seed), 2))
		found, err := DefaultSearch().Find(t.Context(), func(_ context.Context, rate float64) (bool, error) {
			return rate <= capacity && random.Float64() >= 0.05, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if found.Rate >= 0.7*capacity {
			good++
		}
	}
	if good < searches*9/10 {
		t.Errorf("%d of %d searches came near", good, searches)
	}
}

// TestSearchAtItsEnds: nothing held, everything held, trouble, and what cannot be searched.
func TestSearchAtItsEnds(t *testing.T) {
	always := func(held bool) func(context.Context, float64) (bool, error) {
		return func(context.Context, float64) (bool, error) { return held, nil }
	}
	if found, err := DefaultSearch().Find(t.Context(), always(false)); err != nil || found.Rate != 0 || found.Unsure {
		t.Errorf("nothing held: %+v, %v", found, err)
	}
	if found, err := DefaultSearch().Find(t.Context(), always(true)); err != nil || found.Rate != rateMax || !found.Ceiling {
		t.Errorf("everything held: %+v, %v", found, err)
	}
	trouble := errors.New("no gateway")
	found, err := DefaultSearch().Find(t.Context(), func(context.Context, float64) (bool, error) { return true, trouble })
	if !errors.Is(err, trouble) || found.Plays != 1 {
		t.Errorf("trouble: %+v, %v", found, err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if found, err := DefaultSearch().Find(over, always(true)); !errors.Is(err, context.Canceled) || found.Plays != 0 {
		t.Errorf("broken off: %+v, %v", found, err)
	}
	flips := 0
	s := DefaultSearch()
	s.PlaysMax = 10
	found, err = s.Find(t.Context(), func(context.Context, float64) (bool, error) { flips++; return flips%3 == 1, nil })
	if err != nil || found.Plays != 10 || !found.Unsure {
		t.Errorf("never the same: %+v, %v", found, err)
	}
	for _, bad := range []Search{
		{},
		{Start: 5, Min: 10, Max: 20, Resolution: 0.1, Confirm: 1, PlaysMax: 1},
		{Start: math.NaN(), Min: 1, Max: 2, Resolution: 0.1, Confirm: 1, PlaysMax: 1},
	} {
		if _, err := bad.Find(t.Context(), always(true)); err == nil {
			t.Errorf("%+v was searched", bad)
		}
	}
}
