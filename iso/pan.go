package iso

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// The number of digits of a card number (ISO/IEC 7812), and the least that can show its ends without giving it away.
const (
	panDigitsMin  = 8
	panDigitsMax  = 19
	panDigitsShow = 13
)

// PAN is a card number. It prints masked under every verb, in slog, JSON and text; the digits come out only by
// AppendDigits and Digits. The zero value is an absent PAN. Two PANs are equal (==) when their digits are, within one
// process: the array holds them under a veil and means nothing outside.
type PAN [1 + panDigitsMax]byte

var errPAN = errors.New("a card number has 8 to 19 digits")

// ParsePAN takes 8 to 19 ASCII digits. The error never quotes them.
func ParsePAN[T string | []byte](digits T) (PAN, error) {
	var p PAN
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' || !p.push(digits[i]-'0') {
			return PAN{}, errPAN
		}
	}
	if p.Len() < panDigitsMin {
		return PAN{}, errPAN
	}
	return p, nil
}

// push appends one digit (0 to 9) and tells whether there was room.
func (p *PAN) push(digit byte) bool {
	n := p[0]
	if n >= panDigitsMax {
		return false
	}
	p[0] = n + 1
	p[1+n] = digit ^ veil[n]
	return true
}

// Present tells whether there is a card number at all.
func (p PAN) Present() bool { return p[0] != 0 }

// Len is the number of digits.
func (p PAN) Len() int { return min(int(p[0]), panDigitsMax) }

// AppendDigits appends the clear ASCII digits. For the HMAC, the PIN block and the wire; never for people or logs.
func (p PAN) AppendDigits(dst []byte) []byte {
	for i := range p.Len() {
		dst = append(dst, '0'+p.digit(i))
	}
	return dst
}

// Digits is the clear number in a slice of its own, which the caller may overwrite when done.
func (p PAN) Digits() []byte { return p.AppendDigits(make([]byte, 0, panDigitsMax)) }

// First6 is the issuer's number in clear; empty for a PAN of fewer than 13 digits, which it would give away.
func (p PAN) First6() string {
	if p.Len() < panDigitsShow {
		return ""
	}
	return string(p.Digits()[:6])
}

// Last4 is the last four digits in clear; empty where absent.
func (p PAN) Last4() string {
	if p.Len() < panDigitsMin {
		return ""
	}
	return string(p.Digits()[p.Len()-4:])
}

// Masked is what may be shown (PCI DSS 3.4.1): first six and last four, as 486399XXXXXX1423. A PAN of fewer than 13
// digits shows the last four only. Empty where absent.
func (p PAN) Masked() string {
	first, last := p.First6(), p.Last4()
	var masked [panDigitsMax]byte
	shown := append(masked[:0], first...)
	for range p.Len() - len(first) - len(last) {
		shown = append(shown, 'X')
	}
	return string(append(shown, last...))
}

// Luhn tells whether the check digit is right (ISO/IEC 7812-1 annex B).
func (p PAN) Luhn() bool {
	sum := 0
	for i := range p.Len() {
		d := int(p.digit(p.Len() - 1 - i))
		if i%2 == 1 {
			d *= 2
			d -= d / 10 * 9
		}
		sum += d
	}
	return p.Present() && sum%10 == 0
}

// digit is the i-th digit as a number; i must be below Len.
func (p PAN) digit(i int) byte { return p[1+i] ^ veil[i] }

// String is Masked.
func (p PAN) String() string { return p.Masked() }

// Format prints Masked whatever the verb.
func (p PAN) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, p.Masked()) }

// LogValue is Masked.
func (p PAN) LogValue() slog.Value { return slog.StringValue(p.Masked()) }

// MarshalText is Masked; JSON uses it too.
func (p PAN) MarshalText() ([]byte, error) { return []byte(p.Masked()), nil }
