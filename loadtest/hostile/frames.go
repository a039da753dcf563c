package hostile

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"time"

	"bpnt/iso"
)

// glance is how long an attacker looks whether the gateway answers what is no message.
const glance = 50 * time.Millisecond

// echo is a message that any host answers, of a terminal that nobody registered.
func (a *attacker) echo() []byte {
	o := a.speaker().Logon(a.nextSTAN())
	o.ProcessingCode = iso.ProcessingTest
	return a.frame(o)
}

func (a *attacker) speaker() iso.Terminal {
	return iso.Terminal{TPDU: iso.TPDU{0x60, 0, 1, 0, 0}, NII: "0001", TID: "HOSTILE0", MID: "HOSTILE00000000", Batch: "000001", EntryMode: "0051"}
}

func (a *attacker) nextSTAN() int32 {
	a.said++
	return int32(a.said%stanMax) + 1
}

// frame is a request as bytes; none where the dialect has no such message.
func (a *attacker) frame(o iso.Outgoing) []byte {
	frame, err := a.codec.EncodeRequest(nil, &o)
	if err != nil {
		return []byte{0, 0}
	}
	return frame
}

// notLengths is what stands where a switch sends four digits.
var notLengths = []string{"-001", "+100", "0000", "9999", "00 1", "1e03", "\x00\x00\x01\x00", "FFFF", "٣٣"}

// headers sends one header. Attackers share the 65,536 of two bytes.
func headers(a *attacker, l *line) {
	n := a.number + a.said*a.cfg.Attackers
	a.said++
	header := binary.BigEndian.AppendUint16(nil, uint16(n))
	if a.said%16 == 0 {
		header = []byte(notLengths[n%len(notLengths)])
	}
	l.send(header)
	l.untilClosed(glance)
}

// tlv sends purchases whose chip data no chip made, until the connection is closed for it.
func tlv(a *attacker, l *line) {
	card, err := iso.ParseTrack2("9999990000000001=30121200000000000000")
	if err != nil {
		return
	}
	for {
		o := a.speaker().Purchase(a.nextSTAN(), card, 1_000, iso.PINBlock{}, "000001")
		o.Chip = bomb(a.random)
		if !l.send(a.frame(o)) {
			return
		}
		if body, _ := l.next(waitMax); body == nil || !a.turn() {
			return
		}
	}
}

// bombBytes is the longest DE55 that a message has room for.
const bombBytes = 990

// bomb is chip data that costs a careless decoder much.
func bomb(random *rand.Rand) []byte {
	switch random.IntN(3) {
	case 0: // hundreds of tags without a value
		var tags []byte
		for tag := byte(0x80); len(tags) < bombBytes; tag = 0x80 | (tag+1)&0x1E {
			tags = append(tags, tag, 0)
		}
		return tags
	case 1: // one within the other
		var nested []byte
		for n := bombBytes; n > 130; n -= 4 {
			nested = append(nested, 0xE1, 0x82, byte((n-4)>>8), byte(n-4))
		}
		return append(nested, make([]byte, bombBytes-len(nested))...)
	}
	return bytes.Repeat([]byte{0x9F, 0x36, 0x02, 0x00, 0x01}, bombBytes/5) // the same one again
}

// bitmaps sends frames of nothing but bitmaps, each of which says that another follows.
func bitmaps(a *attacker, l *line) {
	length := iso.FrameBytesMin + a.random.IntN(iso.FrameBytesMax-iso.FrameBytesMin)
	body := append([]byte{0x60, 0, 1, 0, 0, 0x02, 0x00}, bytes.Repeat([]byte{0xFF}, length)...)
	frame, err := iso.AppendFrame(nil, body[:length], a.cfg.Dialect.Framing())
	if err != nil {
		return
	}
	l.send(frame)
	l.untilClosed(glance)
}

// strangers are what other programs say first.
var strangers = []string{
	"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n",
	"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03",                 // TLS
	"\x00\x00\x00\x85\xFFSMB\x72\x00\x00\x00\x00\x18\x53\xC8",      // SMB
	"\x03\x00\x00\x13\x0E\xE0\x00\x00\x00\x00\x00\x01\x00\x08\x00", // RDP
	"SSH-2.0-probe\r\n", "EHLO gateway\r\n", "\x00", "\r\n\r\n",
}

// garbage says what no terminal says.
func garbage(a *attacker, l *line) {
	said := []byte(strangers[a.random.IntN(len(strangers))])
	if a.random.IntN(2) == 0 {
		said = make([]byte, 1+a.random.IntN(4096))
		for i := range said {
			said[i] = byte(a.random.Uint32())
		}
	}
	l.send(said)
	l.untilClosed(glance)
}
