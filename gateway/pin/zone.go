package pin

import (
	"fmt"
	"strings"
)

// A zone is what a bank's switch and we share: a master key (ZMK), which people exchanged, and under it the working keys
// that the switch sends in DE48 of a key exchange: the ZPK for PIN blocks and the ZAK for MACs. They have the uses of a
// terminal's TMK, TPK and TAK, and are wrapped for the ledger under the name of the link.
//
// In DE48 each key stands as its hex digits under the ZMK, 16, 32 or 48 of them, and six of its check value (DOMAIN C.1).
var zoneFieldDigits = [...]int{16 + checkDigits, 32 + checkDigits, 48 + checkDigits}

// ZoneKeys are working keys of a zone, wrapped for the ledger; nil for one that did not come.
type ZoneKeys struct{ ZPK, ZAK []byte }

// linkLabel binds a wrapped key to its use and its link.
func linkLabel(use Use, link string) []byte { return append([]byte{'Z', byte(use)}, link...) }

// WrapLinkKey wraps a key of a zone, of 8, 16 or 24 bytes, for one use and one link.
func (k *Keystore) WrapLinkKey(use Use, link string, clear []byte) ([]byte, error) {
	if _, err := ExpandTerminalKey(use, clear); err != nil {
		return nil, err
	}
	return k.master.wrap(clear, linkLabel(use, link)), nil
}

// OpenLinkKey unwraps and expands a key of a zone. It fails for a key of another use, link or master key.
func (k *Keystore) OpenLinkKey(use Use, link string, wrapped []byte) (*TerminalKey, error) {
	key, err := k.master.unwrap(wrapped, linkLabel(use, link))
	if err != nil {
		return nil, fmt.Errorf("pin: open the key of link %q for %s: %w: load a new one for it", link, use, err)
	}
	defer clear(key)
	return ExpandTerminalKey(use, key)
}

// ReceiveZoneKeys opens what a switch sent in DE48: one key, which is for single, or the ZPK and the ZAK. ErrKeyBlock says
// that a check value is wrong, or that the text is no such thing: the keys of before stay.
func (k *Keystore) ReceiveZoneKeys(link string, wrappedZMK []byte, single Use, text string) (keys ZoneKeys, err error) {
	zmk, err := k.OpenLinkKey(UseTMK, link, wrappedZMK)
	if err != nil {
		return ZoneKeys{}, err
	}
	text = strings.ToUpper(strings.TrimRight(text, " "))
	for _, digits := range zoneFieldDigits {
		switch {
		case len(text) == digits && single == UseMAC:
			keys.ZAK, err = k.receive(link, zmk, UseMAC, text)
			return keys, err
		case len(text) == digits:
			keys.ZPK, err = k.receive(link, zmk, UsePIN, text)
			return keys, err
		case len(text) == 2*digits:
			return k.receiveBoth(link, zmk, text[:digits], text[digits:])
		}
	}
	return ZoneKeys{}, ErrKeyBlock
}

func (k *Keystore) receiveBoth(link string, zmk *TerminalKey, zpk, zak string) (keys ZoneKeys, err error) {
	if keys.ZPK, err = k.receive(link, zmk, UsePIN, zpk); err != nil {
		return ZoneKeys{}, err
	}
	if keys.ZAK, err = k.receive(link, zmk, UseMAC, zak); err != nil {
		return ZoneKeys{}, err
	}
	return keys, nil
}

func (k *Keystore) receive(link string, zmk *TerminalKey, use Use, field string) ([]byte, error) {
	at := len(field) - checkDigits
	key, err := openKey(zmk.whole, field[:at], field[at:])
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return k.WrapLinkKey(use, link, key)
}

// SealZoneKey is the switch's side: the field of DE48 that carries a clear key under this ZMK.
func (t *TerminalKey) SealZoneKey(key []byte) (string, error) {
	if t.use != UseTMK {
		return "", errUse
	}
	block, err := expand(key)
	if err != nil {
		return "", err
	}
	return sealKey(t.whole, key) + checkValue(block), nil
}
