package e2e

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// loadSwitch reads the published host-to-host messages, length and all.
func loadSwitch(t *testing.T) map[string][]byte {
	t.Helper()
	text, err := os.ReadFile("../../../shared/vectors/switch_ascii.json")
	if os.IsNotExist(err) {
		t.Skip("the published messages are not beside the project")
	}
	var file struct {
		Vectors []struct{ Name, ASCII string }
	}
	if err != nil || json.Unmarshal(text, &file) != nil {
		t.Fatalf("the published messages cannot be read: %v", err)
	}
	all := map[string][]byte{}
	for _, v := range file.Vectors {
		all[v.Name] = []byte(v.ASCII)
	}
	return all
}

// TestPublishedSwitch sends the three published messages of a switch byte for byte. The echo comes before the sign-on.
// DE3 of the other two is 470040, which is no redemption: 12, and the reversal finds no original.
func TestPublishedSwitch(t *testing.T) {
	vectors := loadSwitch(t)
	w := switchWorld(t, nil)
	e := w.dialSwitch()
	hear := func(name, code string, mti iso.MTI, fields ...int) *iso.Answer {
		t.Helper()
		e.send(vectors[name])
		a, _, err := e.receive(10 * time.Second)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if a.MTI != mti || a.ResponseCode != code || !slices.Equal(a.Fields.Elements(), fields) {
			t.Errorf("%s: %v, DE39 %s, fields %v; want %v, %s, %v", name, a.MTI, a.ResponseCode, a.Fields.Elements(), mti, code, fields)
		}
		return a
	}
	a := hear("h2h_echo", "00", 0x0810, 7, 11, 39, 70)
	if a.TransmissionTime != "0925105308" || a.STAN != 51 || a.Code != iso.NetworkEcho {
		t.Errorf("echo: DE7 %s, DE11 %d, DE70 %s", a.TransmissionTime, a.STAN, a.Code)
	}
	refused := []int{3, 7, 11, 18, 32, 33, 37, 39, 41, 49}
	hear("h2h_financial", "01", 0x0210, refused...)
	hear("h2h_reversal", "01", 0x0410, 2, 3, 4, 7, 11, 12, 13, 18, 32, 33, 37, 39, 41, 49, 90)
	e.stan = 90
	e.want("sign-on", "00", e.speaker.SignOn(e.next(), time.Now()))
	a = hear("h2h_financial", "12", 0x0210, refused...)
	if a.STAN != 52 || a.RRN != "180925000052" || a.Route.TransmissionTime != "0925105308" || a.Route.Acquirer != "503" {
		t.Errorf("0210: DE11 %d, DE37 %s, DE7 %s, DE32 %s", a.STAN, a.RRN, a.Route.TransmissionTime, a.Route.Acquirer)
	}
	for range 2 { // the second time it is a repeat of what was heard
		a = hear("h2h_reversal", "25", 0x0410, 2, 3, 4, 7, 11, 12, 13, 18, 32, 33, 37, 39, 41, 49, 90)
		if a.STAN != 53 || a.Original == nil || a.Original.STAN != 52 || a.Amount != 1_000_000 {
			t.Errorf("0410: DE11 %d, DE90 %v, DE4 %d", a.STAN, a.Original, a.Amount)
		}
	}
	if lines := w.audit().Postings; lines != 0 {
		t.Errorf("%d postings", lines)
	}
}

// TestSwitchDay: sign-on, redemptions, reversals of every kind, cut-over twice, and the figures of the day.
func TestSwitchDay(t *testing.T) {
	w := switchWorld(t, nil)
	one, two, three := w.family(), w.family(), w.family()
	w.disburse()
	today, tomorrow := w.today()
	b := w.signOn()
	b.speaker.Date = today

	first, second, third := b.redeem(one, 60_000), b.redeem(two, 50_000), b.redeem(three, 40_000)
	for _, o := range []iso.Outgoing{first, second, third} {
		b.want("purchase", "00", o)
	}
	b.want("the same again", "00", first.Repeat())
	b.want("more than there is", "51", b.redeem(two, 80_000))

	undone := b.reversal(second)
	b.want("0400", "00", undone)
	b.want("0401 with the same STAN", "00", undone.Repeat())
	advice := b.speaker.ReversalAdvice(b.next(), time.Now(), second)
	b.want("0420 with another", "00", advice)
	b.want("0421 with another", "00", advice.Repeat())
	b.want("its purchase again", "94", second.Repeat())
	b.want("0420", "00", b.speaker.ReversalAdvice(b.next(), time.Now(), third))

	early := b.redeem(two, 10_000)
	b.want("a reversal that names nothing", "25", b.reversal(early))
	b.want("what it names, which comes late", "94", early)
	other := b.reversal(first)
	other.Amount = 1_000
	b.want("a reversal of another amount", "12", other)
	w.wantBalances(map[card]int64{one: testGrant - 60_000, two: testGrant, three: testGrant})

	theirs := iso.Figures{
		Debits: iso.Total{Count: 3, Amount: 150_000}, DebitReversals: iso.Total{Count: 2, Amount: 90_000}, Net: -60_000,
	}
	b.want("figures of the open day", "77", b.speaker.Reconciliation(b.next(), time.Now(), today, theirs))
	b.want("cut-over", "00", b.speaker.CutOver(b.next(), time.Now(), tomorrow))
	b.want("cut-over again", "00", b.speaker.CutOver(b.next(), time.Now(), tomorrow))
	b.want("cut-over to a day that is over", "12", b.speaker.CutOver(b.next(), time.Now(), today))
	b.want("purchase of the next day", "00", b.redeem(three, 5_000))

	agreed := b.speaker.Reconciliation(b.next(), time.Now(), today, theirs)
	for range 2 {
		if a := b.want("in balance", "00", agreed); a.SettlementCode != "1" || a.Figures == nil || *a.Figures != theirs {
			t.Errorf("DE66 %q, figures %+v", a.SettlementCode, a.Figures)
		}
	}
	wrong := theirs
	wrong.Debits = iso.Total{Count: 4, Amount: 160_000}
	wrong.Net = -70_000
	told := b.speaker.ReconciliationAdvice(b.next(), time.Now(), today, wrong)
	if a := b.want("out of balance", "95", told); a.SettlementCode != "2" || *a.Figures != theirs {
		t.Errorf("DE66 %q, figures %+v", a.SettlementCode, a.Figures)
	}
	found, err := w.operator.Exceptions(t.Context(), ledger.ExceptionFilter{Link: "switch", Kind: "switch_totals"})
	w.check(err)
	if len(found) != 1 {
		t.Errorf("exceptions %+v", found)
	}
	w.wantBalances(map[card]int64{one: testGrant - 60_000, two: testGrant, three: testGrant - 5_000})
	w.audit()
}

// TestSwitchBadInput: no money moves, and the line lives on.
func TestSwitchBadInput(t *testing.T) {
	w := switchWorld(t, nil)
	c := w.family()
	w.disburse()
	b := w.dialSwitch()
	b.want("0200 before sign-on", "01", b.redeem(c, 1_000))
	b.want("0220 before sign-on", "01", b.speaker.Advice(iso.Forward{
		STAN: b.next(), At: time.Now(), TID: switchTID, MID: testMID, Card: c.track2, Amount: 1_000,
	}))
	b.want("0400 before sign-on", "01", b.reversal(b.redeem(c, 1_000)))
	b.want("cut-over before sign-on", "01", b.speaker.CutOver(b.next(), time.Now(), "1126"))
	b.want("sign-on", "00", b.speaker.SignOn(b.next(), time.Now()))
	unnamed := b.reversal(b.redeem(c, 1_000))
	unnamed.Original = nil
	b.want("0400 without DE90", "30", unnamed)
	b.want("0400 whose DE90 names nothing", "25", b.reversal(b.redeem(c, 1_000)))
	b.want("an unknown function", "40", iso.Outgoing{
		MTI: iso.MTINetwork, Fields: iso.Fields(7, 11, 70), STAN: b.next(), Code: "0161", TransmissionTime: "1125024257",
	})
	stranger := b.redeem(c, 1_000)
	stranger.TID = "NOBODY01"
	b.want("a terminal that the link does not have", "58", stranger)
	dollars := b.redeem(c, 1_000)
	dollars.Currency = "840"
	b.want("another currency than the rupiah", "13", dollars)
	b.want("key exchange without a master key", "96", b.speaker.KeyExchange(b.next(), time.Now(), iso.Opaque("00")))
	b.want("sign-off", "00", b.speaker.SignOff(b.next(), time.Now()))
	b.want("0200 after sign-off", "01", b.redeem(c, 1_000))
	w.wantBalances(map[card]int64{c: testGrant})
	w.audit()
}

// TestSwitchKeys: PIN under the ZPK, MAC under the ZAK, and a key exchange that fails leaves both as they are.
func TestSwitchKeys(t *testing.T) {
	w := switchWorld(t, func(l *gateway.Link) { l.MAC, l.PIN = gateway.MACRequired, gateway.PINRequired })
	zmk, c := w.zmk(), w.family()
	w.disburse()
	b := w.signOn()
	seal := func(key string) string {
		text, err := zmk.SealZoneKey([]byte(key))
		w.check(err)
		return text
	}
	under := func(zpk, zak, digits string) iso.Outgoing {
		mac, err := pin.ExpandTerminalKey(pin.UseMAC, []byte(zak))
		w.check(err)
		b.speaker.ComputeMAC = mac.MAC
		defer func() { b.speaker.ComputeMAC = nil }()
		o := b.redeem(c, 1_000)
		pan := c.track2.PAN()
		block, err := pin.EncryptPINBlock([]byte(zpk), []byte(digits), pan.Digits())
		w.check(err)
		o.PIN = iso.NewPINBlock(block)
		return o
	}
	const p1, a1, p2, a2 = "first ZPK of 16B", "first ZAK of 16B", "other ZPK of 16B", "other ZAK of 16B"
	b.want("no keys yet", "63", under(p1, a1, testPIN))
	b.want("key exchange", "00", b.speaker.KeyExchange(b.next(), time.Now(), iso.Opaque(seal(p1)+seal(a1))))
	b.want("under the first keys", "00", under(p1, a1, testPIN))
	b.want("a wrong PIN under them", "55", under(p1, a1, "999999"))
	b.want("a wrong MAC", "63", under(p1, a2, testPIN))
	wrong := seal(p2)[:32] + "FFFFFF" + seal(a2)
	b.want("key exchange with a wrong check value", "96", b.speaker.KeyExchange(b.next(), time.Now(), iso.Opaque(wrong)))
	b.want("the old keys go on", "00", under(p1, a1, testPIN))
	waitSecond(t)
	b.want("the right exchange", "00", b.speaker.KeyExchange(b.next(), time.Now(), iso.Opaque(seal(p2)+seal(a2))))
	b.want("under way under the first keys", "00", under(p1, a1, testPIN))
	last := under(p2, a2, testPIN)
	b.want("under the second keys", "00", last)
	mac, err := pin.ExpandTerminalKey(pin.UseMAC, []byte(a2))
	w.check(err)
	b.speaker.ComputeMAC = mac.MAC // a reversal has a second bitmap, and so its MAC in DE128
	if a := b.want("a reversal with its MAC", "00", b.reversal(last)); !mac.VerifyMAC(a.MACInput, a.MAC) || !a.Fields.Has(128) {
		t.Errorf("the answer's MAC is wrong, or not in DE128: %v", a.Fields)
	}
	w.wantBalances(map[card]int64{c: testGrant - 3_000})
	w.audit()
}

// TestOtherSwitch speaks with two bytes of length, binary bitmaps and terminals of 16 characters.
func TestOtherSwitch(t *testing.T) {
	const tid = "0000000000600600"
	w := switchWorld(t, func(l *gateway.Link) {
		l.Dialect.Length, l.Dialect.Bitmap, l.Dialect.TIDLength = iso.LengthBinary, iso.BitmapBinary, 16
	})
	w.check(w.operator.AddTerminal(t.Context(), ledger.NewTerminal{Link: "switch", TID: tid, MID: testMID}))
	c := w.family()
	w.disburse()
	b := w.signOn()
	for _, at := range []string{tid, switchTID} { // a short one stands there with blanks behind
		o := b.redeem(c, 10_000)
		o.TID = at
		if a := b.want("purchase", "00", o); a.TID != at {
			t.Errorf("DE41 %q", a.TID)
		}
		b.want("reversal", "00", b.reversal(o))
	}
	w.wantBalances(map[card]int64{c: testGrant})
	w.audit()
}

// waitSecond lets the rest after a refused key exchange go by.
func waitSecond(t *testing.T) {
	t.Helper()
	select {
	case <-time.After(1100 * time.Millisecond):
	case <-t.Context().Done():
	}
}
