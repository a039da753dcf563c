package lane

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestUnknownIsPostedAgainUntilItCommits(t *testing.T) {
	script := []step{{fate: Unknown}, {fate: Busy}, {fate: Rejected}, {fate: NotPosted}}
	scene(t, 10, 1, script, func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 1, 3)
		synctest.Wait()
		d.wantEnds(t, Refused, 2, 3) // queued behind, never sent
		if err := l.Submit(4, Terms{Deadline: time.Now().Add(time.Minute)}); !errors.Is(err, ErrAway) || l.State() != Open {
			t.Errorf("submit while open: %v, state %v", err, l.State())
		}
		later(5 * time.Second)
		d.wantEnds(t, Answered, 1, 1)
		if d.opened != 1 || d.resolved[ByCommit] != 1 || len(d.attempts) != 5 {
			t.Errorf("opened %d, resolved %v, attempts %v", d.opened, d.resolved, d.attempts)
		}
	})
}

func TestSilentAtTheDeadlineThenSettled(t *testing.T) {
	script := slices.Repeat([]step{{fate: Unknown}}, 100)
	scene(t, 10, 2, script, func(t *testing.T, d *database, l *Lane[int, int]) {
		d.settles = []error{fateError(Unknown), fateError(Busy)}
		submit(t, l, 1, 2)
		later(25 * time.Second)
		d.wantEnds(t, Silent, 1, 2)
		if d.endAt[1] != 20*time.Second {
			t.Errorf("silent at %v, want at the deadline", d.endAt[1])
		}
		if !slices.Equal(d.settled, []int{1, 2}) || d.resolved[BySettle] != 2 || l.State() != Ready {
			t.Errorf("settled %v, resolved %v, state %v", d.settled, d.resolved, l.State())
		}
	})
}

func TestSilentWhileTheFirstAttemptHangs(t *testing.T) {
	scene(t, 10, 1, []step{{takes: 3 * time.Second}}, func(t *testing.T, d *database, l *Lane[int, int]) {
		if err := l.Submit(1, Terms{Deadline: time.Now().Add(time.Second)}); err != nil {
			t.Fatal(err)
		}
		later(4 * time.Second)
		d.wantEnds(t, Silent, 1, 1)
		if d.endAt[1] != time.Second || !slices.Equal(d.commits, []int{1}) || len(d.settled) > 0 {
			t.Errorf("ended at %v, commits %v, settled %v", d.endAt[1], d.commits, d.settled)
		}
	})
}

func TestLateRequestLeavesACleanBatchButNotAnOpenOne(t *testing.T) {
	for _, first := range []Fate{Busy, Unknown} {
		scene(t, 10, 2, []step{{}, {takes: 2 * time.Second, fate: first}}, func(t *testing.T, d *database, l *Lane[int, int]) {
			submit(t, l, 0, 0)
			synctest.Wait()
			l.mu.Lock() // both in one batch
			for q, lives := range []time.Duration{time.Second, time.Minute} {
				l.waiting.front.pushBack(item[int]{q: q + 1, deadline: time.Now().Add(lives)})
				l.wakeBy(time.Now().Add(lives))
			}
			l.gather.Signal()
			l.mu.Unlock()
			later(4 * time.Second)
			d.wantEnds(t, Silent, 1, 1)
			d.wantEnds(t, Answered, 2, 2)
			want := map[Fate][]int{Busy: {2}, Unknown: {1, 2}}[first]
			if got := d.attempts[2]; !slices.Equal(got, want) {
				t.Errorf("after %v the batch was %v, want %v", first, got, want)
			}
		})
	}
}

func TestAgainStaysOpen(t *testing.T) {
	script := []step{{fate: Unknown}, {}, {fate: NotPosted}, {fate: Rejected}}
	synctest.Test(t, func(t *testing.T) {
		d := newDatabase(script...)
		d.family = func(int) int { return 0 }
		l := d.lane(10, 10)
		l.mu.Lock()
		for q := range 2 {
			l.waiting.front.pushBack(item[int]{q: q, deadline: time.Now().Add(time.Minute)})
		}
		l.gather.Signal()
		l.mu.Unlock()
		later(10 * time.Second)
		d.wantEnds(t, Answered, 0, 1)
		want := [][]int{{0, 1}, {0, 1}, {1}, {1}, {1}}
		if !slices.EqualFunc(d.attempts, want, slices.Equal) {
			t.Errorf("attempts %v, want %v", d.attempts, want)
		}
		_ = l.Close(t.Context())
	})
}

func TestPanicAndWrongCountAreUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, calls := newDatabase(), 0
		post := func(_ context.Context, batch []int) ([]Answer[int], error) {
			switch calls++; calls {
			case 1:
				panic("a bug")
			case 2:
				return nil, nil
			}
			return d.commit(batch), nil
		}
		l := New(Config[int, int]{
			Post: post, Fate: fateOf, Settle: d.settle, Probe: d.probe, Done: d.done,
			Depth: 1, BatchMax: 1, AttemptTimeout: time.Second,
		})
		submit(t, l, 1, 1)
		later(time.Second)
		d.wantEnds(t, Answered, 1, 1)
		_ = l.Close(t.Context())
	})
}

func TestAttemptHasATimeout(t *testing.T) {
	scene(t, 1, 1, []step{{takes: time.Hour}}, func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 1, 1)
		later(6 * time.Second)
		d.wantEnds(t, Answered, 1, 1)
		if d.fates[0] != Unknown || d.endAt[1] < 5*time.Second {
			t.Errorf("fates %v, answered at %v", d.fates, d.endAt[1])
		}
	})
}
