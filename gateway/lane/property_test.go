package lane

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// arrival is a request of the property test: it comes after a wait, lives for a while, and has a patience or is Patient.
type arrival struct {
	wait, lives, patience time.Duration
}

// story is one run of the property test, drawn before the bubble of fake time begins.
type story struct {
	script   []step
	arrivals []arrival
	culprit  int
	families int
	batchMax int
	settles  int // failures of Settle
	back     int
	patience time.Duration // of Close
}

var stories = rapid.Custom(func(t *rapid.T) story {
	millis := func(most int) *rapid.Generator[time.Duration] {
		return rapid.Map(rapid.IntRange(0, most), func(n int) time.Duration { return time.Duration(n) * time.Millisecond })
	}
	return story{
		script: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
			fate := rapid.SampledFrom([]Fate{Committed, Committed, NotPosted, Busy, Rejected, Unknown, Unknown}).Draw(t, "fate")
			return step{takes: millis(6000).Draw(t, "takes"), fate: fate}
		}), 0, 30).Draw(t, "script"),
		arrivals: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) arrival {
			return arrival{
				wait:     millis(rapid.SampledFrom([]int{0, 0, 300, 3000}).Draw(t, "pace")).Draw(t, "wait"),
				lives:    millis(9000).Draw(t, "lives"),
				patience: millis(rapid.SampledFrom([]int{0, 20, 9000}).Draw(t, "temper")).Draw(t, "patience"),
			}
		}), 1, 40).Draw(t, "arrivals"),
		culprit: rapid.IntRange(-1, 40).Draw(t, "culprit"), families: rapid.IntRange(1, 8).Draw(t, "families"),
		batchMax: rapid.IntRange(1, 9).Draw(t, "batchMax"), settles: rapid.IntRange(0, 5).Draw(t, "settles"),
		back: rapid.IntRange(0, 6).Draw(t, "back"), patience: millis(30000).Draw(t, "patience"),
	}
})

const storyDepth = 12

// checkRefusal holds a refusal against the promises of doc.go: the patient are refused for want of a place only, others
// never while less than a batch waits.
func (s story) checkRefusal(l *Lane[int, int], a arrival, err error) (broken []string) {
	most, n := storyDepth, l.Depth()
	if a.patience != Patient {
		most -= storyDepth / reserve
	}
	switch {
	case errors.Is(err, ErrFull) && n < most:
		broken = append(broken, fmt.Sprintf("one of patience %v was refused for want of a place with %d in the queue", a.patience, n))
	case errors.Is(err, ErrSlow) && (a.patience == Patient || n < s.batchMax):
		broken = append(broken, fmt.Sprintf("one of patience %v was refused for the pace with %d in the queue", a.patience, n))
	case errors.Is(err, ErrAway) && l.State() == Ready:
		broken = append(broken, "one was refused by a lane that is ready")
	}
	return broken
}

// play runs a story and returns what it broke.
func play(t *testing.T, s story) (broken []string) {
	synctest.Test(t, func(t *testing.T) {
		d := newDatabase(s.script...)
		d.culprit, d.back = s.culprit, s.back
		d.family = func(q int) int { return q % s.families }
		d.settles = slices.Repeat([]error{fateError(Unknown)}, s.settles)
		l := d.lane(storyDepth, s.batchMax)
		var accepted []int
		for q, a := range s.arrivals {
			time.Sleep(a.wait)
			synctest.Wait() // so that the queue is the same when the refusal is looked at
			t := Terms{Deadline: time.Now().Add(a.lives), Patience: a.patience, Behind: d.family(q)%2 == 1}
			if err := l.Submit(q, t); err == nil {
				accepted = append(accepted, q)
			} else {
				broken = append(broken, s.checkRefusal(l, a, err)...)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), s.patience)
		defer cancel()
		_ = l.Close(ctx)
		broken = append(broken, d.check(accepted)...)
	})
	return broken
}

// check holds the promises of doc.go against what happened. Ending twice panics in done already.
func (d *database) check(accepted []int) (broken []string) {
	fail := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	if len(d.ends) != len(accepted) {
		fail("%d requests accepted, %d ended", len(accepted), len(d.ends))
	}
	unknown := map[int]bool{}
	for i, fate := range d.fates {
		for _, q := range d.attempts[i] {
			unknown[q] = unknown[q] || fate == Unknown
		}
	}
	for q, how := range d.ends {
		committed := slices.Contains(d.commits, q)
		switch {
		case how == Answered && !committed:
			fail("request %d was answered without a commit", q)
		case (how == Refused || how == Poisoned) && (unknown[q] || committed):
			fail("request %d was %v although it may be, or is, in the books", q, how)
		}
	}
	return append(broken, d.checkOrder()...)
}

func (d *database) checkOrder() (broken []string) {
	last := map[int]int{}
	for _, q := range d.order {
		f := d.family(q)
		if before, ok := last[f]; ok && before > q {
			broken = append(broken, fmt.Sprintf("request %d of family %d was answered after %d", q, f, before))
		}
		last[f] = q
	}
	return broken
}

func TestAnySequenceOfFates(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := stories.Draw(r, "story")
		if broken := play(t, s); len(broken) > 0 {
			r.Fatalf("%q", broken)
		}
	})
}
