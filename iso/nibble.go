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

// numberBytesMax is the longest number that is written: the 16 digits of DE86, in characters.
const numberBytesMax = 16

// appendNumber appends v as BCD of n bytes. The caller has checked that v is not negative and fits.
func appendNumber(dst []byte, v int64, n int) []byte {
	var blank [numberBytesMax]byte
	at := len(dst)
	dst = append(dst, blank[:n]...)
	for i := len(dst) - 1; i >= at; i-- {
		pair := v % 100
		dst[i] = byte(pair/10<<4 | pair%10)
		v /= 100
	}
	return dst
}

// allDigits tells whether every byte is an ASCII digit.
func allDigits(wire []byte) bool {
	for _, c := range wire {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// digitsNumber is the number that ASCII digits write; up to 18 of them fit an int64.
func digitsNumber(wire []byte) int64 {
	var v int64
	for _, c := range wire {
		v = v*10 + int64(c-'0')
	}
	return v
}

// appendDigits appends v as n ASCII digits. The caller has checked that v is not negative and fits.
func appendDigits(dst []byte, v int64, n int) []byte {
	var blank [numberBytesMax]byte
	at := len(dst)
	dst = append(dst, blank[:n]...)
	for i := len(dst) - 1; i >= at; i-- {
		dst[i] = '0' + byte(v%10)
		v /= 10
	}
	return dst
}

// allHex tells whether the characters are upper-case hex, two a byte.
func allHex(wire []byte) bool {
	for _, c := range wire {
		if c < '0' || c > 'F' || c > '9' && c < 'A' {
			return false
		}
	}
	return len(wire)%2 == 0
}

// appendUnhex appends the bytes that checked hex writes.
func appendUnhex(dst, wire []byte) []byte {
	for i := 0; i+1 < len(wire); i += 2 {
		dst = append(dst, hexNibble(wire[i])<<4|hexNibble(wire[i+1]))
	}
	return dst
}

// hexNibble is the value of a checked hex character.
func hexNibble(c byte) byte {
	if c > '9' {
		return c - 'A' + 10
	}
	return c - '0'
}

// upperHex is hex as payment people write it.
func upperHex(b []byte) string { return string(appendNibbles(make([]byte, 0, 2*len(b)), b)) }
