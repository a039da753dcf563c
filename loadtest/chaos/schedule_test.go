package chaos

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// named are nemeses that a schedule can be drawn of.
func named(n int, longest time.Duration) (all []Nemesis) {
	for i := range n {
		all = append(all, Nemesis{Name: fmt.Sprint("nemesis ", i), Hold: Span{Max: longest * time.Duration(i) / time.Duration(n)}})
	}
	return all
}

// TestDrawIsTheSeeds: the same seed draws the same schedule, another seed another one; events come in order, none
// outlasts the phase, none begins while the same nemesis is held, and the deck is dealt evenly.
func TestDrawIsTheSeeds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		nemeses := named(rapid.IntRange(1, 30).Draw(t, "nemeses"), 5*time.Second)
		during := time.Duration(rapid.IntRange(1, 120).Draw(t, "seconds")) * time.Second
		gap := time.Duration(rapid.IntRange(1, 3000).Draw(t, "gap ms")) * time.Millisecond
		events := Draw(seed, nemeses, during, gap)
		if again := Draw(seed, nemeses, during, gap); !reflect.DeepEqual(events, again) {
			t.Fatalf("drawn twice: %v and %v", events, again)
		}
		var last time.Duration
		free, dealt := make([]time.Duration, len(nemeses)), make([]int, len(nemeses))
		for i, e := range events {
			if e.At < last || e.At < free[e.Nemesis] || e.At >= during || e.At+e.Hold > during || e.Hold < 0 {
				t.Fatalf("event %d of %v: %+v", i, during, e)
			}
			last, free[e.Nemesis] = e.At, e.At+e.Hold
			dealt[e.Nemesis]++
			if round := i / len(nemeses); dealt[e.Nemesis] > round+1 {
				t.Fatalf("event %d is of nemesis %d for the %d. time, in round %d", i, e.Nemesis, dealt[e.Nemesis], round)
			}
		}
	})
}

// TestSeedsDiffer: a campaign over many seeds is not the same one many times.
func TestSeedsDiffer(t *testing.T) {
	seen := map[string]uint64{}
	for seed := range uint64(50) {
		events := fmt.Sprint(Draw(seed, named(20, time.Second), time.Minute, time.Second))
		if before, ok := seen[events]; ok {
			t.Errorf("seeds %d and %d draw the same", before, seed)
		}
		seen[events] = seed
	}
}

// TestShortPhaseHasEvents: a phase of a few gaps is not left alone.
func TestShortPhaseHasEvents(t *testing.T) {
	for seed := range uint64(100) {
		if events := Draw(seed, named(3, time.Second), 4*time.Second, time.Second); len(events) < 1 {
			t.Errorf("seed %d draws nothing", seed)
		}
	}
}
