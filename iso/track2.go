package iso

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// track2DigitsMax is the number of characters of track 2 between its sentinels (ISO/IEC 7813).
const track2DigitsMax = 37

// separator is the nibble between card number and expiry; terminals write it '=' or 'D'.
const separator = 0xD

// Track2 is the magnetic stripe's second track, or the chip's image of it: card number, D, expiry YYMM, service code,
// discretionary data. It prints masked everywhere, like PAN; the zero value is an absent track.
type Track2 [1 + track2DigitsMax]byte

var errTrack2 = errors.New("track 2 is a card number of 8 to 19 digits, D or =, expiry YYMM and what follows, 37 characters at most")

// ParseTrack2 takes the characters of a track: digits and one or more separators D or =. The error never quotes them.
func ParseTrack2[T string | []byte](track T) (Track2, error) {
	var t Track2
	for i := range len(track) {
		nibble, ok := track2Nibble(track[i])
		if !ok || !t.push(nibble) {
			return Track2{}, errTrack2
		}
	}
	if !t.PAN().Present() {
		return Track2{}, errTrack2
	}
	return t, nil
}

// unpackTrack2 reads n nibbles from the wire, whose form was checked by the walk. It fails where the number before the
// first separator is no card number.
func unpackTrack2(wire []byte, n int) (t Track2, ok bool) {
	for i := range n {
		t.push(nibbleAt(wire, i))
	}
	return t, t.PAN().Present()
}

func track2Nibble(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c == 'D' || c == '=':
		return separator, true
	}
	return 0, false
}

func (t *Track2) push(nibble byte) bool {
	n := t[0]
	if n >= track2DigitsMax {
		return false
	}
	t[0] = n + 1
	t[1+n] = nibble ^ veil[n]
	return true
}

// Present tells whether there is a track at all.
func (t Track2) Present() bool { return t[0] != 0 }

// Len is the number of characters.
func (t Track2) Len() int { return min(int(t[0]), track2DigitsMax) }

// PAN is the card number before the first separator; absent where that is no card number.
func (t Track2) PAN() PAN {
	var p PAN
	at := t.separator()
	if at < panDigitsMin || at > panDigitsMax {
		return PAN{}
	}
	for i := range at {
		p.push(t.nibble(i))
	}
	return p
}

// Expiry is YYMM; empty where the track has none.
func (t Track2) Expiry() string { return t.after(1, 4) }

// ServiceCode is the three digits after the expiry; empty where the track has none.
func (t Track2) ServiceCode() string { return t.after(5, 3) }

// AppendCharacters appends the clear track with D as its separator. For the wire only.
func (t Track2) AppendCharacters(dst []byte) []byte {
	for i := range t.Len() {
		dst = append(dst, nibbleChars[t.nibble(i)])
	}
	return dst
}

// after is n digits that stand at an offset from the first separator, or nothing where they are not all digits.
func (t Track2) after(offset, n int) string {
	from := t.separator() + offset
	if !t.Present() || from+n > t.Len() {
		return ""
	}
	var digits [4]byte
	for i := range n {
		nibble := t.nibble(from + i)
		if nibble > 9 {
			return ""
		}
		digits[i] = '0' + nibble
	}
	return string(digits[:n])
}

// separator is the place of the first separator, or the length where there is none, so that a track without one has
// neither card number nor expiry.
func (t Track2) separator() int {
	for i := range t.Len() {
		if t.nibble(i) == separator {
			return i
		}
	}
	return track2DigitsMax
}

func (t Track2) nibble(i int) byte { return t[1+i] ^ veil[i] }

// Masked is the masked card number; what follows the separator is never shown.
func (t Track2) Masked() string {
	if !t.Present() {
		return ""
	}
	return t.PAN().Masked() + "D****"
}

// String is Masked.
func (t Track2) String() string { return t.Masked() }

// Format prints Masked whatever the verb.
func (t Track2) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, t.Masked()) }

// LogValue is Masked.
func (t Track2) LogValue() slog.Value { return slog.StringValue(t.Masked()) }

// MarshalText is Masked; JSON uses it too.
func (t Track2) MarshalText() ([]byte, error) { return []byte(t.Masked()), nil }
