package lane

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPaceFollowsTheLatestBatches(t *testing.T) {
	var p pace
	for range 100 {
		p.observe(20 * time.Millisecond)
	}
	p.observe(500 * time.Millisecond) // the disk
	if w := p.wait(8_000, 500, 0); w > 3*time.Second {
		t.Errorf("one slow batch makes a queue of sixteen look %v long", w)
	}
	for range 20 {
		p.observe(time.Second)
	}
	if p.batch < 950*time.Millisecond || p.batch > time.Second {
		t.Errorf("after twenty batches of a second: %v", p.batch)
	}
}

func TestPaceBeforeTheFirstBatch(t *testing.T) {
	var p pace
	if p.places(time.Millisecond, 500, 0) != math.MaxInt || p.wait(1_000, 500, 0) != 0 {
		t.Error("a lane that has posted nothing refuses for its pace")
	}
}

func TestPaceOfABatchInFlight(t *testing.T) {
	p := pace{batch: time.Second}
	for elapsed, want := range map[time.Duration]time.Duration{
		0: time.Second, 700 * time.Millisecond: 300 * time.Millisecond, time.Second: 0, 4 * time.Second: 3 * time.Second,
	} {
		if got := p.left(elapsed); got != want {
			t.Errorf("after %v: %v left, want %v", elapsed, got, want)
		}
	}
}

// TestPlacesAgreeWithTheWait: the last place of a queue is answered within the patience, the one behind it is not; but
// there is always place for a batch.
func TestPlacesAgreeWithTheWait(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		millis := func(name string, least int) time.Duration {
			return time.Duration(rapid.IntRange(least, 10_000).Draw(t, name)) * time.Millisecond
		}
		p := pace{batch: millis("batch", 1)}
		patience, left, batchMax := millis("patience", 1), millis("left", 0), rapid.IntRange(1, 500).Draw(t, "batchMax")
		n := p.places(patience, batchMax, left)
		if n < batchMax {
			t.Fatalf("%d places for a batch of %d", n, batchMax)
		}
		if n > batchMax && p.wait(n-1, batchMax, left) > patience {
			t.Fatalf("the last of %d waits %v, more than %v", n, p.wait(n-1, batchMax, left), patience)
		}
		if p.wait(n, batchMax, left) <= patience {
			t.Fatalf("one more than %d would wait %v, not more than %v", n, p.wait(n, batchMax, left), patience)
		}
	})
}
