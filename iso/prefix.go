package iso

import (
	"strconv"

	"github.com/moov-io/iso8583/prefix"
)

// lengthPrefix is the BCD length in front of a variable field: two digits in one byte or three in two, whose spare
// nibble must be 0. Fixed fields have none. It is moov's prefix.Prefixer; moov's own builds a hash table each time.
type lengthPrefix struct {
	digits int
}

var (
	prefixFixed = lengthPrefix{}
	prefixLL    = lengthPrefix{2}
	prefixLLL   = lengthPrefix{3}
)

var _ prefix.Prefixer = lengthPrefix{}

// bytes is the size of the length itself.
func (p lengthPrefix) bytes() int { return (p.digits + 1) / 2 }

// EncodeLength writes the length of n characters. lengthMax is the field's own limit, and its exact length if fixed.
func (p lengthPrefix) EncodeLength(lengthMax, n int) ([]byte, error) {
	if !p.fits(lengthMax, n) {
		return nil, errLength
	}
	return p.append(make([]byte, 0, 2), n), nil
}

// DecodeLength reads the length of a field from the front of data, and how many bytes it took.
func (p lengthPrefix) DecodeLength(lengthMax int, data []byte) (n, size int, err error) {
	n, reason := p.read(lengthMax, data)
	if reason != "" {
		return 0, 0, errLength
	}
	return n, p.bytes(), nil
}

// Inspect names the prefix the way moov's JSON specs do.
func (p lengthPrefix) Inspect() string {
	if p.digits == 0 {
		return "EDC.Fixed"
	}
	return "EDC." + strconv.Itoa(p.digits)
}

func (p lengthPrefix) fits(lengthMax, n int) bool {
	if p.digits == 0 {
		return n == lengthMax
	}
	return n >= 0 && n <= lengthMax
}

func (p lengthPrefix) append(dst []byte, n int) []byte { return appendNumber(dst, int64(n), p.bytes()) }

// read is DecodeLength with a reason in place of an error.
func (p lengthPrefix) read(lengthMax int, data []byte) (n int, reason string) {
	if p.digits == 0 {
		return lengthMax, ""
	}
	if len(data) < p.bytes() {
		return 0, ReasonTruncated
	}
	length := data[:p.bytes()]
	if !allBCD(length) || p.digits&1 == 1 && length[0]>>4 != 0 {
		return 0, ReasonLengthForm
	}
	if n = int(bcdNumber(length)); n > lengthMax {
		return 0, ReasonLengthMax
	}
	return n, ""
}
