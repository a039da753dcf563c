package gateway

import (
	"net"
	"testing"
	"time"

	"bpnt/iso"
)

// bank is one side of a connection as a bank's switch holds it.
type bank struct {
	*terminal
	speaker iso.Switch
	stan    int32
}

const switchTID = "EDC00001"

// switchConfig is a link "edc" on which a switch of the published form speaks.
func switchConfig(change func(*Config)) Config {
	c := DefaultConfig()
	l := DefaultSwitch()
	l.Name, l.Listen, l.PIN = "edc", "127.0.0.1:0", PINIfPresent
	c.Links = []Link{l}
	c.Limits.LastCall, c.Limits.Linger = Duration{20 * time.Millisecond}, Duration{20 * time.Millisecond}
	if change != nil {
		change(&c)
	}
	return c
}

func newBank(t testing.TB, sock net.Conn, d iso.Dialect) *bank {
	t.Helper()
	codec, err := iso.NewCodec(d)
	if err != nil {
		t.Fatal(err)
	}
	return &bank{
		terminal: &terminal{Conn: sock, t: t, frames: iso.NewFrameReader(sock, d.Framing()), codec: codec},
		speaker:  iso.Switch{Acquirer: "503", Forwarder: "503", Channel: "6018", Currency: "360", Date: "1125"},
	}
}

// dialBank connects to a gateway; signedBank signs on, too.
func dialBank(t testing.TB, g *Gateway) *bank {
	t.Helper()
	sock, err := net.Dial("tcp", g.Addr("edc").String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sock.Close() })
	return newBank(t, sock, g.links[0].Dialect)
}

func signedBank(t testing.TB, g *Gateway) *bank {
	t.Helper()
	b := dialBank(t, g)
	b.want("sign-on", "00", b.speaker.SignOn(b.next(), bankTime))
	return b
}

// bankTime is when the bank's messages are made.
var bankTime = time.Date(2026, 11, 25, 2, 42, 57, 0, time.UTC)

func (b *bank) next() int32 {
	b.stan++
	return b.stan
}

// want asks and fails unless DE39 is code.
func (b *bank) want(what, code string, o iso.Outgoing) *iso.Answer {
	b.t.Helper()
	a := b.ask(&o)
	if a.ResponseCode != code || a.STAN != o.STAN || a.MTI != o.MTI.Response() {
		b.t.Errorf("%s: %v, DE39 %s to STAN %d, want %v, %s to %d", what, a.MTI, a.ResponseCode, a.STAN, o.MTI.Response(), code, o.STAN)
	}
	return a
}

// purchase is a redemption of 50,000 rupiah that the switch hands on.
func (b *bank) purchase() iso.Outgoing {
	b.t.Helper()
	card, err := iso.ParseTrack2("4863990000001423=301212000000")
	if err != nil {
		b.t.Fatal(err)
	}
	return b.speaker.Purchase(iso.Forward{
		STAN: b.next(), At: bankTime, RRN: "632902000001", TID: switchTID, MID: "600600600600600", Card: card, Amount: 50_000,
	})
}

func repeat(o iso.Outgoing) iso.Outgoing {
	o.MTI = o.MTI.Repeat()
	return o
}
