package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"bpnt/iso"
)

// speaker is the canaries' terminal on the wire.
func (c *canaryWorld) speaker() iso.Terminal {
	return iso.Terminal{TPDU: iso.TPDU{0x60}, NII: "0001", TID: "60060060", MID: "600600600600600", Batch: "000009", EntryMode: "0051"}
}

func edcCodec(t *testing.T) *iso.Codec {
	t.Helper()
	dialect := iso.EDC()
	dialect.CheckLuhn = false
	codec, err := iso.NewCodec(dialect)
	if err != nil {
		t.Fatal(err)
	}
	return codec
}

// purchase is a sale with PIN and free text.
func (c *canaryWorld) purchase(card canaryCard, stan int32, invoice string) iso.Outgoing {
	c.t.Helper()
	track, err := iso.ParseTrack2(card.track())
	if err != nil {
		c.t.Fatal(err)
	}
	block := iso.NewPINBlock([8]byte(card.encryptedBlock(c.t, canaryPIN)))
	return c.speaker().Purchase(stan, track, 1_000, block, invoice)
}

// send sends a terminal's message.
func (c *canaryWorld) send(o iso.Outgoing) {
	c.t.Helper()
	frame, err := edcCodec(c.t).EncodeRequest(nil, &o)
	if err != nil {
		c.t.Fatal(err)
	}
	c.exchange(c.edc, frame)
}

// exchange sends bytes over a connection of their own, hangs up on its side, and has an operator look at both ways.
func (c *canaryWorld) exchange(address string, frame []byte) {
	c.t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		c.t.Fatal(err)
	}
	defer conn.Close()
	_, _ = conn.Write(frame) // refused before its end is an answer too
	_ = conn.(*net.TCPConn).CloseWrite()
	_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	if answer, _ := io.ReadAll(conn); len(answer) > 0 {
		c.decode(answer)
	}
	c.decode(frame)
}

// decode has an operator look at a message, by its hex. It is the program's own command, in this process.
func (c *canaryWorld) decode(frame []byte) {
	c.t.Helper()
	var said bytes.Buffer
	in := bufio.NewReader(strings.NewReader(hex.EncodeToString(frame)))
	run(c.t.Context(), []string{"decode", "--json"}, &streams{in: in, out: &said, err: &said, fdIn: -1})
	c.keep("decode", said.Bytes())
}

// hostile sends card data in every place where it does not belong, and messages that are broken in every way.
func (c *canaryWorld) hostile() {
	c.t.Helper()
	for _, o := range c.misplaced() {
		c.send(o)
	}
	good := c.purchase(cardTyped, 5000, "000042")
	frame, err := edcCodec(c.t).EncodeRequest(nil, &good)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, broken := range brokenFrames(frame) {
		c.exchange(c.edc, broken)
	}
	for _, address := range []string{c.edc, c.listening, c.secured, c.admin} {
		c.exchange(address, []byte("GET /metrics?pan="+cardUnknown.pan+" HTTP/1.1\r\nHost: x\r\nCookie: pan="+cardUnknown.pan+"\r\n\r\n"))
		c.exchange(address, []byte(cardUnknown.track()+cardUnknown.track()))
	}
	for _, broken := range brokenFrames(c.switchFrame()) {
		c.exchange(c.listening, broken)
	}
}

// misplaced are messages in form, of a terminal that sends a card number where none belongs, or wrong keys.
func (c *canaryWorld) misplaced() (all []iso.Outgoing) {
	stan := int32(6000 + c.runs)
	next := func(card canaryCard, change func(*iso.Outgoing)) {
		stan++
		o := c.purchase(card, stan, "000043")
		change(&o)
		all = append(all, o)
	}
	cards := []canaryCard{cardTyped, cardLong, cardUnknown}
	if testing.Short() {
		cards = cards[:1]
	}
	for _, card := range cards {
		packed, _ := hex.DecodeString(card.pan[:len(card.pan)&^1])
		spaced := card.pan[:4] + " " + card.pan[4:8] + "-" + card.pan[8:12] + " " + card.pan[12:]
		for _, text := range []string{card.pan, "KARTU " + card.pan + " BERAS", card.track(), spaced, "31" + card.pan + "99"} {
			next(card, func(o *iso.Outgoing) { o.Invoice = text })
		}
		next(card, func(o *iso.Outgoing) { o.Batch = card.pan })
		next(card, func(o *iso.Outgoing) { o.TID, o.MID = card.pan[:8], card.pan[len(card.pan)-15:] })
		next(card, func(o *iso.Outgoing) { o.Fields, o.RRN = o.Fields.With(37), card.pan[:12] })
		next(card, func(o *iso.Outgoing) { o.Fields, o.Key = o.Fields.With(48), iso.Opaque(card.track()) })
		next(card, func(o *iso.Outgoing) { o.Chip = append([]byte{0x5A, byte(len(packed))}, packed...) })
		next(card, func(o *iso.Outgoing) { o.Chip = append([]byte{0x57, byte(len(packed))}, packed...) })
		next(card, func(o *iso.Outgoing) { o.Chip = append([]byte{0x5A, 0x70}, packed...) })
		next(card, func(o *iso.Outgoing) {
			o.Fields, o.ComputeMAC = o.Fields.With(64), func([]byte) [8]byte { return [8]byte([]byte(card.pan)) }
		})
		next(card, func(o *iso.Outgoing) { o.PIN = iso.NewPINBlock([8]byte([]byte(card.pan[:8]))) })
	}
	return append(all, c.amendments(stan)...)
}

// amendments are the other messages about a sale, with card numbers as references.
func (c *canaryWorld) amendments(stan int32) []iso.Outgoing {
	card := cardTyped
	sale, rrn := c.purchase(card, stan+1, card.pan), card.pan[:12]
	s := c.speaker()
	clear, _ := card.clearBlock(canaryPIN)
	unencrypted := sale
	unencrypted.STAN, unencrypted.PIN = stan+2, iso.NewPINBlock([8]byte(clear))
	upload := s.Upload(stan+3, sale, rrn, true)
	upload.Batch = "0200" + card.pan
	return []iso.Outgoing{
		s.Reversal(sale), sale, s.Void(stan+4, sale, rrn), s.Refund(stan+5, sale, rrn, 500), s.Upload(stan+6, sale, rrn, false),
		upload, unencrypted, sale.Repeat(),
	}
}

// brokenFrames are a frame cut, with something behind, and with lengths and digits that are none, which make libraries
// quote what they read.
func brokenFrames(frame []byte) (all [][]byte) {
	for cut := 1; cut < len(frame); cut += len(frame)/6 + 1 {
		all = append(all, frame[:cut])
	}
	longer := bytes.Clone(frame)
	longer[1] += 32
	all = append(all, append(longer, cardUnknown.track()[:32]...))
	for at := 2; at < len(frame); at += len(frame)/12 + 1 {
		garbled := bytes.Clone(frame)
		copy(garbled[at:], "+4x\xfa")
		all = append(all, garbled)
	}
	return all
}

// switchFrame is a redemption as a switch hands it on, in characters, whose PIN block is clear.
func (c *canaryWorld) switchFrame() []byte {
	c.t.Helper()
	dialect := iso.SwitchDialect()
	codec, err := iso.NewCodec(dialect)
	if err != nil {
		c.t.Fatal(err)
	}
	track, err := iso.ParseTrack2(cardTyped.track())
	if err != nil {
		c.t.Fatal(err)
	}
	clear, _ := cardTyped.clearBlock(canaryPIN)
	s := iso.Switch{Acquirer: "950", Forwarder: cardTyped.pan[:11], Channel: "6018", Currency: iso.CurrencyRupiah, Date: "1125"}
	o := s.Purchase(iso.Forward{
		STAN: 77, At: time.Now(), RRN: cardTyped.pan[:12], TID: "60180001", MID: cardTyped.pan[1:], Card: track, Amount: 500,
		PIN: iso.NewPINBlock([8]byte(clear)),
	})
	o.ComputeMAC = func([]byte) [8]byte { return [8]byte([]byte(cardTyped.pan)) }
	frame, err := codec.EncodeRequest(nil, &o)
	if err != nil {
		c.t.Fatal(err)
	}
	return frame
}
