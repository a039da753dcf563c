package gateway

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"bpnt/gateway/pin"
	"bpnt/ledger"
)

// terminalKeys are the working keys of one terminal, opened. Either may be nil. The ledger decides whether a terminal
// may do anything; the gateway only needs its keys, and an unknown terminal simply has none.
type terminalKeys struct {
	tpk, tak *pin.TerminalKey
	wrapped  ledger.Terminal
	staleAt  time.Time
}

// known tells whether the ledger has such a terminal.
func (k *terminalKeys) known() bool { return k.wrapped.TID != "" }

type terminalID struct {
	link int16
	tid  string
}

// terminals keeps terminals' keys. What it knows it serves even while the database is away, so that a repeat can be
// answered by silence and not by a refusal for want of a key.
type terminals struct {
	ledger Ledger
	keys   *pin.Keystore
	log    *slog.Logger
	limits Limits

	flights singleflight.Group
	mu      sync.RWMutex
	known   map[terminalID]*terminalKeys
}

func newTerminals(l Ledger, keys *pin.Keystore, limits Limits, log *slog.Logger) *terminals {
	return &terminals{ledger: l, keys: keys, limits: limits, log: log, known: make(map[terminalID]*terminalKeys)}
}

// find returns a terminal's keys; the error says that the ledger could not be asked and nothing is remembered.
func (t *terminals) find(link int16, tid string, now time.Time) (*terminalKeys, error) {
	id := terminalID{link, tid}
	t.mu.RLock()
	k := t.known[id]
	t.mu.RUnlock()
	if k != nil && now.Before(k.staleAt) {
		return k, nil
	}
	return t.refresh(id, k, now)
}

// refresh asks the ledger, once for all who want the same terminal at the same time.
func (t *terminals) refresh(id terminalID, old *terminalKeys, now time.Time) (*terminalKeys, error) {
	v, err, _ := t.flights.Do(string(rune(id.link))+id.tid, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.Background(), t.limits.Lookup.Duration)
		defer cancel()
		return t.ask(ctx, id, old, now)
	})
	if err != nil {
		return nil, err
	}
	return v.(*terminalKeys), nil
}

func (t *terminals) ask(ctx context.Context, id terminalID, old *terminalKeys, now time.Time) (*terminalKeys, error) {
	found, err := t.ledger.Terminal(ctx, id.link, id.tid)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return t.keep(id, &terminalKeys{staleAt: now.Add(t.limits.TerminalAbsent.Duration)}), nil
	case err != nil && old != nil:
		again := *old
		again.staleAt = time.Now().Add( // now is before the lookup, which may have taken longer than this
			t.limits.TerminalAbsent.Duration)
		return t.keep(id, &again), nil
	case err != nil:
		return nil, err
	}
	return t.keep(id, t.open(id, found, old, now)), nil
}

// open unwraps a terminal's keys, unless they are the ones it had.
func (t *terminals) open(id terminalID, found ledger.Terminal, old *terminalKeys, now time.Time) *terminalKeys {
	k := &terminalKeys{wrapped: found, staleAt: now.Add(t.limits.TerminalFresh.Duration)}
	if old != nil && sameKeys(old.wrapped, found) {
		k.tpk, k.tak = old.tpk, old.tak
		return k
	}
	k.tpk = t.unwrap(pin.UsePIN, id.tid, found.WrappedTPK)
	k.tak = t.unwrap(pin.UseMAC, id.tid, found.WrappedTAK)
	return k
}

// unwrap opens one key. A key that does not open is as good as none: the terminal's PINs and MACs cannot be checked.
func (t *terminals) unwrap(use pin.Use, tid string, wrapped []byte) *pin.TerminalKey {
	if len(wrapped) == 0 {
		return nil
	}
	key, err := t.keys.OpenTerminalKey(use, tid, wrapped)
	if err != nil {
		t.log.Error("a terminal key does not open under the master key", "tid", tid, "error", err)
		return nil
	}
	return key
}

func sameKeys(a, b ledger.Terminal) bool {
	return bytes.Equal(a.WrappedTPK, b.WrappedTPK) && bytes.Equal(a.WrappedTAK, b.WrappedTAK)
}

// keep remembers a terminal. When there are too many any other one is forgotten: to be asked for again costs a
// millisecond, to keep count of who was used last would cost more at every message.
func (t *terminals) keep(id terminalID, k *terminalKeys) *terminalKeys {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, there := t.known[id]; !there {
		makeRoom(t.known, t.limits.Terminals)
	}
	t.known[id] = k
	return k
}

// makeRoom forgets any entry of a map that has reached its limit.
func makeRoom[K comparable, V any](m map[K]V, limit int) {
	if len(m) < limit {
		return
	}
	for k := range m {
		delete(m, k)
		return
	}
}
