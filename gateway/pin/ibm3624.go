package pin

// decimalisation makes digits of the nibbles 0 to F. Its form, each digit once and six of them twice, is that of IBM's own
// table, turned by one; any table that favours few digits would favour few PINs.
const decimalisation = "1234567890123456"

// ibm3624 is ten to the power of the PIN's length, plus the digits of the offset: the PIN less the natural PIN, digit by
// digit, modulo ten. The leading one keeps 0012 and 00012 apart.
func (v verifier) ibm3624(s *scratch, length int, pan []byte) int32 {
	s.setValidationData(pan)
	v.key.Encrypt(s.block[:], s.block[:])
	value := int32(1)
	for i := range length {
		natural := decimalisation[nibble(&s.block, i)] - '0'
		value = value*10 + int32((s.digits[i]+10-natural)%10)
	}
	return value
}

// setValidationData puts the last sixteen PAN digits into s.block, with zeros in front of a shorter PAN.
func (s *scratch) setValidationData(pan []byte) {
	s.block = [8]byte{}
	for i := range min(16, len(pan)) {
		setNibble(&s.block, 15-i, pan[len(pan)-1-i]-'0')
	}
}
