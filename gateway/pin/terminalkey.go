package pin

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"log/slog"
)

// Use is what a key may be used for. It is authenticated with a wrapped key: never renumber.
type Use byte

const (
	// UsePIN is a terminal's TPK: it encrypts PIN blocks (DE52).
	UsePIN Use = 1
	// UseMAC is a terminal's TAK: it authenticates messages (DE64).
	UseMAC Use = 2
	// UseTMK is a terminal's master key: the other two are sent under it (keyblock.go).
	UseTMK Use = 3
)

var errUse = errors.New("pin: this key is for another use")

// String is the name by which payment people call the key.
func (u Use) String() string {
	switch u {
	case UsePIN:
		return "TPK"
	case UseMAC:
		return "TAK"
	case UseTMK:
		return "TMK"
	}
	return "unknown use"
}

// TerminalKey is a terminal's key, expanded and ready. It is safe for concurrent use and never shows itself.
type TerminalKey struct {
	use   Use
	kcv   string
	whole cipher.Block // single, double or triple DES; for PIN blocks and for keys
	mac   macKeys      // for UseMAC only
}

// ExpandTerminalKey is a clear key of 8, 16 or 24 bytes made ready: the terminal's side, where the key is known. The
// caller may overwrite the bytes afterwards.
func ExpandTerminalKey(use Use, clear []byte) (*TerminalKey, error) {
	if use < UsePIN || use > UseTMK {
		return nil, errUse
	}
	whole, err := expand(clear)
	if err != nil {
		return nil, err
	}
	key := &TerminalKey{use: use, kcv: checkValue(whole), whole: whole}
	if use == UseMAC {
		key.mac, err = expandMAC(clear)
	}
	return key, err
}

// KCV is the check value, six hex digits: not a secret, and what both ends compare after a key was loaded.
func (t *TerminalKey) KCV() string { return t.kcv }

// Encrypt makes the PIN block (DE52) of PIN and PAN digits: what a terminal's PIN pad does.
func (t *TerminalKey) Encrypt(pinDigits, panDigits []byte) ([8]byte, error) {
	if t.use != UsePIN {
		return [8]byte{}, errUse
	}
	if err := errors.Join(checkPIN(pinDigits), checkPAN(panDigits)); err != nil {
		return [8]byte{}, err
	}
	s := scratches.Get().(*scratch)
	defer s.release()
	s.encodePIN(pinDigits, panDigits)
	t.whole.Encrypt(s.block[:], s.block[:])
	return s.block, nil
}

// EncryptPINBlock is Encrypt under a key that is used once. A terminal that makes many expands its key once.
func EncryptPINBlock(clearTPK, pinDigits, panDigits []byte) ([8]byte, error) {
	key, err := ExpandTerminalKey(UsePIN, clearTPK)
	if err != nil {
		return [8]byte{}, err
	}
	return key.Encrypt(pinDigits, panDigits)
}

// Format prints the use and the check value under every verb.
func (t TerminalKey) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "%s(KCV %s)", t.use, t.kcv) }

// LogValue is what slog prints.
func (t TerminalKey) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(t)) }

// MarshalText is what JSON and other encoders print.
func (t TerminalKey) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(t)), nil }
