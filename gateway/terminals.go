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
	k := t.remembered(id)
	if k != nil && now.Before(k.staleAt) {
		return k, nil
	}
	return t.refresh(id, k, now)
}

// renewed looks whether the ledger has other keys than k, under which something did not fit: another gateway may have
// given the terminal new ones. Where it has not, it is not asked again for TerminalAbsent, however often a stranger tries.
func (t *terminals) renewed(k *terminalKeys, now time.Time) (*terminalKeys, bool) {
	if !k.known() || now.UnixNano()-k.missed.Load() < int64(t.limits.TerminalAbsent.Duration) {
		return nil, false
	}
	fresh, err := t.refresh(k.id, k, now)
	if err != nil || sameKeys(fresh.wrapped, k.wrapped) {
		k.missed.Store(now.UnixNano())
		return nil, false
	}
	return fresh, true
}

// reread asks the ledger in any case.
func (t *terminals) reread(ctx context.Context, id terminalID) (*terminalKeys, error) {
	now := time.Now()
	found, err := t.lookUp(ctx, id)
	if err != nil {
		return nil, err
	}
	return t.keep(id, t.open(id, found, t.remembered(id), now)), nil
}

func (t *terminals) remembered(id terminalID) *terminalKeys {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.known[id]
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
	found, err := t.lookUp(ctx, id)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		absent := &terminalKeys{id: id, notes: new(notes), readAt: now, staleAt: now.Add(t.limits.TerminalAbsent.Duration)}
		return t.keep(id, absent), nil
	case err != nil && old != nil:
		again := *t.newer(id, old)
		again.readAt = time.Now() // now is before the lookup, which may have taken longer than this
		again.staleAt = again.readAt.Add(t.limits.TerminalAbsent.Duration)
		return t.keep(id, &again), nil
	case err != nil:
		return nil, err
	}
	return t.keep(id, t.open(id, found, old, now)), nil
}

// newer is what is remembered of a terminal, or old where it was forgotten.
func (t *terminals) newer(id terminalID, old *terminalKeys) *terminalKeys {
	if k := t.remembered(id); k != nil {
		return k
	}
	return old
}

// open unwraps a terminal's keys, unless they are the ones it had.
func (t *terminals) open(id terminalID, found ledger.Terminal, old *terminalKeys, now time.Time) *terminalKeys {
	k := &terminalKeys{id: id, wrapped: found, notes: new(notes), readAt: now, staleAt: now.Add(t.limits.TerminalFresh.Duration)}
	if old != nil && sameKeys(old.wrapped, found) {
		k.now, k.before, k.notes = old.now, old.before, old.notes
		return k
	}
	k.now = t.unwrapPair(id, found.TID, found.WrappedTPK, found.WrappedTAK)
	k.before = t.unwrapPair(id, found.TID, found.WrappedTPKBefore, found.WrappedTAKBefore)
	return k
}

func (t *terminals) unwrapPair(id terminalID, owner string, tpk, tak []byte) keyPair {
	return keyPair{tpk: t.unwrap(id, pin.UsePIN, owner, tpk), tak: t.unwrap(id, pin.UseMAC, owner, tak)}
}

// unwrap opens one key. A key that does not open is as good as none: the terminal's PINs and MACs cannot be checked.
func (t *terminals) unwrap(id terminalID, use pin.Use, owner string, wrapped []byte) *pin.TerminalKey {
	if len(wrapped) == 0 {
		return nil
	}
	open := t.keys.OpenTerminalKey
	if id.ofZone() {
		open = t.keys.OpenLinkKey
	}
	key, err := open(use, owner, wrapped)
	if err != nil {
		t.log.Error("a key does not open under the master key", "owner", owner, "error", err)
		return nil
	}
	return key
}

func sameKeys(a, b ledger.Terminal) bool {
	return bytes.Equal(a.WrappedTMK, b.WrappedTMK) &&
		bytes.Equal(a.WrappedTPK, b.WrappedTPK) && bytes.Equal(a.WrappedTAK, b.WrappedTAK) &&
		bytes.Equal(a.WrappedTPKBefore, b.WrappedTPKBefore) && bytes.Equal(a.WrappedTAKBefore, b.WrappedTAKBefore)
}

// keep remembers a terminal, unless what is remembered was read later: a slow lookup must not bring back keys that were
// replaced since. When there are too many any other terminal is forgotten: to be asked for again costs a millisecond, to
// keep count of who was used last would cost more at every message.
func (t *terminals) keep(id terminalID, k *terminalKeys) *terminalKeys {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch there := t.known[id]; {
	case there == nil:
		makeRoom(t.known, t.limits.Terminals)
	case there.readAt.After(k.readAt):
		return there
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
