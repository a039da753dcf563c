package pin

import (
	"crypto/cipher"
	"crypto/des"
	"crypto/subtle"
)

// macKeys are the single DES keys of a MAC: the message is chained under the first; the end is decrypted under the
// second and encrypted under the third. A single length key has the first only (X9.9), a double length one uses its first
// again as the third (X9.19, ISO 9797-1 algorithm 3).
type macKeys struct{ first, second, third cipher.Block }

func expandMAC(clear []byte) (keys macKeys, err error) {
	var blocks [3]cipher.Block
	for i := range len(clear) / 8 {
		if blocks[i], err = des.NewCipher(clear[8*i : 8*i+8]); err != nil {
			return macKeys{}, err
		}
	}
	if len(clear) == 16 {
		blocks[2] = blocks[0]
	}
	return macKeys{blocks[0], blocks[1], blocks[2]}, nil
}

// MAC authenticates data: X9.19 under a key of double or triple length, X9.9 under a single one, from zeros, the last
// block filled with zeros. The data are the message's bytes as they were sent. It panics under a key for another use.
func (t *TerminalKey) MAC(data []byte) [8]byte {
	if t.use != UseMAC {
		panic(errUse)
	}
	s := scratches.Get().(*scratch)
	defer s.release()
	for more := true; more; more = len(data) > 0 { // no data at all are one block of zeros
		n := min(8, len(data))
		subtle.XORBytes(s.block[:], s.block[:n], data[:n])
		t.mac.first.Encrypt(s.block[:], s.block[:])
		data = data[n:]
	}
	if t.mac.second != nil {
		t.mac.second.Decrypt(s.block[:], s.block[:])
		t.mac.third.Encrypt(s.block[:], s.block[:])
	}
	return s.block
}

// VerifyMAC compares in constant time. It accepts a MAC of which only the first four bytes were sent and the rest is zero,
// as terminals in the field do.
func (t *TerminalKey) VerifyMAC(data, mac []byte) bool {
	if t.use != UseMAC || len(mac) != 8 {
		return false
	}
	var zeros [4]byte
	want := t.MAC(data)
	head := subtle.ConstantTimeCompare(want[:4], mac[:4])
	tail := subtle.ConstantTimeCompare(want[4:], mac[4:])
	short := subtle.ConstantTimeCompare(zeros[:], mac[4:])
	return head&(tail|short) == 1
}
