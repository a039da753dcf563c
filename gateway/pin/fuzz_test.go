package pin

import (
	"strings"
	"testing"
)

// FuzzKeyBlock: whatever comes in the place of its key block, a terminal takes no key but one whose check value stands
// beside it, and none of two where one is refused. (A check value has 24 bits: one block in 16 million passes by chance,
// and the first MAC under such a key is refused.)
func FuzzKeyBlock(f *testing.F) {
	k, wrappedTMK, terminal := withTMK(f)
	text, _, _ := newBlock(f, k, wrappedTMK)
	f.Add(uint8(0), uint8(0), "")
	f.Add(uint8(0), uint8(2), "00")
	f.Add(uint8(0), uint8(76), strings.ToLower(text))
	f.Fuzz(func(t *testing.T, at, without uint8, put string) {
		from := min(int(at), len(text))
		forged := text[:from] + put + text[min(from+int(without), len(text)):]
		tpk, tak, err := terminal.OpenKeyBlock(forged)
		switch {
		case err != nil:
			if tpk != nil && tak != nil {
				t.Error("keys beside an error")
			}
		case tpk.KCV() != forged[keyDigits:keyFieldDigits] || tak.KCV() != forged[keyFieldDigits+keyDigits:]:
			t.Error("a key was taken whose check value is another")
		}
	})
}

// FuzzPINBlock: a block that is no PIN of this card is refused, and neither the refusal nor anything else panics.
func FuzzPINBlock(f *testing.F) {
	k := keystoreWith(f, methodIBM3624, 1, newDESKey())
	tpk := mustExpand(f, UsePIN, newDESKey())
	good, err := tpk.Encrypt([]byte("123456"), []byte("9999120000000001"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good[:], "9999120000000001")
	f.Add(good[:], "9999120000000002")
	f.Add(good[:7], "")
	f.Fuzz(func(t *testing.T, bytes []byte, pan string) {
		var block [8]byte
		copy(block[:], bytes)
		_, err := k.VerificationValue(tpk, block, []byte(pan))
		if err == nil && (len(pan) < 12 || strings.Trim(pan, "0123456789") != "") {
			t.Error("a PIN of a card that has no number")
		}
	})
}
