package deploy_test

import (
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// till is a terminal that does by hand, and over TLS, what the load test does not: mistakes among them.
type till struct {
	*shop
	conn   net.Conn
	frames *iso.FrameReader
	codec  *iso.Codec
	who    iso.Terminal
	stan   int32
}

func (s *shop) till(tid string) *till {
	s.t.Helper()
	// Whose gateway this is does not matter here.
	conn, err := tls.Dial("tcp", s.secured, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	d := iso.EDC()
	d.CheckLuhn = false
	codec, err := iso.NewCodec(d)
	if err != nil {
		s.t.Fatal(err)
	}
	return &till{
		shop: s, conn: conn, codec: codec, frames: iso.NewFrameReader(conn, d.Framing()),
		who: iso.Terminal{
			TPDU: iso.TPDU{0x60, 0, 0x10, 0, 0}, NII: "0010", TID: tid, MID: "DKI000000000001", Batch: "000001", EntryMode: "0051",
		},
	}
}

func (k *till) frame(o iso.Outgoing) []byte {
	k.t.Helper()
	frame, err := k.codec.EncodeRequest(nil, &o)
	if err != nil {
		k.t.Fatal(err)
	}
	return frame
}

// hear sends bytes and waits for the answer.
func (k *till) hear(what string, frame []byte) *iso.Answer {
	k.t.Helper()
	_ = k.conn.SetDeadline(time.Now().Add(25 * time.Second))
	if _, err := k.conn.Write(frame); err != nil {
		k.t.Fatalf("%s: %v", what, err)
	}
	body, err := k.frames.Next()
	if err != nil {
		k.t.Fatalf("%s: %v", what, err)
	}
	a, err := k.codec.DecodeResponse(slices.Clone(body))
	if err != nil {
		k.t.Fatalf("%s: %v", what, err)
	}
	return a
}

// want fails unless DE39 is code: a message that fails in another way would leave another panel empty.
func (k *till) want(what, code string, o iso.Outgoing) *iso.Answer {
	k.t.Helper()
	a := k.hear(what, k.frame(o))
	if a.ResponseCode != code {
		k.t.Errorf("%s: DE39 %s, want %s", what, a.ResponseCode, code)
	}
	return a
}

func (k *till) next() int32 {
	k.stan++
	return k.stan
}

// purchase by a family of those that the load leaves alone, with a PIN that is wrong where slip says so.
func (k *till) purchase(family int, amount int64, slip bool) iso.Outgoing {
	k.t.Helper()
	c := ledger.NewJakarta(1).Card(family)
	track, err := iso.ParseTrack2(string(c.PAN[:]) + "=" + c.Expiry + "1200000000000000")
	if err != nil {
		k.t.Fatal(err)
	}
	if slip {
		c.PIN[0] ^= 1
	}
	key, err := hex.DecodeString(clearKey)
	if err != nil {
		k.t.Fatal(err)
	}
	block, err := pin.EncryptPINBlock(key, c.PIN[:], c.PAN[:])
	if err != nil {
		k.t.Fatal(err)
	}
	stan := k.next()
	return k.who.Purchase(stan, track, amount, iso.NewPINBlock(block), fmt.Sprintf("%06d", stan))
}

// trouble is what panels about mistakes and closings need.
func (s *shop) trouble() {
	s.t.Helper()
	s.strangers()
	k := s.till(securedTID)
	k.undo()
	for range 3 {
		k.hear("wrong PIN", k.frame(k.purchase(loadFamilies, 1_000, true)))
	}
	k.want("a card without tries", "75", k.purchase(loadFamilies, 1_000, false))
	k.want("more than there is", "51", k.purchase(loadFamilies+1, 99_000_000, false))
	k.closing()
	k.unreadable()
	fresh := s.till(freshTID)
	fresh.want("logon with keys", "00", fresh.who.Logon(fresh.next()))
}

// undo is a sale and its repeat, one that is voided, and reversals with and without an original.
func (k *till) undo() {
	k.t.Helper()
	sale := k.purchase(loadFamilies+2, 5_000, false)
	k.want("purchase", "00", sale)
	k.want("repeat", "00", sale.Repeat())
	k.want("reversal", "00", k.who.Reversal(sale))
	k.want("reversal of nothing", "00", k.who.Reversal(k.purchase(loadFamilies+3, 1_000, false)))
	other := k.purchase(loadFamilies+4, 6_000, false)
	a := k.want("purchase", "00", other)
	k.want("void", "00", k.who.Void(k.next(), other, a.RRN))
}

// closing settles with a sale too many, uploads nothing, and closes with the trailer.
func (k *till) closing() {
	k.t.Helper()
	wrong := iso.Totals{N: 2}
	wrong.Pairs[0] = iso.Total{Count: 1, Amount: 1_000}
	k.want("settlement that differs", "95", k.who.Settlement(k.next(), wrong))
	sale := k.purchase(loadFamilies+5, 1_000, false)
	k.hear("upload", k.frame(k.who.Upload(k.next(), sale, "000000000001", false)))
	k.want("trailer", "00", k.who.Trailer(k.next(), wrong))
}

// unreadable is a message with a wrong MAC, and one that ends in the middle of a field.
func (k *till) unreadable() {
	k.t.Helper()
	forged := k.purchase(loadFamilies+6, 1_000, false)
	forged.Fields, forged.ComputeMAC = forged.Fields.With(64), func([]byte) [8]byte { return [8]byte{1, 2, 3} }
	k.want("wrong MAC", "63", forged)
	frame := k.frame(k.purchase(loadFamilies+6, 1_000, false))
	frame = frame[:len(frame)-4]
	frame[1] -= 4 // its length
	k.hear("malformed", frame)
}

// strangers knock at the wrong doors.
func (s *shop) strangers() {
	s.t.Helper()
	for _, address := range []string{s.plain, s.secured} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			s.t.Fatal(err)
		}
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		_, _ = io.Copy(io.Discard, conn) // until it is closed
		_ = conn.Close()
	}
}

// staySignedOn keeps a connection of the switch open, as a bank does all day.
func (s *shop) staySignedOn() {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.switched)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	codec, err := iso.NewCodec(iso.SwitchDialect())
	if err != nil {
		s.t.Fatal(err)
	}
	k := &till{shop: s, conn: conn, codec: codec, frames: iso.NewFrameReader(conn, codec.Dialect().Framing())}
	k.want("sign-on", "00", iso.Switch{Acquirer: "503", Forwarder: "503"}.SignOn(1, time.Now()))
}
