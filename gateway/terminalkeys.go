package gateway

import (
	"sync/atomic"
	"time"

	"bpnt/gateway/pin"
	"bpnt/ledger"
)

// keyPair are two working keys that were made together, opened. Either may be nil.
type keyPair struct{ tpk, tak *pin.TerminalKey }

// terminalKeys are the working keys of one terminal. The ledger decides whether a terminal may do anything; the gateway
// only needs its keys, and an unknown terminal simply has none.
//
// before are the keys that now replaced. They stay good until the terminal used one of the new ones, because the answer
// that brought those may be lost, and what was sent before it came is still under the old ones.
type terminalKeys struct {
	now, before keyPair
	*notes
	id      terminalID
	wrapped ledger.Terminal
	readAt  time.Time
	staleAt time.Time
}

// notes are what became known of a terminal's keys since they were read. They go with the keys when those are read again.
type notes struct {
	used   atomic.Bool  // the terminal has the new ones: something came under one of them
	missed atomic.Int64 // when something did not fit and the ledger had no others, in Unix nanoseconds
}

// known tells whether the ledger has such a terminal.
func (k *terminalKeys) known() bool { return k.wrapped.TID != "" }

// good are the pairs that the terminal may use, the newest first. n is how many they are.
func (k *terminalKeys) good() (pairs [2]keyPair, n int) {
	if !k.pending() {
		return [2]keyPair{k.now}, 1
	}
	return [2]keyPair{k.now, k.before}, 2
}

// replaced tells whether the ledger has keys before the present ones.
func (k *terminalKeys) replaced() bool {
	return len(k.wrapped.WrappedTPKBefore) > 0 || len(k.wrapped.WrappedTAKBefore) > 0
}

// pending tells whether the terminal may not have the present keys yet. A zone's older keys stay good until the next
// exchange: its switch has many messages under way, over several connections.
func (k *terminalKeys) pending() bool { return k.replaced() && (k.id.ofZone() || !k.used.Load()) }

// first notes that the terminal uses a pair, and tells whether that is the first use of keys that replaced others. Those
// of a zone are confirmed by the next exchange.
func (k *terminalKeys) first(p keyPair) bool {
	return p == k.now && k.pending() && k.used.CompareAndSwap(false, true) && !k.id.ofZone()
}
