package pin

import (
	"crypto/cipher"
	"crypto/des"
	"errors"
	"fmt"
	"math/bits"
	"sync"
)

var errKeyLength = errors.New("pin: a DES key has 8, 16 or 24 bytes")

// expand prepares a single, double or triple length key. Double length is K1, K2, K1.
func expand(key []byte) (cipher.Block, error) {
	switch len(key) {
	case 8:
		return des.NewCipher(key)
	case 16:
		var triple [24]byte
		defer clear(triple[:])
		copy(triple[:], key)
		copy(triple[16:], key[:8])
		return des.NewTripleDESCipher(triple[:])
	case 24:
		return des.NewTripleDESCipher(key)
	}
	return nil, errKeyLength
}

// checkValue is a key's KCV: the first three bytes of its encryption of zeros, in hex.
func checkValue(key cipher.Block) string {
	var zeros [8]byte
	key.Encrypt(zeros[:], zeros[:])
	return fmt.Sprintf("%X", zeros[:3])
}

// setOddParity sets the lowest bit of each byte, which DES ignores and HSMs check.
func setOddParity(key []byte) {
	for i, b := range key {
		key[i] = b&^1 | byte(1-bits.OnesCount8(b>>1)&1)
	}
}

// scratch is memory for one computation. What is handed to a cipher.Block escapes to the heap; from the pool it costs
// no allocation, and there is one place to overwrite it.
type scratch struct {
	block  [8]byte
	digits [16]byte // values 0 to 9, not characters
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func (s *scratch) release() {
	*s = scratch{}
	scratches.Put(s)
}
