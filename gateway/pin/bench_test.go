package pin

import (
	"crypto/des"
	"testing"
)

var benchPAN = []byte("6013010000000007")

func BenchmarkPANKey(b *testing.B) {
	k := testKeystore(b, methodIBM3624)
	b.ReportAllocs()
	for b.Loop() {
		k.PANKey(benchPAN)
	}
}

func BenchmarkVerificationValue(b *testing.B) {
	for _, method := range []string{methodIBM3624, methodPVV} {
		b.Run(method, func(b *testing.B) {
			k := testKeystore(b, method)
			tpk := mustExpand(b, UsePIN, []byte("key of terminal1"))
			block, err := tpk.Encrypt([]byte("123456"), benchPAN)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := k.VerificationValue(tpk, block, benchPAN); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A purchase without its MAC has about 200 bytes: 25 blocks.
func BenchmarkMAC200Bytes(b *testing.B) {
	tak := mustExpand(b, UseMAC, []byte("key of terminal1"))
	data := make([]byte, 200)
	b.ReportAllocs()
	for b.Loop() {
		tak.MAC(data)
	}
}

// What a PIN pad does, in the load test.
func BenchmarkEncrypt(b *testing.B) {
	tpk := mustExpand(b, UsePIN, []byte("key of terminal1"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tpk.Encrypt([]byte("123456"), benchPAN); err != nil {
			b.Fatal(err)
		}
	}
}

// The floor under the figures above: one block of the standard library's single and triple DES.
func BenchmarkDESBlock(b *testing.B) {
	single, err := des.NewCipher([]byte("key of 8"))
	if err != nil {
		b.Fatal(err)
	}
	triple, err := expand([]byte("key of terminal1"))
	if err != nil {
		b.Fatal(err)
	}
	block := make([]byte, 8)
	b.Run("single", func(b *testing.B) {
		for b.Loop() {
			single.Encrypt(block, block)
		}
	})
	b.Run("triple", func(b *testing.B) {
		for b.Loop() {
			triple.Encrypt(block, block)
		}
	})
}

func BenchmarkOpenTerminalKey(b *testing.B) {
	k := testKeystore(b, methodIBM3624)
	wrapped, _, err := k.NewTerminalKey(UsePIN, "E0000001")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.OpenTerminalKey(UsePIN, "E0000001", wrapped); err != nil {
			b.Fatal(err)
		}
	}
}
