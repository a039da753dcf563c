package e2e

import (
	"bytes"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/gateway/pin"
	"bpnt/iso"
)

// TestReplay: frames that were listened to on the line, sent again ten thousand times, get their stored answer and move
// nothing; with one byte of them changed they are refused for their MAC (F49).
func TestReplay(t *testing.T) {
	replays := int64(10_000)
	if testing.Short() {
		replays = 300
	}
	w := newWorld(t, func(c *gateway.Config) { c.Links[0].MAC, c.Limits.MACFailures = gateway.MACRequired, 1<<30 })
	key, err := w.keys.WrapTerminalKey(pin.UseMAC, testTID, clearTPK)
	w.check(err)
	tak, err := w.keys.OpenTerminalKey(pin.UseMAC, testTID, key)
	w.check(err)
	attack, e := w.attack(replays), w.dial()
	for stan := range int32(10) {
		c := w.family()
		w.disburse()
		o := w.purchase(c, stan+1, 1_000)
		o.ComputeMAC = tak.MAC
		e.want("as the family bought", "00", o)
		attack.Captured = append(attack.Captured, e.frame(o))
	}
	before := w.figure("select count(*) from bpnt.posting")
	if tally := w.play("replay", attack); tally.Answers["00"] < replays/2 {
		t.Errorf("answers %v", tally.Answers)
	}
	w.forge(attack.Captured)
	if after := w.figure("select count(*) from bpnt.posting"); after != before {
		t.Errorf("%d postings of replays", after-before)
	}
	w.audit()
}

// forge changes in each frame what a thief would like to change: amount and STAN. With a new STAN it is a message that
// nobody knows, and is told 63; with the old one it may be the copy of what was approved, and hears nothing.
func (w *world) forge(frames [][]byte) {
	w.t.Helper()
	const amount = 2 + len(iso.TPDU{}) + 2 + 8 + 3
	const stan = amount + 6
	wrong := w.shown("bpnt_mac_failures_total")
	for _, frame := range frames {
		e := w.dial()
		for _, at := range []int{amount + 4, stan} {
			forged := bytes.Clone(frame)
			forged[at] ^= 0x01
			e.send(forged)
		}
		a, _, err := e.receive(10 * time.Second)
		if err != nil || a.ResponseCode != "63" {
			w.t.Errorf("STAN changed: %v, %v, want 63", a, err)
		}
	}
	if got := w.shown("bpnt_mac_failures_total") - wrong; int(got) != 2*len(frames) {
		w.t.Errorf("%v wrong MACs are counted, want %d", got, 2*len(frames))
	}
}
