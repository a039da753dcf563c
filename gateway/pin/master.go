package pin

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

const (
	masterBytes = 32
	checkBytes  = 3
	wrapVersion = 1
	wrapHead    = 1 + checkBytes // version and check value of the master key
	wrapNonce   = 12
)

// master is the key that wraps the others.
type master struct {
	aead  cipher.AEAD
	check [checkBytes]byte
}

func newMaster(key []byte) (master, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return master{}, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return master{}, err
	}
	return master{aead, hmacCheck(key)}, nil
}

// hmacCheck is the check value of a key that is no DES key.
func hmacCheck(key []byte) [checkBytes]byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("bpnt key check value"))
	return [checkBytes]byte(mac.Sum(nil))
}

func (m master) checkHex() string { return hexUpper(m.check[:]) }

// wrap encrypts a key. The label, which says what the key is for and whose it is, is authenticated and not stored: who
// unwraps must know it.
func (m master) wrap(key, label []byte) []byte {
	wrapped := make([]byte, wrapHead+wrapNonce, wrapHead+wrapNonce+len(key)+m.aead.Overhead())
	wrapped[0] = wrapVersion
	copy(wrapped[1:], m.check[:])
	nonce := wrapped[wrapHead:]
	rand.Read(nonce) // it never fails: crypto/rand ends the program instead
	return m.aead.Seal(wrapped, nonce, key, append(wrapped[:wrapHead:wrapHead], label...))
}

var errDamaged = errors.New("the wrapped key is damaged, or belongs to another use or owner")

// unwrap returns the clear key, for the caller to overwrite.
func (m master) unwrap(wrapped, label []byte) ([]byte, error) {
	if len(wrapped) < wrapHead+wrapNonce || wrapped[0] != wrapVersion {
		return nil, errDamaged
	}
	if check := [checkBytes]byte(wrapped[1:wrapHead]); check != m.check {
		return nil, fmt.Errorf("the key is wrapped under the master key with check value %X, and this one has %X", check, m.check)
	}
	head, nonce, sealed := wrapped[:wrapHead:wrapHead], wrapped[wrapHead:wrapHead+wrapNonce], wrapped[wrapHead+wrapNonce:]
	key, err := m.aead.Open(nil, nonce, sealed, append(head, label...))
	if err != nil {
		return nil, errDamaged
	}
	return key, nil
}

func hexUpper(b []byte) string { return fmt.Sprintf("%X", b) }

// decodeMaster reads the 64 hex digits of master.key.
func decodeMaster(text []byte) ([]byte, error) {
	key := make([]byte, masterBytes)
	if len(text) != hex.EncodedLen(masterBytes) {
		return nil, errors.New("it must hold 64 hex digits")
	}
	if _, err := hex.Decode(key, text); err != nil {
		clear(key)
		return nil, errors.New("it must hold 64 hex digits") // hex's own error prints the offending character
	}
	return key, nil
}
