package gateway

import (
	"testing"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// zoneOfTest is a bank's side of its zone: the master key, and the working keys that it makes.
type zoneOfTest struct {
	t        *testing.T
	zmk      *pin.TerminalKey
	zpk, zak *pin.TerminalKey
}

// withZone gives the books a link with a master key of its zone.
func withZone(t *testing.T, books *poster, keys *pin.Keystore) *zoneOfTest {
	t.Helper()
	clear := []byte("zone master key.")
	wrapped, err := keys.WrapLinkKey(pin.UseTMK, "edc", clear)
	if err != nil {
		t.Fatal(err)
	}
	books.zone = ledger.LinkCard{ID: 1, Name: "edc", WrappedZMK: wrapped}
	return &zoneOfTest{t: t, zmk: expandKey(t, pin.UseTMK, clear)}
}

func expandKey(t *testing.T, use pin.Use, clear []byte) *pin.TerminalKey {
	t.Helper()
	key, err := pin.ExpandTerminalKey(use, clear)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// turn makes new working keys and returns DE48 with both.
func (z *zoneOfTest) turn(seed string) iso.Opaque {
	z.t.Helper()
	zpk, zak := []byte(seed + "'s ZPK.......")[:16], []byte(seed + "'s ZAK.......")[:16]
	z.zpk, z.zak = expandKey(z.t, pin.UsePIN, zpk), expandKey(z.t, pin.UseMAC, zak)
	return iso.Opaque(z.seal(zpk) + z.seal(zak))
}

func (z *zoneOfTest) seal(key []byte) string {
	z.t.Helper()
	text, err := z.zmk.SealZoneKey(key)
	if err != nil {
		z.t.Fatal(err)
	}
	return text
}

// purchase has a PIN under the zone's ZPK and a MAC under its ZAK.
func (z *zoneOfTest) purchase(b *bank) iso.Outgoing {
	z.t.Helper()
	b.speaker.ComputeMAC = z.zak.MAC
	o := b.purchase()
	block, err := z.zpk.Encrypt([]byte("123456"), []byte("4863990000001423"))
	if err != nil {
		z.t.Fatal(err)
	}
	o.PIN = iso.NewPINBlock(block)
	b.speaker.ComputeMAC = nil
	return o
}

func macRequired(c *Config) { c.Links[0].MAC, c.Links[0].PIN = MACRequired, PINRequired }

func TestKeyExchange(t *testing.T) {
	books, keys := newPoster(), keystore(t)
	z := withZone(t, books, keys)
	g := start(t, switchConfig(macRequired), books, keys)
	b := signedBank(t, g)
	exchange := func(text iso.Opaque) iso.Outgoing { return b.speaker.KeyExchange(b.next(), bankTime, text) }
	wantPIN := func(what string) {
		t.Helper()
		a := b.want(what, "00", z.purchase(b))
		if posted := books.posted(); posted[len(posted)-1].PINValue <= 0 {
			t.Errorf("%s: the PIN block was not read", what)
		}
		if !z.zak.VerifyMAC(a.MACInput, a.MAC) {
			t.Errorf("%s: the MAC of the answer is not the zone's", what)
		}
	}
	b.want("no MAC before there are keys", "63", b.purchase())
	b.want("first keys", "00", exchange(z.turn("one")))
	wantPIN("under the first keys")
	old := *z
	b.want("second keys", "00", exchange(z.turn("two")))
	wantPIN("under the second keys")
	b.want("what was under way under the first", "00", old.purchase(b))

	wrong := []byte(z.turn("three"))
	copy(wrong[32:], "000000")
	now := *z
	*z = zoneOfTest{t: t, zmk: z.zmk}
	z.turn("two")
	b.want("a wrong check value", "96", exchange(wrong))
	b.want("traffic under the refused key", "63", now.purchase(b))
	wantPIN("under the old key, which stays")
	b.want("the right one at once", "96", exchange(z.turn("four")))
	g.links[0].peer.keys.notBefore = time.Time{} // a second went by
	b.want("the right one", "00", exchange(z.turn("four")))
	wantPIN("under the fourth keys")
}

// TestKeyExchangeUnanswered: a switch that never heard 0810 sends new keys again and again, and goes on under the old.
func TestKeyExchangeUnanswered(t *testing.T) {
	books, keys := newPoster(), keystore(t)
	z := withZone(t, books, keys)
	b := signedBank(t, start(t, switchConfig(macRequired), books, keys))
	b.want("keys", "00", b.speaker.KeyExchange(b.next(), bankTime, z.turn("one")))
	b.want("in use", "00", z.purchase(b))
	used := *z
	for _, seed := range []string{"two", "six", "ten"} {
		b.want("keys", "00", b.speaker.KeyExchange(b.next(), bankTime, z.turn(seed)))
		b.want("under the old ones", "00", used.purchase(b))
	}
}

func TestKeyExchangeInVain(t *testing.T) {
	books, keys := newPoster(), keystore(t)
	z := withZone(t, books, keys)
	g := start(t, switchConfig(nil), books, keys)
	b := signedBank(t, g)
	text := z.turn("one")
	books.set(func() { books.fail = ledger.ErrUnavailable })
	b.want("database away", "91", b.speaker.KeyExchange(b.next(), bankTime, text))
	books.set(func() { books.fail, books.zone.WrappedZMK = nil, nil })
	b.want("no master key", "96", b.speaker.KeyExchange(b.next(), bankTime, text))
	b.want("no text", "96", b.speaker.KeyExchange(b.next(), bankTime, nil))
}
