package iso

// nibbleChars are the characters of the sixteen nibbles as track 2 and hex write them.
const nibbleChars = "0123456789ABCDEF"

// isBCD tells whether both nibbles are decimal.
func isBCD(b byte) bool { return b <= 0x99 && b&0xF <= 9 }

// allBCD tells whether every nibble is decimal.
func allBCD(wire []byte) bool {
	for _, b := range wire {
		if !isBCD(b) {
			return false
		}
	}
	return true
}

// nibbleAt is the i-th nibble, counted from the high half of the first byte.
func nibbleAt(wire []byte, i int) byte {
	if i&1 == 0 {
		return wire[i>>1] >> 4
	}
	return wire[i>>1] & 0xF
}

// appendNibbles appends the nibbles of wire as characters.
func appendNibbles(dst, wire []byte) []byte {
	for _, b := range wire {
		dst = append(dst, nibbleChars[b>>4], nibbleChars[b&0xF])
	}
	return dst
}

// bcdNumber is the number that checked BCD bytes write; up to nine bytes fit an int64.
func bcdNumber(wire []byte) int64 {
	var v int64
	for _, b := range wire {
		v = v*100 + int64(b>>4)*10 + int64(b&0xF)
	}
	return v
}

// appendNumber appends v as BCD of n bytes. The caller has checked that v is not negative and fits.
func appendNumber(dst []byte, v int64, n int) []byte {
	at := len(dst)
	for range n {
		dst = append(dst, 0)
	}
	for i := len(dst) - 1; i >= at; i-- {
		pair := v % 100
		dst[i] = byte(pair/10<<4 | pair%10)
		v /= 100
	}
	return dst
}

// upperHex is hex as payment people write it.
func upperHex(b []byte) string { return string(appendNibbles(make([]byte, 0, 2*len(b)), b)) }
