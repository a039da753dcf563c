package lane

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCloseFlushesTheQueue(t *testing.T) {
	scene(t, 10, 2, []step{{takes: time.Second}, {takes: time.Second}}, func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 1, 1)
		synctest.Wait()
		submit(t, l, 2, 6)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := l.Close(ctx); err != nil {
			t.Error(err)
		}
		d.wantEnds(t, Answered, 1, 6)
		if err := l.Submit(7, Terms{Deadline: time.Now().Add(time.Hour)}); !errors.Is(err, ErrClosed) || l.State() != Closed {
			t.Errorf("submit after close: %v", err)
		}
	})
}

func TestCloseWhileAwayIsQuick(t *testing.T) {
	scene(t, 10, 1, []step{{fate: NotPosted}, {fate: NotPosted}}, func(t *testing.T, d *database, l *Lane[int, int]) {
		d.back = 1 << 30
		submit(t, l, 1, 1)
		later(time.Minute)
		began := time.Now()
		if err := l.Close(t.Context()); err != nil || time.Since(began) > 0 {
			t.Errorf("close took %v: %v", time.Since(began), err)
		}
	})
}

func TestCloseReportsWhatStaysUnknown(t *testing.T) {
	script := slices.Repeat([]step{{fate: Unknown}}, 1000)
	scene(t, 10, 2, script, func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 1, 1)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := l.Close(ctx); err == nil {
			t.Error("an unknown outcome was not reported")
		}
		d.wantEnds(t, Silent, 1, 1)
		if d.endAt[1] != 3*time.Second || d.resolved[Abandoned] != 1 {
			t.Errorf("silent at %v, resolved %v", d.endAt[1], d.resolved)
		}
	})
}

func TestCloseOutOfTimeInSettle(t *testing.T) {
	script := slices.Repeat([]step{{fate: Unknown}}, 1000)
	scene(t, 10, 2, script, func(t *testing.T, d *database, l *Lane[int, int]) {
		d.settles = slices.Repeat([]error{fateError(NotPosted)}, 1000)
		submit(t, l, 1, 1)
		later(21 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.Close(ctx); err == nil {
			t.Error("an unsettled outcome was not reported")
		}
		d.wantEnds(t, Silent, 1, 1)
	})
}
