package pin

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// Digits and keys as terminals, people and banks choose them.
var (
	genPAN     = digitsOf(panDigitsMin, panDigitsMax)
	genCardPIN = digitsOf(pinDigitsMin, pinDigitsMaxCard)
	genKey     = rapid.Custom(func(t *rapid.T) []byte {
		length := rapid.SampledFrom([]int{8, 16, 24}).Draw(t, "length")
		return rapid.SliceOfN(rapid.Byte(), length, length).Draw(t, "key")
	})
)

func digitsOf(least, most int) *rapid.Generator[[]byte] {
	return rapid.SliceOfN(rapid.ByteRange('0', '9'), least, most)
}

// testKeystore has keys that are the same in every run.
func testKeystore(t testing.TB, method string) *Keystore {
	return keystoreWith(t, method, 1, []byte("verification key"))
}

// What a family types at a terminal has the value that was stored when the card was made, and no other PIN has.
func TestRightPINOnlyHasTheStoredValue(t *testing.T) {
	k := testKeystore(t, methodIBM3624)
	rapid.Check(t, func(t *rapid.T) {
		pan, right, typed := genPAN.Draw(t, "pan"), genCardPIN.Draw(t, "right"), digitsOf(pinDigitsMin, pinDigitsMaxWire).Draw(t, "typed")
		if rapid.Bool().Draw(t, "same") {
			typed = right
		}
		stored, err := k.ValueOfPIN(right, pan)
		if err != nil || stored <= valueOfNoCard {
			t.Fatalf("stored %d: %v", stored, err)
		}
		tpk, err := ExpandTerminalKey(UsePIN, genKey.Draw(t, "tpk"))
		if err != nil {
			t.Fatal(err)
		}
		block, err := tpk.Encrypt(typed, pan)
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.VerificationValue(tpk, block, pan)
		if err != nil || got <= 0 || (got == stored) != bytes.Equal(typed, right) {
			t.Fatalf("PINs equal: %v, stored %d, computed %d, %v", bytes.Equal(typed, right), stored, got, err)
		}
	})
}

// Every PIN of four digits of one card, and its neighbours of five and eight: all values differ.
func TestIBM3624IsOneToOne(t *testing.T) {
	k := testKeystore(t, methodIBM3624)
	seen := make(map[int32]bool, 30_000)
	for _, tail := range []string{"", "0", "1234"} {
		for n := range 10_000 {
			text := []byte{byte('0' + n/1000), byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)}
			value, err := k.ValueOfPIN(append(text, tail...), []byte("6013010000000007"))
			if err != nil || seen[value] {
				t.Fatalf("value %d twice, or %v", value, err)
			}
			seen[value] = true
		}
	}
}

// The reason why PVV is not the default, kept true.
func TestPVVCoversFourDigitsOnly(t *testing.T) {
	k := testKeystore(t, methodPVV)
	rapid.Check(t, func(t *rapid.T) {
		pan, pin := genPAN.Draw(t, "pan"), genCardPIN.Draw(t, "pin")
		whole, err := k.ValueOfPIN(pin, pan)
		four, err4 := k.ValueOfPIN(pin[:4], pan)
		if err != nil || err4 != nil || whole != four || whole < 10_000 || whole > 19_999 {
			t.Fatalf("values %d and %d: %v, %v", whole, four, err, err4)
		}
	})
}

// Where an encryption has fewer than four decimal digits, its letters follow, less ten.
func TestPVVSecondPass(t *testing.T) {
	v := verifier{method: methodPVV, pvki: 1, key: constantBlock{0xAB, 0x1C, 0xDE, 0xFA, 0xBC, 0x2D, 0xEF, 0xAB}}
	if got := v.pvv(new(scratch), []byte("6013010000000007")); got != 11201 {
		t.Errorf("value %d, want 11201: digits 1 and 2, then A and B", got)
	}
}

// constantBlock is a cipher that encrypts everything to itself: real ones seldom lack digits.
type constantBlock [8]byte

func (c constantBlock) BlockSize() int          { return 8 }
func (c constantBlock) Encrypt(dst, _ []byte)   { copy(dst, c[:]) }
func (c constantBlock) Decrypt(dst, src []byte) { panic("not used") }

// A key out of step, or another card's PAN, is a fault and not a wrong PIN.
func TestKeyOutOfStepIsNoPIN(t *testing.T) {
	k := testKeystore(t, methodIBM3624)
	right, wrong := mustExpand(t, UsePIN, []byte("key of terminal1")), mustExpand(t, UsePIN, []byte("key of terminal2"))
	block, err := right.Encrypt([]byte("123456"), []byte("6013010000000007"))
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() (int32, error){
		"other key": func() (int32, error) { return k.VerificationValue(wrong, block, []byte("6013010000000007")) },
		"other PAN": func() (int32, error) { return k.VerificationValue(right, block, []byte("6013019999999997")) },
		"zeros":     func() (int32, error) { return k.VerificationValue(right, [8]byte{}, []byte("6013010000000007")) },
		"flipped bit": func() (int32, error) {
			b := block
			b[3] ^= 1
			return k.VerificationValue(right, b, []byte("6013010000000007"))
		},
	} {
		if value, err := try(); !errors.Is(err, ErrPINBlock) || value != 0 {
			t.Errorf("%s: value %d, error %v", name, value, err)
		}
	}
}

// Each rule of a clear block, broken alone.
func TestMalformedClearBlocks(t *testing.T) {
	k := testKeystore(t, methodIBM3624)
	key := mustExpand(t, UsePIN, []byte("key of terminal1"))
	pan := []byte("0000000000000000") // its field is zero, so the clear block is what stands here
	for text, ok := range map[string]bool{
		"041234FFFFFFFFFF": true,
		"0C123456789012FF": true,
		"141234FFFFFFFFFF": false, // format 1
		"03123FFFFFFFFFFF": false, // too short
		"0D1234567890123F": false, // too long
		"04123AFFFFFFFFFF": false, // not a digit
		"041234FFFFFFFFF0": false, // not a filler
		"0412345FFFFFFFFF": false, // longer than it says
	} {
		block := [8]byte(unhex(t, text))
		key.whole.Encrypt(block[:], block[:])
		if _, err := k.VerificationValue(key, block, pan); (err == nil) != ok || !ok && !errors.Is(err, ErrPINBlock) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestDigitsAreChecked(t *testing.T) {
	k := testKeystore(t, methodIBM3624)
	key := mustExpand(t, UsePIN, []byte("key of terminal1"))
	good := []byte("6013010000000007")
	for _, pan := range []string{"", "1234567", "12345678901234567890", "60130100000000a7"} {
		_, err1 := k.ValueOfPIN([]byte("1234"), []byte(pan))
		_, err2 := key.Encrypt([]byte("1234"), []byte(pan))
		_, err3 := k.VerificationValue(key, [8]byte{}, []byte(pan))
		if err1 == nil || err2 == nil || !errors.Is(err3, errPAN) {
			t.Errorf("a PAN of %d characters passed: %v, %v, %v", len(pan), err1, err2, err3)
		}
	}
	for _, pin := range []string{"", "123", "123456789", "12a4", "1234 "} {
		if _, err := k.ValueOfPIN([]byte(pin), good); err == nil {
			t.Errorf("a PIN of %d characters passed", len(pin))
		}
	}
	if _, err := key.Encrypt([]byte("1234567890123"), good); err == nil {
		t.Error("a PIN of 13 digits was encrypted")
	}
}

func TestPANKeyIsKeyedAndWhole(t *testing.T) {
	k, other := testKeystore(t, methodIBM3624), testKeystore(t, methodIBM3624) // the PAN keys are random
	rapid.Check(t, func(t *rapid.T) {
		pan := genPAN.Draw(t, "pan")
		changed := append([]byte(nil), pan...)
		i := rapid.IntRange(0, len(pan)-1).Draw(t, "i")
		changed[i] = '0' + (changed[i]-'0'+1)%10
		key := k.PANKey(pan)
		if key != k.PANKey(pan) || key == k.PANKey(changed) || key == k.PANKey(pan[1:]) || key == other.PANKey(pan) {
			t.Fatal("PANKey must depend on every digit and on the key, and on nothing else")
		}
	})
	long := []byte("12345678901234567890")
	if k.PANKey(long) == k.PANKey(long[:19]) {
		t.Error("digits after the nineteenth are ignored")
	}
}

func TestConcurrentUse(t *testing.T) {
	k := testKeystore(t, methodIBM3624)
	tpk, tak := mustExpand(t, UsePIN, []byte("key of terminal1")), mustExpand(t, UseMAC, []byte("key of terminal1"))
	pan := []byte("6013010000000007")
	block, _ := tpk.Encrypt([]byte("123456"), pan)
	wantKey, wantMAC := k.PANKey(pan), tak.MAC(pan)
	wantValue, _ := k.ValueOfPIN([]byte("123456"), pan)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 500 {
				value, err := k.VerificationValue(tpk, block, pan)
				if k.PANKey(pan) != wantKey || tak.MAC(pan) != wantMAC || value != wantValue || err != nil {
					t.Error("a result changed under concurrent use")
					return
				}
			}
		})
	}
	all.Wait()
}
