package iso

// bcdForm is packed decimal digits, two a byte.
type bcdForm struct {
	leadingZero bool // n3 in two bytes: the first of four nibbles must be 0
}

func (f bcdForm) Encode(value []byte) ([]byte, error) { return encode(f, value) }

func (f bcdForm) Decode(src []byte, n int) ([]byte, int, error) {
	wire, err := content(f, src, n)
	if err != nil {
		return nil, 0, err
	}
	return appendNibbles(make([]byte, 0, 2*len(wire)), wire)[n&1:], len(wire), nil
}

func (bcdForm) size(n int) int { return (n + 1) / 2 }

func (f bcdForm) check(wire []byte, n int) string {
	switch {
	case !allBCD(wire):
		return ReasonNotBCD
	case f.leadingZero && len(wire) > 0 && wire[0]>>4 != 0:
		return ReasonLeadingNibble
	case n&1 == 1 && wire[0]>>4 != 0:
		return ReasonPadNibble
	}
	return ""
}

func (f bcdForm) append(dst []byte, value string) ([]byte, bool) {
	if f.leadingZero && (value == "" || value[0] != '0') {
		return dst, false
	}
	return appendPacked(dst, value)
}

// appendPacked packs digits, with a zero nibble in front where their number is odd.
func appendPacked[T string | []byte](dst []byte, digits T) ([]byte, bool) {
	high, held := byte(0), len(digits)&1 == 1
	for i := range len(digits) {
		d := digits[i] - '0'
		if d > 9 {
			return dst, false
		}
		if held {
			dst = append(dst, high<<4|d)
		}
		high, held = d, !held
	}
	return dst, true
}
