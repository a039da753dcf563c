package lane

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// slow is a database that takes a tenth of a second for a batch, whatever its size.
func slow() []step { return slices.Repeat([]step{{takes: 100 * time.Millisecond}}, 10_000) }

// offered submits so many requests a second for so many seconds and returns how many were answered within two seconds
// of their arrival.
func offered(d *database, l *Lane[int, int], perSecond, seconds int, patience time.Duration) (good int) {
	came := make([]time.Duration, 0, perSecond*seconds)
	for q := range perSecond * seconds {
		time.Sleep(time.Second / time.Duration(perSecond))
		came = append(came, time.Since(d.start))
		_ = l.Submit(q, Terms{Deadline: time.Now().Add(20 * time.Second), Patience: patience})
	}
	later(20 * time.Second)
	for q, at := range came {
		if d.ends[q] == Answered && d.endAt[q] > 0 && d.endAt[q]-at <= 2*time.Second {
			good++
		}
	}
	return good
}

// TestGoodputStaysFlat: a lane that can do 100 a second answers as many in time at ten times that as at its capacity,
// where the requests have a patience. Without one its queue fills with what nobody waits for any more.
func TestGoodputStaysFlat(t *testing.T) {
	run := func(perSecond int, patience time.Duration) (good int) {
		scene(t, 2_000, 10, slow(), func(_ *testing.T, d *database, l *Lane[int, int]) {
			good = offered(d, l, perSecond, 60, patience)
		})
		return good
	}
	at1x, at10x := run(100, 2*time.Second), run(1_000, 2*time.Second)
	if at1x < 5_800 || at10x < 5_800 {
		t.Errorf("of 6,000 that can be answered in a minute %d are at capacity, %d at ten times that", at1x, at10x)
	}
	if without := run(1_000, Patient); without > 600 {
		t.Errorf("without a patience %d are: the test proves nothing", without)
	}
}

func TestSlowLaneRefusesAtOnce(t *testing.T) {
	scene(t, 1_000, 10, slow(), func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 0, 0)
		later(time.Second) // the lane has learnt its pace
		submit(t, l, 1, 1)
		synctest.Wait()
		submit(t, l, 2, 41) // four batches behind the one in flight
		if got := l.Wait(); got != 600*time.Millisecond {
			t.Errorf("a wait of %v is expected", got)
		}
		soon := time.Now().Add(20 * time.Second)
		hasty := Terms{Deadline: soon, Patience: 500 * time.Millisecond}
		if err := l.Submit(42, hasty); !errors.Is(err, ErrSlow) || l.Room(hasty) != 0 {
			t.Errorf("a request without the patience: %v, room for %d", err, l.Room(hasty))
		}
		if err := l.Submit(43, Terms{Deadline: soon, Patience: 600 * time.Millisecond}); err != nil || !l.Pressed() {
			t.Errorf("one that has it: %v", err)
		}
		if err := l.Submit(44, Terms{Deadline: soon}); err != nil {
			t.Errorf("one that has all of it: %v", err)
		}
		later(time.Second)
		d.wantEnds(t, Answered, 43, 44)
	})
}

func hasty() Terms {
	return Terms{Deadline: time.Now().Add(20 * time.Second), Patience: time.Millisecond}
}

// TestSlowLaneTakesABatchAlways: a lane whose last batch took longer than anybody's patience would else never find out
// that its database is fast again.
func TestSlowLaneTakesABatchAlways(t *testing.T) {
	scene(t, 100, 10, []step{{takes: 4 * time.Second}, {takes: 4 * time.Second}}, func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 0, 0)
		later(5 * time.Second)
		for q := 1; q <= 11; q++ {
			if err := l.Submit(q, hasty()); err != nil {
				t.Fatalf("request %d: %v", q, err)
			}
			synctest.Wait()
		}
		if err := l.Submit(12, hasty()); !errors.Is(err, ErrSlow) {
			t.Errorf("beyond a batch: %v", err)
		}
		later(6 * time.Second)
		d.wantEnds(t, Answered, 1, 11)
	})
}

// TestReserve: the last eighth of the queue is for what has no patience to lose.
func TestReserve(t *testing.T) {
	scene(t, 16, 2, []step{{takes: time.Second}}, func(t *testing.T, _ *database, l *Lane[int, int]) {
		submit(t, l, 0, 0)
		synctest.Wait()
		submit(t, l, 1, 14)
		if err := l.Submit(15, Terms{Deadline: time.Now().Add(20 * time.Second), Patience: time.Hour}); !errors.Is(err, ErrFull) {
			t.Errorf("one with a patience took of the reserve: %v", err)
		}
		submit(t, l, 16, 17)
		if err := l.Submit(18, Terms{Deadline: time.Now().Add(20 * time.Second)}); !errors.Is(err, ErrFull) {
			t.Errorf("one beyond the depth: %v", err)
		}
	})
}

// TestTroubleIsNoPace: neither an outcome that was unknown nor a database that was away makes the lane look slow.
func TestTroubleIsNoPace(t *testing.T) {
	script := []step{{takes: 4 * time.Second, fate: Unknown}, {}, {takes: 3 * time.Second, fate: NotPosted}, {fate: NotPosted}}
	scene(t, 10, 1, script, func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 1, 1)
		later(10 * time.Second)
		submit(t, l, 2, 2)
		later(10 * time.Second)
		d.wantEnds(t, Answered, 1, 1)
		d.wantEnds(t, Refused, 2, 2)
		if w := l.Wait(); w != 0 {
			t.Errorf("a wait of %v is expected", w)
		}
	})
}

// TestNeitherQueueKeepsTheOtherOut: of two full queues, seven of front are posted for one of behind, each in order; and
// when one is empty the other has it all.
func TestNeitherQueueKeepsTheOtherOut(t *testing.T) {
	scene(t, 1_000, 8, slow(), func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 0, 0)
		synctest.Wait()
		d.order = nil
		soon := time.Now().Add(20 * time.Second)
		for q := 1; q <= 80; q++ {
			if err := l.Submit(q, Terms{Deadline: soon, Behind: q <= 40}); err != nil {
				t.Fatal(err)
			}
		}
		later(20 * time.Second)
		var front, behind []int
		for i, q := range d.order[1:] {
			if q > 40 {
				front = append(front, q)
			} else {
				behind = append(behind, q)
			}
			if i < 40 && len(behind) != (i+1)/8 {
				t.Fatalf("after %d requests %d of behind are posted", i+1, len(behind))
			}
		}
		if len(front) != 40 || len(behind) != 40 || !slices.IsSorted(front) || !slices.IsSorted(behind) {
			t.Errorf("front %v, behind %v", front, behind)
		}
	})
}

// TestBehindIsTheLongerWait: who stands in front does not wait for those behind, and is told so.
func TestBehindIsTheLongerWait(t *testing.T) {
	scene(t, 1_000, 10, slow(), func(t *testing.T, d *database, l *Lane[int, int]) {
		submit(t, l, 0, 0)
		later(time.Second)
		soon := time.Now().Add(20 * time.Second)
		for q := 1; q <= 200; q++ {
			_ = l.Submit(q, Terms{Deadline: soon, Behind: true})
		}
		terms := Terms{Deadline: soon, Patience: time.Second}
		if err := l.Submit(201, terms); err != nil {
			t.Errorf("in front of two seconds of others: %v", err)
		}
		terms.Behind = true
		if err := l.Submit(202, terms); !errors.Is(err, ErrSlow) {
			t.Errorf("behind them: %v", err)
		}
		came := time.Since(d.start)
		later(10 * time.Second)
		if took := d.endAt[201] - came; took > 200*time.Millisecond {
			t.Errorf("it took %v", took)
		}
	})
}
