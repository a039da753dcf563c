package gateway

import (
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bpnt/ledger"
)

func TestTerminalsAreAskedForOnceAndAgainWhenStale(t *testing.T) {
	books := newPoster()
	var asked atomic.Int32
	books.terminal = func(tid string) (ledger.Terminal, error) {
		asked.Add(1)
		return ledger.Terminal{Link: 1, TID: tid}, nil
	}
	cache := newTerminals(books, keystore(t), DefaultLimits(), discard())
	now := time.Now()
	for _, step := range []struct {
		after time.Duration
		asked int32
	}{{0, 1}, {29 * time.Second, 1}, {31 * time.Second, 2}, {60 * time.Second, 2}, {62 * time.Second, 3}} {
		if k, err := cache.find(1, "T", now.Add(step.after)); err != nil || !k.known() || asked.Load() != step.asked {
			t.Errorf("after %v: asked %d times, want %d (%v)", step.after, asked.Load(), step.asked, err)
		}
	}
	if _, _ = cache.find(2, "T", now); asked.Load() != 4 {
		t.Error("another link's terminal of the same TID is taken for this one")
	}
}

func TestUnknownTerminalIsRememberedForASecond(t *testing.T) {
	books, asked := newPoster(), 0
	books.terminal = func(string) (ledger.Terminal, error) {
		asked++
		return ledger.Terminal{}, ledger.ErrNotFound
	}
	cache := newTerminals(books, keystore(t), DefaultLimits(), discard())
	now := time.Now()
	for _, after := range []time.Duration{0, 900 * time.Millisecond, 1100 * time.Millisecond} {
		if k, err := cache.find(1, "T", now.Add(after)); err != nil || k.known() || k.now.tpk != nil {
			t.Errorf("after %v: %v", after, err)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
}

func TestTerminalsAskOnceForMany(t *testing.T) {
	keys := keystore(t)
	synctest.Test(t, func(t *testing.T) {
		books, gate := newPoster(), make(chan struct{})
		var asked atomic.Int32
		books.terminal = func(tid string) (ledger.Terminal, error) {
			asked.Add(1)
			<-gate
			return ledger.Terminal{TID: tid}, nil
		}
		cache := newTerminals(books, keys, DefaultLimits(), discard())
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() { _, _ = cache.find(1, "T", time.Now()) })
		}
		synctest.Wait()
		close(gate)
		all.Wait()
		if n := asked.Load(); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestCachesAreBounded(t *testing.T) {
	limits := DefaultLimits()
	limits.Terminals, limits.Mastheads = 3, 3
	books := newPoster()
	books.terminal = func(tid string) (ledger.Terminal, error) { return ledger.Terminal{TID: tid}, nil }
	terminals, heads := newTerminals(books, keystore(t), limits, discard()), newMastheads(books, limits)
	for i := range int32(20) {
		if _, err := terminals.find(1, strconv.Itoa(int(i)), time.Now()); err != nil {
			t.Fatal(err)
		}
		heads.find(i + 1)
	}
	if len(terminals.known) != 3 || len(heads.known) != 3 {
		t.Errorf("%d terminals and %d mastheads kept", len(terminals.known), len(heads.known))
	}
}

func TestTerminalKeyThatDoesNotOpen(t *testing.T) {
	books := newPoster()
	books.terminal = func(tid string) (ledger.Terminal, error) {
		return ledger.Terminal{TID: tid, WrappedTPK: []byte("not a wrapped key")}, nil
	}
	cache := newTerminals(books, keystore(t), DefaultLimits(), discard())
	if k, err := cache.find(1, "T", time.Now()); err != nil || k.now.tpk != nil {
		t.Errorf("key %v, error %v", k.now.tpk, err)
	}
	books.terminal = func(string) (ledger.Terminal, error) { return ledger.Terminal{}, errors.New("away") }
	if _, err := cache.find(1, "U", time.Now()); err == nil {
		t.Error("a terminal that nobody could ask for was found")
	}
}
