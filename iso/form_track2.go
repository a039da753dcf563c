package iso

// track2Form is DE35: digits and separators D, one nibble each. The nibble after an odd number is F (Indonesia) or 0
// (others); both are read, F is written. moov has no encoding for it: its BCD refuses D, and its hex encodings count
// bytes where this field counts nibbles (moov-io/iso8583 #327, #379, #457).
type track2Form struct{}

func (f track2Form) Encode(value []byte) ([]byte, error) { return encode(f, value) }

func (f track2Form) Decode(src []byte, n int) ([]byte, int, error) {
	wire, err := content(f, src, n)
	if err != nil {
		return nil, 0, err
	}
	return appendNibbles(make([]byte, 0, 2*len(wire)), wire)[:n], len(wire), nil
}

func (track2Form) size(n int) int { return (n + 1) / 2 }

func (track2Form) check(wire []byte, n int) string {
	for i := range n {
		if nibble := nibbleAt(wire, i); nibble > 9 && nibble != separator {
			return ReasonTrack2
		}
	}
	if pad := wire[max(len(wire)-1, 0):]; n&1 == 1 && pad[0]&0xF != 0 && pad[0]&0xF != 0xF {
		return ReasonPadNibble
	}
	return ""
}

func (track2Form) append(dst []byte, value string) ([]byte, bool) { return appendTrack2(dst, value) }

// appendTrack2 packs the characters of a track, with F after an odd number.
func appendTrack2[T string | []byte](dst []byte, value T) ([]byte, bool) {
	for i := 0; i < len(value); i += 2 {
		high, ok := track2Nibble(value[i])
		low, okLow := byte(0xF), true
		if i+1 < len(value) {
			low, okLow = track2Nibble(value[i+1])
		}
		if !ok || !okLow {
			return dst, false
		}
		dst = append(dst, high<<4|low)
	}
	return dst, true
}
