package gateway

import (
	"net/netip"
	"testing"

	"bpnt/iso"
)

// TestAllTypes sends a purchase as each of the 10,000 types that four digits can name. An answer is never answered, and
// neither is what is of another version or of no type; what is answered gets the type of its own answer; and only what a
// terminal may send comes to the books (F14).
func TestAllTypes(t *testing.T) {
	books := newPoster()
	g := start(t, testConfig(nil), books, keystore(t))
	l := g.links[0]
	frame := newTerminal(t, nil).frame(purchase(1))
	const at = 2 + len(iso.TPDU{})
	posted := 0
	for n := range 10_000 {
		frame[at], frame[at+1] = byte(n/1000<<4|n/100%10), byte(n/10%10<<4|n%10)
		mti := iso.MTI(uint16(frame[at])<<8 | uint16(frame[at+1]))
		books.set(func() { books.requests = nil })
		answered, why := g.play(l, frame)
		request := n/1000 == 0 && n/10%10%2 == 0 // version 0, and a function that asks
		switch {
		case why == closePanic:
			t.Fatalf("%04d: a panic", n)
		case !request && (len(answered) > 0 || len(books.posted()) > 0):
			t.Errorf("%04d was answered, or came to the books", n)
		case len(answered) > 0:
			if got := typeOf(t, l, answered); got != mti.Response() {
				t.Errorf("%04d was answered with %v", n, got)
			}
		}
		if n := len(books.posted()); n > 0 {
			posted += n
			if !terminalSends[mti] {
				t.Errorf("%v came to the books", mti)
			}
		}
	}
	if posted == 0 {
		t.Error("none came to the books")
	}
}

// terminalSends are the types in which a purchase's fields may come to the books.
var terminalSends = map[iso.MTI]bool{
	0x0100: true, 0x0101: true, 0x0200: true, 0x0201: true, 0x0220: true, 0x0221: true, 0x0400: true, 0x0401: true, 0x0420: true, 0x0421: true,
}

func typeOf(t *testing.T, l *link, answered []byte) iso.MTI {
	t.Helper()
	body, rest, err := iso.CutFrame(answered, l.Dialect.Framing())
	if err != nil || len(rest) > 0 {
		t.Fatalf("not one answer: %v", err)
	}
	a, err := l.codec.DecodeResponse(body)
	if err != nil {
		t.Fatal(err)
	}
	return a.MTI
}

// TestAddressesOfANetwork: whoever has an address of version 6 has 2^64 of them, so they count as one.
func TestAddressesOfANetwork(t *testing.T) {
	for text, want := range map[string]string{
		"[2001:db8:1:2:3:4:5:6]:7000": "2001:db8:1:2::", "[2001:db8:1:2::1]:7001": "2001:db8:1:2::",
		"[2001:db8:1:3::1]:7001": "2001:db8:1:3::", "192.0.2.1:7000": "192.0.2.1", "[::ffff:192.0.2.1]:7000": "192.0.2.1",
	} {
		if got := holderOf(netip.MustParseAddrPort(text)); got != netip.MustParseAddr(want) {
			t.Errorf("%s counts as %v, want %s", text, got, want)
		}
	}
}

// TestManyLengths: each of the 65,536 lengths that a header can name ends or waits at once, and holds nothing (F21).
func TestManyLengths(t *testing.T) {
	g := start(t, testConfig(nil), newPoster(), keystore(t))
	before := liveHeap()
	for n := range 1 << 16 {
		answered, why := g.play(g.links[0], []byte{byte(n >> 8), byte(n)})
		if len(answered) > 0 || why == closePanic || why == closeNone {
			t.Fatalf("length %d: %d bytes answered, %v", n, len(answered), why)
		}
	}
	if grown := liveHeap() - before; grown > 1<<20 {
		t.Errorf("%d bytes are held after all lengths", grown)
	}
	if n := g.connections.len(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
}
