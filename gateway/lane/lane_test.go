package lane

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestLoneRequestIsNotHeldBack(t *testing.T) {
	scene(t, 10, 10, nil, func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 1, 1)
		synctest.Wait()
		d.wantEnds(t, Answered, 1, 1)
		if d.endAt[1] != 0 {
			t.Errorf("an idle lane took %v", d.endAt[1])
		}
	})
}

func TestBatchGathersWhileOneIsInFlight(t *testing.T) {
	scene(t, 100, 4, []step{{takes: time.Second}}, func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 1, 1)
		synctest.Wait()
		submit(t, l, 2, 7)
		later(2 * time.Second)
		want := [][]int{{1}, {2, 3, 4, 5}, {6, 7}}
		if !slices.EqualFunc(d.attempts, want, slices.Equal) {
			t.Errorf("attempts %v, want %v", d.attempts, want)
		}
		d.wantEnds(t, Answered, 1, 7)
	})
}

func TestFullQueue(t *testing.T) {
	scene(t, 3, 2, []step{{takes: time.Second}}, func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 1, 1)
		synctest.Wait()
		submit(t, l, 2, 4)
		if err := l.Submit(5, Terms{Deadline: time.Now().Add(time.Minute)}); !errors.Is(err, ErrFull) {
			t.Errorf("the request beyond the depth: %v", err)
		}
		later(2 * time.Second)
		d.wantEnds(t, Answered, 1, 4)
	})
}

func TestAgainStandsFirstAndInOrder(t *testing.T) {
	scene(t, 100, 10, []step{{takes: time.Second}}, func(t *testing.T, d *database, l *Lane[int, int]) {
		d.family = func(q int) int { return q % 2 } // 2 4 6 8 are one family, 1 3 5 7 another
		submit(t, l, 1, 1)
		synctest.Wait()
		submit(t, l, 2, 6)
		later(2 * time.Second)
		if want := []int{1, 2, 3, 4, 5, 6}; !slices.Equal(d.order, want) {
			t.Errorf("answered in the order %v, want %v", d.order, want)
		}
	})
}

func TestAgainForTheFirstDoesNotSpin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDatabase()
		again := func(context.Context, []int) ([]Answer[int], error) { return []Answer[int]{{Again: true}}, nil }
		l := New(Config[int, int]{
			Post: again, Fate: fateOf, Settle: d.settle, Probe: d.probe, Done: d.done,
			Depth: 1, BatchMax: 1, AttemptTimeout: time.Second,
		})
		submit(t, l, 1, 1)
		synctest.Wait()
		d.wantEnds(t, Poisoned, 1, 1)
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestCulpritStandsAlone(t *testing.T) {
	for culprit := 1; culprit <= 9; culprit++ {
		scene(t, 100, 8, []step{{takes: time.Second}}, func(t *testing.T, d *database, l *Lane[int, int]) {
			d.culprit = culprit
			submit(t, l, 0, 0)
			synctest.Wait()
			submit(t, l, 1, 9)
			later(2 * time.Second)
			want := slices.DeleteFunc([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, func(q int) bool { return q == culprit })
			if !slices.Equal(d.order, want) {
				t.Errorf("culprit %d: answered %v, want %v", culprit, d.order, want)
			}
			d.wantEnds(t, Poisoned, culprit, culprit)
			if len(d.attempts) > 9 {
				t.Errorf("culprit %d: %d attempts for nine requests", culprit, len(d.attempts))
			}
		})
	}
}

func TestBusyIsTriedAgain(t *testing.T) {
	scene(t, 10, 10, []step{{fate: Busy}, {fate: Busy}, {fate: Busy}}, func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 1, 1)
		later(time.Second)
		d.wantEnds(t, Answered, 1, 1)
	})
}

func TestBusyTooOftenIsRefusedAndTheLaneGoesOn(t *testing.T) {
	busy := []step{{fate: Busy}, {fate: Busy}, {fate: Busy}, {fate: Busy}}
	scene(t, 10, 10, busy, func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 1, 1)
		later(time.Second)
		submit(t, l, 2, 2)
		synctest.Wait()
		d.wantEnds(t, Refused, 1, 1)
		d.wantEnds(t, Answered, 2, 2)
	})
}

func TestStaleConnectionCostsNothing(t *testing.T) {
	scene(t, 10, 10, []step{{fate: NotPosted}}, func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 1, 1)
		synctest.Wait()
		d.wantEnds(t, Answered, 1, 1)
		if d.endAt[1] != 0 {
			t.Errorf("the retry waited %v", d.endAt[1])
		}
	})
}

func TestAwayFailsFastAndComesBack(t *testing.T) {
	scene(t, 10, 1, []step{{fate: NotPosted}, {fate: NotPosted}}, func(t *testing.T, d *database, l *Lane[int, int]) {
		d.back = 5
		submit(t, l, 1, 3)
		synctest.Wait()
		d.wantEnds(t, Refused, 1, 3)
		if err := l.Submit(4, Terms{Deadline: time.Now().Add(time.Minute)}); !errors.Is(err, ErrAway) || l.State() != Away {
			t.Errorf("submit while away: %v, state %v", err, l.State())
		}
		later(3 * time.Second)
		submit(t, l, 5, 5)
		synctest.Wait()
		d.wantEnds(t, Answered, 5, 5)
		if d.probes != 5 {
			t.Errorf("%d probes", d.probes)
		}
	})
}

func TestDeadlineInTheQueueIsRefusedUnsent(t *testing.T) {
	scene(t, 10, 10, []step{{takes: 4 * time.Second}}, func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 1, 1)
		synctest.Wait()
		if err := l.Submit(2, Terms{Deadline: time.Now().Add(time.Second)}); err != nil {
			t.Fatal(err)
		}
		later(10 * time.Second)
		d.wantEnds(t, Refused, 2, 2)
		if d.endAt[2] != time.Second || len(d.attempts) != 1 {
			t.Errorf("ended at %v after %d attempts", d.endAt[2], len(d.attempts))
		}
	})
}
