package pin

import (
	"crypto/subtle"
	"errors"
)

// ErrPINBlock says that a PIN block did not decode to a PIN: the terminal's key is out of step, or its PAN is another.
// That is a fault and not a wrong PIN.
var ErrPINBlock = errors.New("pin: the block holds no PIN of format 0 under this key and PAN")

var (
	errPAN = errors.New("pin: a PAN has 8 to 19 digits")
	errPIN = errors.New("pin: a PIN has 4 to 12 digits")
)

const (
	pinDigitsMin     = 4
	pinDigitsMaxWire = 12 // ISO 9564
	panDigitsMin     = 8  // ISO/IEC 7812
	panDigitsMax     = 19
)

// A clear block of ISO 9564 format 0 is the exclusive or of two fields of sixteen nibbles:
//
//	0 | length of the PIN | the PIN | F to the end
//	0 0 0 0 | the twelve rightmost digits of the PAN without its check digit
//
// encodePIN writes it to s.block.
func (s *scratch) encodePIN(pin, pan []byte) {
	setNibble(&s.block, 1, byte(len(pin)))
	for i := range 14 {
		filler := byte(0xF)
		if i < len(pin) {
			filler = pin[i] - '0'
		}
		setNibble(&s.block, 2+i, filler)
	}
	s.mixPAN(pan)
}

// decodePIN reads the PIN of the clear block in s.block into s.digits and returns its length. A byte that is not as
// it must be makes the whole no PIN.
func (s *scratch) decodePIN(pan []byte) (length int, err error) {
	s.mixPAN(pan)
	length = int(nibble(&s.block, 1))
	if nibble(&s.block, 0) != 0 || length < pinDigitsMin || length > pinDigitsMaxWire {
		return 0, ErrPINBlock
	}
	for i := range 14 {
		digit := nibble(&s.block, 2+i)
		if inPIN := i < length; inPIN && digit > 9 || !inPIN && digit != 0xF {
			return 0, ErrPINBlock
		}
		s.digits[i] = digit
	}
	return length, nil
}

// mixPAN is its own inverse. A PAN of fewer than thirteen digits counts as having zeros in front.
func (s *scratch) mixPAN(pan []byte) {
	var field [8]byte
	withoutCheck := pan[:len(pan)-1]
	for i := range min(12, len(withoutCheck)) {
		setNibble(&field, 15-i, withoutCheck[len(withoutCheck)-1-i]-'0')
	}
	subtle.XORBytes(s.block[:], s.block[:], field[:])
}

// nibble reads one of the sixteen, from the left.
func nibble(block *[8]byte, i int) byte { return block[i/2] >> (4 * (1 - i&1)) & 0xF }

// setNibble writes one where zero stood.
func setNibble(block *[8]byte, i int, value byte) { block[i/2] |= value << (4 * (1 - i&1)) }

func checkPAN(pan []byte) error {
	if !allDigits(pan) || len(pan) < panDigitsMin || len(pan) > panDigitsMax {
		return errPAN
	}
	return nil
}

func checkPIN(pin []byte) error {
	if !allDigits(pin) || len(pin) < pinDigitsMin || len(pin) > pinDigitsMaxWire {
		return errPIN
	}
	return nil
}

func allDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
