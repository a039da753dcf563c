package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/loadtest/canary"
)

// canaryIssuers are the first digits of every card number that is used in this test: those below, and the synthetic
// area's.
var canaryIssuers = []string{"999977", "999912"}

// The canaries. PINs of eight digits are the longest that a card may have; twelve digits are the longest that may come.
const (
	canaryPIN      = "95173628"
	canaryWrongPIN = "730915264808"
	canaryTail     = "2267314159265" // service code and discretionary data of a track
)

// canaryCard is a card of the test.
type canaryCard struct {
	name, pan string
	family    int64
}

// The cards: one typed in, one with 19 digits, two from files, one that becomes another's successor, one that nobody
// knows.
var (
	cardTyped    = canaryCard{"typed in", withCheckDigit("999977408159263"), 7}
	cardLong     = canaryCard{"of 19 digits", withCheckDigit("999977518042637415"), 8}
	cardFiled    = canaryCard{"from a file", withCheckDigit("999977629370518"), 3201000000001}
	cardFiledToo = canaryCard{"from a file, replaced", withCheckDigit("999977730481629"), 3201000000002}
	cardNext     = canaryCard{"replacement", withCheckDigit("999977841592730"), 3201000000002}
	cardUnknown  = canaryCard{"of nobody", withCheckDigit("999977952603841"), 0}
	canaryCards  = []canaryCard{cardTyped, cardLong, cardFiled, cardFiledToo, cardNext, cardUnknown}
)

// The keys in clear.
var (
	canaryTPK = []byte("\x3d\x91\x07\xe6\x58\xab\xf2\x1c\xc4\x70\x2a\xbf\x85\x13\x9e\x64")
	canaryTMK = []byte("\x52\xf8\x1a\xc7\x0d\x94\x6b\xe0\x37\xa1\xdc\x49\x8f\x26\xb5\x73")
	canaryZMK = []byte("\x68\x0e\xd3\x4a\xb9\x25\xf7\x91\x1f\xc6\x83\x5d\x02\xea\x70\xb4")
)

// withCheckDigit completes a card number.
func withCheckDigit(digits string) string {
	for check := range 10 {
		if whole := fmt.Sprint(digits, check); canary.Luhn(whole) {
			return whole
		}
	}
	panic("no check digit fits")
}

func (c canaryCard) track() string { return c.pan + "=4912" + canaryTail }

// clearBlock is the PIN block of format 0 before it is encrypted, and its half that holds the PIN alone.
func (c canaryCard) clearBlock(digits string) (block, field []byte) {
	field, _ = hex.DecodeString(fmt.Sprintf("%02X%s", len(digits), (digits + strings.Repeat("F", 14))[:14]))
	number, _ := hex.DecodeString("0000" + c.pan[len(c.pan)-13:len(c.pan)-1])
	block = make([]byte, 8)
	subtle.XORBytes(block, field, number)
	return block, field
}

func (c canaryCard) encryptedBlock(t *testing.T, digits string) []byte {
	t.Helper()
	block, err := pin.EncryptPINBlock(canaryTPK, []byte(digits), []byte(c.pan))
	if err != nil {
		t.Fatal(err)
	}
	return block[:]
}

// cardSecrets are what stands on cards.
func cardSecrets() (all []canary.Secret) {
	for _, c := range canaryCards {
		all = append(all, canary.Digits("PAN "+c.name, c.pan), canary.Digits("track "+c.name, c.pan+"D4912"+canaryTail))
	}
	return append(all, canary.Digits("discretionary data", canaryTail))
}

// clearPINs are PINs and PIN blocks that are not encrypted.
func clearPINs() (all []canary.Secret) {
	for _, digits := range []string{canaryPIN, canaryWrongPIN} {
		all = append(all, canary.Digits("PIN "+digits[:2]+"…", digits))
		for _, c := range canaryCards {
			block, field := c.clearBlock(digits)
			all = append(all, canary.Bytes("clear block, card "+c.name, block), canary.Bytes("PIN field", field))
		}
	}
	return all
}

// encryptedPINs are PIN blocks as they travel, which nobody may keep either (PCI DSS 3.3.1.3).
func encryptedPINs(t *testing.T) (all []canary.Secret) {
	t.Helper()
	for _, c := range canaryCards {
		for _, digits := range []string{canaryPIN, canaryWrongPIN} {
			all = append(all, canary.Bytes("encrypted block, card "+c.name, c.encryptedBlock(t, digits)))
		}
	}
	return all
}

// keySecrets are the keys of the test, and those that the keystore made for itself.
func keySecrets(t *testing.T, keys string) []canary.Secret {
	t.Helper()
	master, wrapped := readKeystore(t, keys)
	all := []canary.Secret{
		canary.Bytes("TPK", canaryTPK), canary.Bytes("TMK", canaryTMK), canary.Bytes("ZMK", canaryZMK),
		canary.Bytes("master key", master),
	}
	for _, k := range wrapped {
		all = append(all, canary.Bytes(k.Use, k.open(t, master)))
	}
	return all
}

// wrappedKey is a key of keys.json.
type wrappedKey struct {
	ID      int    `json:"id"`
	Use     string `json:"use"`
	Wrapped []byte `json:"wrapped"`
}

func readKeystore(t *testing.T, dir string) (master []byte, keys []wrappedKey) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	if master, err = hex.DecodeString(string(bytes.TrimSpace(text))); err != nil {
		t.Fatal(err)
	}
	if text, err = os.ReadFile(filepath.Join(dir, "keys.json")); err != nil {
		t.Fatal(err)
	}
	var file struct{ Keys []wrappedKey }
	if err := json.Unmarshal(text, &file); err != nil || len(file.Keys) < 2 {
		t.Fatalf("%d keys: %v", len(file.Keys), err)
	}
	return master, file.Keys
}

// open unwraps a key as the doc of gateway/pin says: version and check value 4, nonce 12, AES-256-GCM.
func (k wrappedKey) open(t *testing.T, master []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(master)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	head, nonce, sealed := k.Wrapped[:4:4], k.Wrapped[4:16], k.Wrapped[16:]
	clear, err := aead.Open(nil, nonce, sealed, fmt.Appendf(head, "K%s:%d", k.Use, k.ID))
	if err != nil {
		t.Fatal(err)
	}
	return clear
}

// canaryProfile writes a terminal's set-up: the one file, besides what is typed, where these secrets may stand.
func canaryProfile(t *testing.T, path, addr string) {
	t.Helper()
	p := profile{
		Addr: addr, TID: "60060060", MID: "600600600600600", NII: "0001", TPDU: iso.TPDU{0x60}, AmountDecimals: 2,
		PANPad: iso.PadLeft, FirstSTAN: 1, TPK: canaryTPK,
	}
	for _, c := range canaryCards {
		p.Cards = append(p.Cards, profileCard{Track2: c.track(), PIN: canaryPIN})
	}
	p.Cards = append(p.Cards, profileCard{Track2: cardTyped.track(), PIN: canaryWrongPIN})
	if err := p.save(path); err != nil {
		t.Fatal(err)
	}
}
