package e2e

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

// flood is an outlet that sends about ten times what the gateway can do, over some connections, in the name of terminals
// that it makes up. The books refuse each of them, but first they have to look.
type flood struct {
	*world
	lines []*wire
	stop  chan struct{}
	done  sync.WaitGroup
}

// newFlood begins to send from the address at which everybody stands in these tests.
func (w *world) newFlood() *flood {
	w.t.Helper()
	f := &flood{world: w, stop: make(chan struct{})}
	area := ledger.NewJakarta(98)
	encoder := w.dial()
	frame := func(n int) []byte {
		digits := area.Card(n + 1).PAN
		track, err := iso.ParseTrack2(string(digits[:]) + "=30121200000000000000")
		w.check(err)
		who := terminal(fmt.Sprintf("F%07d", n))
		who.MID = "666666666666666"
		return encoder.frame(who.Purchase(1, track, 1, iso.PINBlock{}, "000001"))
	}
	frames := make([][]byte, 20_000)
	for n := range frames {
		frames[n] = frame(n)
	}
	const lines = 8
	for i := range lines {
		e := w.dial()
		f.lines = append(f.lines, e)
		f.done.Go(func() { f.pour(e, frames[i*len(frames)/lines:(i+1)*len(frames)/lines]) })
		f.done.Go(func() {
			for err := error(nil); err == nil; {
				_, err = e.frames.Next()
			}
		})
	}
	return f
}

// pour sends 400 messages a second, and waits for none of the answers.
func (f *flood) pour(e *wire, frames [][]byte) {
	const each = 4
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n = (n + each) % (len(frames) - each) {
		select {
		case <-f.stop:
			return
		case <-tick.C:
		}
		for _, frame := range frames[n : n+each] {
			if _, err := e.Write(frame); err != nil {
				return
			}
		}
	}
}

// end stops the flood and waits for it.
func (f *flood) end() {
	close(f.stop)
	for _, e := range f.lines {
		_ = e.Close()
	}
	f.done.Wait()
}

// TestFlood: while one outlet sends ten times what the gateway can do, the terminals of others, at the same address, sell
// nine tenths of what they would.
func TestFlood(t *testing.T) {
	lasts := 3 * time.Second
	if testing.Short() {
		lasts = time.Second
	}
	m := newCrowd(t, 48)
	f := m.newFlood()
	m.untilShed(1_000)
	m.offer(50, lasts)
	f.end()
	sales, refused := m.told()
	t.Logf("%d honest sales approved, %d refused, beside %.0f refused of the flood", sales, refused,
		m.shed("expected_wait")+m.shed("unfair_share")-float64(refused))
	if refused*10 > sales+refused {
		t.Errorf("of the honest sales %d were approved and %d refused", sales, refused)
	}
	m.wantTheTruth()
}
