package pin

import (
	"crypto/rand"
	"fmt"
)

// terminalLabel binds a wrapped key to its use and its terminal.
func terminalLabel(use Use, tid string) []byte {
	return append([]byte{'T', byte(use)}, tid...)
}

// NewTerminalKey makes a random key of double length with odd parity. The clear form is for the terminal: load it, then
// overwrite it. The wrapped form is for the ledger.
func (k *Keystore) NewTerminalKey(use Use, tid string) (wrapped []byte, clear []byte, err error) {
	clear = newDESKey()
	wrapped, err = k.WrapTerminalKey(use, tid, clear)
	return wrapped, clear, err
}

func newDESKey() []byte {
	key := make([]byte, 16)
	rand.Read(key)
	setOddParity(key)
	return key
}

// WrapTerminalKey wraps a key that came from elsewhere, of 8, 16 or 24 bytes, for one use and one terminal.
func (k *Keystore) WrapTerminalKey(use Use, tid string, clear []byte) ([]byte, error) {
	if _, err := ExpandTerminalKey(use, clear); err != nil {
		return nil, err
	}
	return k.master.wrap(clear, terminalLabel(use, tid)), nil
}

// OpenTerminalKey unwraps and expands a terminal's key. It fails for a key of another use, terminal or master key. It
// takes some microseconds and a kilobyte: keep the result.
func (k *Keystore) OpenTerminalKey(use Use, tid string, wrapped []byte) (*TerminalKey, error) {
	key, err := k.master.unwrap(wrapped, terminalLabel(use, tid))
	if err != nil {
		return nil, fmt.Errorf("pin: open the %s of terminal %q: %w: load a new key for it", use, tid, err)
	}
	defer clear(key)
	return ExpandTerminalKey(use, key)
}
