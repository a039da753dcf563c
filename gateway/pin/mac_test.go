package pin

import (
	"bytes"
	"crypto/cipher"
	"crypto/des"
	"testing"

	"pgregory.net/rapid"
)

// Any single changed bit of the data or of the MAC is refused.
func TestFlippedBitIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tak, err := ExpandTerminalKey(UseMAC, genKey.Draw(t, "tak"))
		if err != nil {
			t.Fatal(err)
		}
		data := rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "data")
		mac := tak.MAC(data)
		if !tak.VerifyMAC(data, mac[:]) {
			t.Fatal("the right MAC was refused")
		}
		bit := rapid.IntRange(0, 8*len(data)-1).Draw(t, "bit")
		data[bit/8] ^= 1 << (bit % 8)
		if tak.VerifyMAC(data, mac[:]) {
			t.Fatalf("bit %d of the data may change", bit)
		}
		data[bit/8] ^= 1 << (bit % 8)
		bit = rapid.IntRange(0, 63).Draw(t, "bit of the MAC")
		mac[bit/8] ^= 1 << (bit % 8)
		if tak.VerifyMAC(data, mac[:]) {
			t.Fatalf("bit %d of the MAC may change", bit)
		}
	})
}

// X9.9 is the last block of CBC, here the standard library's.
func TestSingleLengthIsCBC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "key")
		data := rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "data")
		padded := append([]byte(nil), data...)
		for len(padded)%8 != 0 || len(padded) == 0 {
			padded = append(padded, 0)
		}
		block, err := des.NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		cipher.NewCBCEncrypter(block, make([]byte, 8)).CryptBlocks(padded, padded)
		tak, err := ExpandTerminalKey(UseMAC, key)
		if err != nil {
			t.Fatal(err)
		}
		if got := tak.MAC(data); !bytes.Equal(got[:], padded[len(padded)-8:]) {
			t.Fatalf("MAC %X, CBC %X", got, padded[len(padded)-8:])
		}
	})
}

func TestShortMAC(t *testing.T) {
	tak := mustExpand(t, UseMAC, []byte("key of terminal1"))
	data := []byte("0200 and so on")
	mac := tak.MAC(data)
	short := append(mac[:4:4], 0, 0, 0, 0)
	wrongHead := append([]byte{mac[0] ^ 1}, short[1:]...)
	for name, c := range map[string]struct {
		mac  []byte
		want bool
	}{
		"whole":               {mac[:], true},
		"four bytes, zeros":   {short, true},
		"four wrong, zeros":   {wrongHead, false},
		"zeros":               {make([]byte, 8), false},
		"zeros, then its end": {append(make([]byte, 4), mac[4:]...), false},
		"four bytes alone":    {mac[:4], false},
		"none":                {nil, false},
		"nine bytes":          {append(mac[:8:8], 0), false},
	} {
		if got := tak.VerifyMAC(data, c.mac); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A triple length key ends with its own third part; with the first again it is the double length key.
func TestTripleLengthMAC(t *testing.T) {
	double := []byte("left key" + "rightkey")
	same := mustExpand(t, UseMAC, append(double[:16:16], double[:8]...))
	other := mustExpand(t, UseMAC, append(double[:16:16], "thirdkey"...))
	data := []byte("0200")
	want := mustExpand(t, UseMAC, double).MAC(data)
	if same.MAC(data) != want || other.MAC(data) == want {
		t.Error("the third part is not what encrypts the end")
	}
}

func TestKeysKeepToTheirUse(t *testing.T) {
	tpk, tak := mustExpand(t, UsePIN, []byte("key of terminal1")), mustExpand(t, UseMAC, []byte("key of terminal1"))
	mac := tak.MAC([]byte("0200"))
	if tpk.VerifyMAC([]byte("0200"), mac[:]) {
		t.Error("a PIN key verified a MAC")
	}
	if _, err := tak.Encrypt([]byte("1234"), []byte("6013010000000007")); err == nil {
		t.Error("a MAC key made a PIN block")
	}
	if _, err := testKeystore(t, methodIBM3624).VerificationValue(tak, [8]byte{}, []byte("6013010000000007")); err == nil {
		t.Error("a MAC key opened a PIN block")
	}
	defer func() {
		if recover() == nil {
			t.Error("a PIN key made a MAC")
		}
	}()
	tpk.MAC(nil)
}
