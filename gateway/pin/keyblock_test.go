package pin

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const blockTID = "60060060"

// withTMK is a keystore and a terminal's master key in both its forms.
func withTMK(t testing.TB) (k *Keystore, wrapped []byte, terminal *TerminalKey) {
	t.Helper()
	k = keystoreWith(t, methodIBM3624, 1, newDESKey())
	wrapped, clearTMK, err := k.NewTerminalKey(UseTMK, blockTID)
	if err != nil {
		t.Fatal(err)
	}
	return k, wrapped, mustExpand(t, UseTMK, clearTMK)
}

func newBlock(t testing.TB, k *Keystore, wrappedTMK []byte) (text string, tpk, tak *TerminalKey) {
	t.Helper()
	wrappedTPK, wrappedTAK, err := k.NewWorkingKeys(blockTID)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = k.KeyBlock(blockTID, wrappedTMK, wrappedTPK, wrappedTAK); err != nil {
		t.Fatal(err)
	}
	tpk, err = k.OpenTerminalKey(UsePIN, blockTID, wrappedTPK)
	if err != nil {
		t.Fatal(err)
	}
	if tak, err = k.OpenTerminalKey(UseMAC, blockTID, wrappedTAK); err != nil {
		t.Fatal(err)
	}
	return text, tpk, tak
}

// TestKeyBlockReachesTheTerminal: what the terminal opens are the keys that the ledger keeps, each for its use.
func TestKeyBlockReachesTheTerminal(t *testing.T) {
	k, wrappedTMK, terminal := withTMK(t)
	text, tpk, tak := newBlock(t, k, wrappedTMK)
	if len(text) != KeyBlockDigits || strings.Trim(text, "0123456789ABCDEF") != "" {
		t.Fatalf("%d characters, and some are no hex digits", len(text))
	}
	gotTPK, gotTAK, err := terminal.OpenKeyBlock(text)
	if err != nil {
		t.Fatal(err)
	}
	if gotTPK.KCV() != text[32:38] || gotTAK.KCV() != text[70:] || gotTPK.KCV() == gotTAK.KCV() {
		t.Errorf("check values %s and %s in %s and %s", gotTPK.KCV(), gotTAK.KCV(), text[32:38], text[70:])
	}
	block, err := gotTPK.Encrypt([]byte("123456"), []byte("4863990000001423"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.VerificationValue(tpk, block, []byte("4863990000001423")); err != nil {
		t.Errorf("the terminal's PIN block does not open under the ledger's key: %v", err)
	}
	if !tak.VerifyMAC([]byte("bytes"), sliceOf(gotTAK.MAC([]byte("bytes")))) {
		t.Error("the terminal's MAC is not right under the ledger's key")
	}
}

func sliceOf(mac [8]byte) []byte { return mac[:] }

// TestKeyBlockDamaged changes each digit of a key block in turn, and sends it to a terminal with another master key: the
// check values find it.
func TestKeyBlockDamaged(t *testing.T) {
	k, wrappedTMK, terminal := withTMK(t)
	text, _, _ := newBlock(t, k, wrappedTMK)
	for i := range text {
		damaged := []byte(text)
		if damaged[i]++; text[i] == '9' || text[i] == 'F' {
			damaged[i] = '0'
		}
		if _, _, err := terminal.OpenKeyBlock(string(damaged)); !errors.Is(err, ErrKeyBlock) {
			t.Errorf("digit %d changed: %v", i, err)
		}
	}
	for what, bad := range map[string]string{"short": text[1:], "long": text + "0", "no hex": "G" + text[1:], "empty": ""} {
		if _, _, err := terminal.OpenKeyBlock(bad); !errors.Is(err, ErrKeyBlock) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, _, other := withTMK(t)
	if _, _, err := other.OpenKeyBlock(text); !errors.Is(err, ErrKeyBlock) {
		t.Errorf("under another terminal's master key: %v", err)
	}
}

// TestKeyBlockRefusals: keys of another terminal, another use or another length have no block.
func TestKeyBlockRefusals(t *testing.T) {
	k, wrappedTMK, _ := withTMK(t)
	tpk, tak, err := k.NewWorkingKeys(blockTID)
	if err != nil {
		t.Fatal(err)
	}
	single, err := k.WrapTerminalKey(UsePIN, blockTID, newDESKey()[:8])
	if err != nil {
		t.Fatal(err)
	}
	for what, call := range map[string]func() (string, error){
		"other terminal": func() (string, error) { return k.KeyBlock("00000000", wrappedTMK, tpk, tak) },
		"keys swapped":   func() (string, error) { return k.KeyBlock(blockTID, wrappedTMK, tak, tpk) },
		"TPK for a TMK":  func() (string, error) { return k.KeyBlock(blockTID, tpk, tpk, tak) },
		"single length":  func() (string, error) { return k.KeyBlock(blockTID, wrappedTMK, single, tak) },
		"no TMK":         func() (string, error) { return k.KeyBlock(blockTID, nil, tpk, tak) },
	} {
		if text, err := call(); err == nil {
			t.Errorf("%s: a block of %d digits", what, len(text))
		}
	}
	opened, err := k.OpenTerminalKey(UsePIN, blockTID, tpk)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := opened.OpenKeyBlock(strings.Repeat("0", KeyBlockDigits)); err == nil {
		t.Error("a TPK opened a key block")
	}
}

// TestVectorSealKey wraps the published ZPK as its source did.
func TestVectorSealKey(t *testing.T) {
	v := loadVectors(t).KeyExchange
	zmk, err := expand(unhex(t, v.ZMK))
	if err != nil {
		t.Fatal(err)
	}
	if got := sealKey(zmk, unhex(t, v.ZPK)); got != v.WrappedZPK {
		t.Errorf("sealed %s, published %s", got, v.WrappedZPK)
	}
	key, err := openKey(zmk, v.WrappedZPK, v.KCV)
	if err != nil || hexUpper(key) != v.ZPK {
		t.Errorf("opened %X (%v), published %s", key, err, v.ZPK)
	}
	if _, err := openKey(zmk, v.WrappedZPK, "D24D7A"); !errors.Is(err, ErrKeyBlock) {
		t.Errorf("with the check value of the ZMK: %v", err)
	}
}

// TestTMKIsMasked: a terminal's master key shows its use and check value and nothing else.
func TestTMKIsMasked(t *testing.T) {
	_, _, terminal := withTMK(t)
	if got, want := fmt.Sprintf("%+v", *terminal), "TMK(KCV "+terminal.KCV()+")"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
