package pin

import (
	"crypto/cipher"
	"errors"
	"fmt"
)

// The methods of keys.json.
const (
	methodIBM3624 = "ibm3624"
	methodPVV     = "pvv"
)

const (
	// pinDigitsMaxCard keeps a card's value within int32.
	pinDigitsMaxCard = 8
	// valueOfNoCard is a PIN's that is longer than any card's: compared, wrong, counted.
	valueOfNoCard int32 = 1
)

var errCardPIN = errors.New("pin: a card's PIN has 4 to 8 digits")

// verifier turns PINs into values under the verification key.
type verifier struct {
	method string
	pvki   byte // pvv only
	key    cipher.Block
}

func newVerifier(method string, id int16, key cipher.Block) (verifier, error) {
	switch {
	case method == methodIBM3624:
		return verifier{method: method, key: key}, nil
	case method == methodPVV && id >= 1 && id <= 6:
		return verifier{method: method, pvki: byte(id), key: key}, nil
	case method == methodPVV:
		return verifier{}, fmt.Errorf("verification key %d cannot use %s, whose key index is 1 to 6", id, methodPVV)
	}
	return verifier{}, fmt.Errorf("the method of verification key %d is neither %s nor %s", id, methodIBM3624, methodPVV)
}

// VerificationValue opens an encrypted PIN block of ISO 9564 format 0 (DE52) and returns the value that the ledger
// compares with the card's: always greater than zero. ErrPINBlock means that there is no PIN in the block.
func (k *Keystore) VerificationValue(tpk *TerminalKey, block [8]byte, panDigits []byte) (int32, error) {
	if tpk.use != UsePIN {
		return 0, errUse
	}
	if err := checkPAN(panDigits); err != nil {
		return 0, err
	}
	s := scratches.Get().(*scratch)
	defer s.release()
	s.block = block
	tpk.whole.Decrypt(s.block[:], s.block[:])
	length, err := s.decodePIN(panDigits)
	if err != nil {
		return 0, err
	}
	return k.verifier.value(s, length, panDigits), nil
}

// ValueOfPIN is the value to store for a card that gets this PIN, of 4 to 8 digits.
func (k *Keystore) ValueOfPIN(pinDigits, panDigits []byte) (int32, error) {
	if err := errors.Join(checkPIN(pinDigits), checkPAN(panDigits)); err != nil {
		return 0, err
	}
	if len(pinDigits) > pinDigitsMaxCard {
		return 0, errCardPIN
	}
	s := scratches.Get().(*scratch)
	defer s.release()
	for i, c := range pinDigits {
		s.digits[i] = c - '0'
	}
	return k.verifier.value(s, len(pinDigits), panDigits), nil
}

// value is that of the PIN in the first digits of s.
func (v verifier) value(s *scratch, length int, pan []byte) int32 {
	switch {
	case v.method == methodPVV:
		return v.pvv(s, pan)
	case length > pinDigitsMaxCard:
		return valueOfNoCard
	}
	return v.ibm3624(s, length, pan)
}
