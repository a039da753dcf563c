package iso

import (
	"strconv"

	"github.com/moov-io/iso8583/prefix"
)

// lengthPrefix is the length in front of a variable field. A terminal's is BCD, two digits in one byte or three in two,
// whose spare nibble must be 0; a switch's is as many ASCII digits. Fixed fields have none. It is moov's
// prefix.Prefixer; moov's own BCD builds a hash table each time, and its ASCII takes +4 for a length.
type lengthPrefix struct {
	digits int
	size   int // of the length itself, bytes
}

var (
	prefixFixed    = lengthPrefix{}
	prefixLL       = lengthPrefix{2, 1}
	prefixLLL      = lengthPrefix{3, 2}
	prefixASCIILL  = lengthPrefix{2, 2}
	prefixASCIILLL = lengthPrefix{3, 3}
)

var _ prefix.Prefixer = lengthPrefix{}

// ascii tells whether the length is characters.
func (p lengthPrefix) ascii() bool { return p.digits > 0 && p.size == p.digits }

// EncodeLength writes the length of n characters. lengthMax is the field's own limit, and its exact length if fixed.
func (p lengthPrefix) EncodeLength(lengthMax, n int) ([]byte, error) {
	if !p.fits(lengthMax, n) {
		return nil, errLength
	}
	return p.append(make([]byte, 0, p.size), n), nil
}

// DecodeLength reads the length of a field from the front of data, and how many bytes it took.
func (p lengthPrefix) DecodeLength(lengthMax int, data []byte) (n, size int, err error) {
	n, reason := p.read(lengthMax, data)
	if reason != "" {
		return 0, 0, errLength
	}
	return n, p.size, nil
}

// Inspect names the prefix the way moov's JSON specs do.
func (p lengthPrefix) Inspect() string {
	switch {
	case p.digits == 0:
		return "Fixed"
	case p.ascii():
		return "ASCII." + strconv.Itoa(p.digits)
	}
	return "EDC." + strconv.Itoa(p.digits)
}

func (p lengthPrefix) fits(lengthMax, n int) bool {
	if p.digits == 0 {
		return n == lengthMax
	}
	return n >= 0 && n <= lengthMax
}

func (p lengthPrefix) append(dst []byte, n int) []byte {
	switch {
	case p.digits == 0:
		return dst
	case p.ascii():
		return appendDigits(dst, int64(n), p.digits)
	}
	return appendNumber(dst, int64(n), p.size)
}

// read is DecodeLength with a reason in place of an error.
func (p lengthPrefix) read(lengthMax int, data []byte) (n int, reason string) {
	if p.digits == 0 {
		return lengthMax, ""
	}
	if len(data) < p.size {
		return 0, ReasonTruncated
	}
	if n, reason = p.number(data[:p.size]); n > lengthMax {
		return 0, ReasonLengthMax
	}
	return n, reason
}

// number is what a length says in its one spelling.
func (p lengthPrefix) number(length []byte) (n int, reason string) {
	switch {
	case p.ascii() && allDigits(length):
		return int(digitsNumber(length)), ""
	case p.ascii(), !allBCD(length), p.digits&1 == 1 && length[0]>>4 != 0:
		return 0, ReasonLengthForm
	}
	return int(bcdNumber(length)), ""
}
