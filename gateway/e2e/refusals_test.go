package e2e

import (
	"testing"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

func (w *world) changeCard(key ledger.PANKey, verb ledger.CardVerb) {
	w.t.Helper()
	_, err := w.operator.ChangeCard(w.t.Context(), key, verb, "test")
	w.check(err)
}

func TestRefusals(t *testing.T) {
	w := newWorld(t, nil)
	good := w.family()
	stranger := card{track2: mustTrack(t, "9999120000000001=30121200000000000000")}
	blocked, lost, stolen, expired := w.family(), w.family(), w.family(), card{}
	w.families++
	expired = w.cardOf(w.families, "9999129990000001", "2001", testPIN)
	w.disburse()
	w.changeCard(blocked.key, ledger.CardBlock)
	w.changeCard(lost.key, ledger.CardLost)
	w.changeCard(stolen.key, ledger.CardStolen)
	w.addOutlet("SUSPENDED")
	w.addTerminal("SUSPOUT1", "SUSPENDED")
	w.addTerminal("SUSPTID1", testMID)
	w.check(w.operator.ChangeOutlet(t.Context(), "SUSPENDED", ledger.OutletSuspend, "test"))
	w.check(w.operator.ChangeTerminal(t.Context(), "edc", "SUSPTID1", ledger.TerminalSuspend, "test"))
	from := func(tid, mid string) iso.Outgoing {
		o := w.purchase(good, 100, 1_000)
		o.TID, o.MID = tid, mid
		return o
	}
	e := w.dial()
	e.want("unknown terminal", "58", from("NOBODY01", testMID))
	e.want("suspended terminal", "58", from("SUSPTID1", testMID))
	e.want("suspended outlet", "03", from("SUSPOUT1", "SUSPENDED"))
	e.want("another outlet's MID", "03", from(testTID, "SUSPENDED"))
	e.want("unknown card", "14", w.purchase(stranger, 1, 1_000))
	e.want("blocked card", "62", w.purchase(blocked, 2, 1_000))
	e.want("lost card", "41", w.purchase(lost, 3, 1_000))
	e.want("stolen card", "43", w.purchase(stolen, 4, 1_000))
	e.want("expired card", "54", w.purchase(expired, 5, 1_000))
	e.want("amount 0", "13", w.purchase(good, 6, 0))
	if a := e.want("more than there is", "51", w.purchase(good, 7, testGrant+1)); a.Balance != testGrant {
		t.Errorf("51 without the balance: %d", a.Balance)
	}
	nothing := w.purchase(good, 8, 1_000)
	nothing.PIN = iso.PINBlock{}
	e.want("no PIN", "55", nothing)
	garbled := w.purchase(good, 9, 1_000)
	garbled.PIN = iso.NewPINBlock([8]byte{1, 2, 3, 4, 5, 6, 7, 8})
	e.want("a PIN block under another key", "96", garbled)
	void := w.purchase(good, 10, 1_000)
	void.ProcessingCode = "990000"
	e.want("a processing code that nobody serves", "12", void)
	if got := w.balance(good.family); got != testGrant {
		t.Errorf("refusals moved money: %d", got)
	}
	w.audit()
}

func mustTrack(t *testing.T, text string) iso.Track2 {
	t.Helper()
	track, err := iso.ParseTrack2(text)
	if err != nil {
		t.Fatal(err)
	}
	return track
}

func TestThreeWrongPINs(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	e := w.dial()
	wrong := func(stan int32) iso.Outgoing {
		o := w.purchase(c, stan, 1_000)
		o.PIN = block(t, c, "654321")
		return o
	}
	e.want("first", "55", wrong(1))
	e.want("a repeat burns no try", "55", wrong(1).Repeat())
	e.want("second", "55", wrong(2))
	e.want("third", "75", wrong(3))
	e.want("right, too late", "75", w.purchase(c, 4, 1_000))
	w.audit()
}

// TestMACOverReceivedBytes: one flipped bit of a message with a MAC is refused with 63 or as malformed, never posted.
func TestMACOverReceivedBytes(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	key, err := w.keys.WrapTerminalKey(pin.UseMAC, testTID, clearTPK)
	w.check(err)
	tak, err := w.keys.OpenTerminalKey(pin.UseMAC, testTID, key)
	w.check(err)
	signed := w.purchase(c, 1, 1_000)
	signed.ComputeMAC = tak.MAC
	e := w.dial()
	a := e.want("right MAC", "00", signed)
	if !tak.VerifyMAC(a.MACInput, a.MAC) {
		t.Error("the answer's MAC is wrong")
	}
	signed = w.purchase(c, 2, 1_000)
	signed.ComputeMAC = tak.MAC
	frame := e.frame(signed)
	posted := w.balance(c.family)
	for i := 7 * 8; i < len(frame)*8; i += 37 { // every 37th bit, from the MTI on
		bent := append([]byte(nil), frame...)
		bent[i/8] ^= 1 << (i % 8)
		other := w.dial()
		other.send(bent)
		if a, _, err := other.receive(2 * time.Second); err == nil && a.ResponseCode == "00" {
			t.Errorf("bit %d flipped: approved", i)
		}
		_ = other.Close()
	}
	if got := w.balance(c.family); got != posted {
		t.Errorf("balance %d, want %d", got, posted)
	}
	w.audit()
}

// TestGarbage: what is no ISO 8583 ends its own connection and disturbs nobody.
func TestGarbage(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	honest := w.dial()
	for name, bytes := range map[string]string{
		"HTTP":     "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"TLS":      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"oversize": "\xff\xff\x60\x00\x10\x00\x00\x02\x00",
		"zero":     "\x00\x00\x00\x00",
		"noise":    "\x00\x40\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x20\x21\x22\x23\x24\x25\x26\x27\x28\x29\x2a\x2b\x2c\x2d\x2e\x2f\x30\x31\x32\x33\x34\x35\x36\x37\x38\x39\x3a\x3b\x3c\x3d\x3e\x3f\x40",
	} {
		bad := w.dial()
		bad.send([]byte(bytes))
		if _, _, err := bad.receive(5 * time.Second); err == nil {
			t.Errorf("%s was answered", name)
		}
	}
	honest.want("an honest terminal", "00", w.purchase(c, 1, 1_000))
	w.audit()
}
