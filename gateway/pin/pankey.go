package pin

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"
)

// panHasher makes PANKeys from many goroutines at once. An HMAC that is used again costs two blocks of SHA-256 less
// than a new one, and no allocation.
type panHasher struct{ states sync.Pool }

// panState is one HMAC, at its beginning while in the pool, and memory for its input and result.
type panState struct {
	mac hash.Hash
	sum [sha256.Size]byte
	in  [panDigitsMax]byte
}

func newPANHasher(key []byte) *panHasher {
	h := new(panHasher)
	h.states.New = func() any { return &panState{mac: hmac.New(sha256.New, key)} }
	return h
}

// PANKey is how the ledger knows a card: the first 128 bits of HMAC-SHA-256 over all digits of its PAN, under the active PAN
// key (PCI DSS 3.5.1.1 asks for a keyed hash of the whole PAN and at least 128 bits).
func (k *Keystore) PANKey(digits []byte) [16]byte {
	s := k.pans.states.Get().(*panState)
	defer k.pans.states.Put(s)
	for len(digits) > 0 {
		n := copy(s.in[:], digits) // so that the caller's digits do not escape to the heap
		_, _ = s.mac.Write(s.in[:n])
		digits = digits[n:]
	}
	key := [16]byte(s.mac.Sum(s.sum[:0]))
	s.mac.Reset() // now, so that its buffer forgets the PAN
	clear(s.in[:])
	return key
}

// PANKeyID is the id of the key under which PANKey works; it stands beside every PANKey in the ledger.
func (k *Keystore) PANKeyID() int16 { return k.panKeyID }
