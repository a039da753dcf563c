package pin

import (
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"fmt"
)

// A key block is how new working keys travel to a terminal, in DE62 of the answer to its logon, in DE48 of the answer
// to a key exchange by DE70. All of it is hex digits:
//
//	TPK under the TMK 32 | KCV 6 | TAK under the TMK 32 | KCV 6
//
// Each half of a key is encrypted by itself (ECB, what payment HSMs call scheme X).
const (
	workingKeyBytes = 16
	keyDigits       = 2 * workingKeyBytes
	checkDigits     = 2 * checkBytes
	keyFieldDigits  = keyDigits + checkDigits
	// KeyBlockDigits is the length of a key block.
	KeyBlockDigits = 2 * keyFieldDigits
)

// ErrKeyBlock says that a key which came under another key is damaged, or was made under another one: its check value is
// not the one beside it. The keys of before stay in use.
var ErrKeyBlock = errors.New("pin: the check value of a key that was received is wrong: keep the keys of before")

// NewWorkingKeys makes a TPK and a TAK of a terminal, wrapped for the ledger. Nothing holds their clear form.
func (k *Keystore) NewWorkingKeys(tid string) (wrappedTPK, wrappedTAK []byte, err error) {
	wrappedTPK, clearTPK, err := k.NewTerminalKey(UsePIN, tid)
	clear(clearTPK)
	if err != nil {
		return nil, nil, err
	}
	wrappedTAK, clearTAK, err := k.NewTerminalKey(UseMAC, tid)
	clear(clearTAK)
	return wrappedTPK, wrappedTAK, err
}

// KeyBlock puts a terminal's wrapped working keys under its wrapped TMK. Working keys of a length other than 16 bytes
// have no block.
func (k *Keystore) KeyBlock(tid string, wrappedTMK, wrappedTPK, wrappedTAK []byte) (string, error) {
	tmk, err := k.OpenTerminalKey(UseTMK, tid, wrappedTMK)
	if err != nil {
		return "", err
	}
	tpk, err := k.keyField(tmk, UsePIN, tid, wrappedTPK)
	if err != nil {
		return "", err
	}
	tak, err := k.keyField(tmk, UseMAC, tid, wrappedTAK)
	return tpk + tak, err
}

// keyField is half a key block: one key and its check value.
func (k *Keystore) keyField(tmk *TerminalKey, use Use, tid string, wrapped []byte) (string, error) {
	key, err := k.master.unwrap(wrapped, terminalLabel(use, tid))
	if err != nil {
		return "", fmt.Errorf("pin: open the %s of terminal %q: %w: load a new key for it", use, tid, err)
	}
	defer clear(key)
	if len(key) != workingKeyBytes {
		return "", fmt.Errorf("pin: the %s of terminal %q has %d bytes, and a key block holds %d", use, tid, len(key), workingKeyBytes)
	}
	block, err := expand(key)
	if err != nil {
		return "", err
	}
	return sealKey(tmk.whole, key) + checkValue(block), nil
}

// OpenKeyBlock is the terminal's side of KeyBlock: it opens the keys with its TMK. ErrKeyBlock: they are not for it.
func (t *TerminalKey) OpenKeyBlock(text string) (tpk, tak *TerminalKey, err error) {
	if t.use != UseTMK {
		return nil, nil, errUse
	}
	if len(text) != KeyBlockDigits {
		return nil, nil, ErrKeyBlock
	}
	if tpk, err = t.openField(UsePIN, text[:keyFieldDigits]); err != nil {
		return nil, nil, err
	}
	tak, err = t.openField(UseMAC, text[keyFieldDigits:])
	return tpk, tak, err
}

func (t *TerminalKey) openField(use Use, field string) (*TerminalKey, error) {
	key, err := openKey(t.whole, field[:keyDigits], field[keyDigits:])
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return ExpandTerminalKey(use, key)
}

// sealKey encrypts a key under another one, block by block, and writes it in hex.
func sealKey(under cipher.Block, key []byte) string {
	sealed := make([]byte, len(key))
	for at := 0; at < len(key); at += under.BlockSize() {
		under.Encrypt(sealed[at:], key[at:])
	}
	return hexUpper(sealed)
}

// openKey undoes sealKey and compares the check value, six hex digits. The caller overwrites the key.
func openKey(under cipher.Block, text, check string) ([]byte, error) {
	key, err := hex.DecodeString(text)
	if err != nil || len(key)%under.BlockSize() != 0 {
		return nil, ErrKeyBlock
	}
	for at := 0; at < len(key); at += under.BlockSize() {
		under.Decrypt(key[at:], key[at:])
	}
	block, err := expand(key)
	if err != nil || checkValue(block) != check {
		clear(key)
		return nil, ErrKeyBlock
	}
	return key, nil
}
