package gateway

import (
	"bytes"
	"testing"

	"bpnt/iso"
)

// TestMACIsOverReceivedBytes: the nibble behind a track 2 of odd length may be F or 0, and no value depends on it. The MAC
// does: it is over what the terminal sent, and not over the message as we would write it.
func TestMACIsOverReceivedBytes(t *testing.T) {
	keys := keystore(t)
	books, _, tak := equipped(t, keys)
	e := dial(t, start(t, testConfig(func(c *Config) { c.Links[0].MAC = MACRequired }), books, keys))
	track, err := iso.ParseTrack2("4863990000001423=3012")
	if err != nil {
		t.Fatal(err)
	}
	const header, macBytes = 2 + 5, 8
	for stan, sign := range map[int32]bool{1: true, 2: false} {
		o := purchase(stan)
		o.PAN, o.Track2 = iso.PAN{}, track
		frame := e.frame(signed(o, tak))
		packed := []byte{0x48, 0x63, 0x99, 0x00, 0x00, 0x00, 0x14, 0x23, 0xD3, 0x01}
		frame[bytes.Index(frame, packed)+len(packed)] ^= 0x0F // the other filler
		want, mac := "63", frame[len(frame)-macBytes:]
		if sign {
			right := tak.MAC(frame[header : len(frame)-macBytes])
			copy(mac, right[:])
			want = "00"
		}
		e.send(frame)
		if a := e.receive(); a.STAN != stan || a.ResponseCode != want {
			t.Errorf("over what was sent: %v; STAN %d: %s, want %s", sign, a.STAN, a.ResponseCode, want)
		}
	}
}
