package e2e

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// held is what a process holds: it must come back to the same after every load (I16).
type held struct {
	goroutines, sockets, borrowed int
}

// TestBaseline: after a load with reversals, repeats and settlements nothing is left of it: no goroutine, no socket, no
// connection of the pool that is still lent out, nothing under way and no outcome unknown.
func TestBaseline(t *testing.T) {
	w := newWorld(t, nil)
	fleet := w.fleet(12)
	shop := func() {
		l := w.startLoad(fleet)
		w.trade(300)
		w.agreeSoFar(l)
	}
	shop() // the pool grows, lanes and caches are there
	before := w.settled(held{})
	shop()
	if after := w.settled(before); after != before {
		t.Errorf("before %+v, after %+v", before, after)
	}
	page := get(t, w.gateway.AdminHandler(), "/metrics")
	for _, line := range []string{"bpnt_connections 0", "bpnt_in_flight 0", "bpnt_unknown_commits_total 0", "bpnt_pool_in_use 0"} {
		if !strings.Contains(page, line+"\n") {
			t.Errorf("the page lacks %q", line)
		}
	}
}

// agreeSoFar ends a load whose every purchase has a final answer.
func (w *world) agreeSoFar(l *load) {
	w.t.Helper()
	if r := l.end(); len(r.Unresolved) > 0 || r.Redemptions == 0 {
		w.t.Errorf("%d redemptions, unresolved: %v", r.Redemptions, r.Unresolved)
	}
}

// settled waits until the process holds what is wanted, or for a while, and returns what it holds. Of nothing wanted it
// waits until it holds the same for a moment.
func (w *world) settled(want held) (now held) {
	w.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for same := 0; same < 20 && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		last := now
		if now = w.inHand(); want != (held{}) && now == want {
			return now
		}
		if same++; now != last || want != (held{}) {
			same = 0
		}
	}
	return now
}

// inHand counts. The pool's connections come and go as it likes: they are no one's leak, and counted apart.
func (w *world) inHand() held {
	w.t.Helper()
	files, err := filepath.Glob("/proc/self/fd/*")
	w.check(err)
	h := held{goroutines: runtime.NumGoroutine()}
	for _, file := range files {
		if at, _ := os.Readlink(file); strings.HasPrefix(at, "socket:") {
			h.sockets++
		}
	}
	pool := w.books.PoolStats()
	h.sockets -= int(pool.Total) + int(w.operator.PoolStats().Total)
	h.borrowed = int(pool.InUse)
	return h
}
