package pin

// pvvBase makes a value of four digits, 0000 among them, greater than zero.
const pvvBase int32 = 10_000

// pvv is Visa's PIN verification value. Its input is eleven PAN digits left of the check digit, the key's index and the
// first four PIN digits; its output the first four decimal digits of the encryption, and where there are fewer, then the
// others less ten.
func (v verifier) pvv(s *scratch, pan []byte) int32 {
	s.setTransformedPAN(pan, v.pvki)
	v.key.Encrypt(s.block[:], s.block[:])
	value, found := int32(0), 0
	for _, floor := range []byte{0, 10} {
		for i := 0; i < 16 && found < 4; i++ {
			if n := nibble(&s.block, i); n/10 == floor/10 {
				value = value*10 + int32(n-floor)
				found++
			}
		}
	}
	return pvvBase + value
}

func (s *scratch) setTransformedPAN(pan []byte, pvki byte) {
	s.block = [8]byte{}
	withoutCheck := pan[:len(pan)-1]
	for i := range min(11, len(withoutCheck)) {
		setNibble(&s.block, 10-i, withoutCheck[len(withoutCheck)-1-i]-'0')
	}
	setNibble(&s.block, 11, pvki)
	for i := range 4 {
		setNibble(&s.block, 12+i, s.digits[i])
	}
}
