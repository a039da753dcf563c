package iso

import (
	"bytes"
	"strings"
)

// texts gathers all the texts of one message and makes one string of them, so that they cost one allocation together.
// They share that memory and no other: the frame, with its card number, is not kept alive by a terminal's name.
type texts struct {
	wire  *wire
	slots [textsMax]textSlot
	n     int
	size  int
}

// textsMax is above the number of texts that any kind of message has (a switch's Answer: 22).
const textsMax = 24

// textSlot is a piece of the body and where its text goes.
type textSlot struct {
	to           *string
	offset, size uint16
	spelling     spelling
}

// spelling is how a piece of the body becomes a text.
type spelling uint8

const (
	spellPlain spelling = iota // as it is
	spellBCD                   // two digits a byte
	spellN3                    // three characters of a switch, in four digits as a terminal packs them
)

// text adds a field as it is.
func (t *texts) text(to *string, de int) {
	if s := t.wire.spans[de]; t.wire.has(de) {
		t.add(textSlot{to, s.offset, s.size, spellPlain})
	}
}

// trimmed adds a field without its trailing blanks.
func (t *texts) trimmed(to *string, de int) {
	t.part(to, de, 0, len(bytes.TrimRight(t.wire.bytes(de), " ")))
}

// terminal adds a switch's DE41 without the blanks that fill it up beyond the eight characters of the standard.
func (t *texts) terminal(to *string) {
	if t.wire.has(41) {
		t.part(to, 41, 0, max(tidLengthShort, len(bytes.TrimRight(t.wire.bytes(41), " "))))
	}
}

// part adds n bytes of a field from an offset. The caller knows that they are there.
func (t *texts) part(to *string, de, from, n int) {
	t.add(textSlot{to, t.wire.spans[de].offset + uint16(from), uint16(n), spellPlain})
}

// digits adds a number as digits.
func (t *texts) digits(to *string, de int) { t.number(to, de, spellPlain) }

// n3 adds a number of three digits as four, whether it was packed or not.
func (t *texts) n3(to *string, de int) { t.number(to, de, spellN3) }

func (t *texts) number(to *string, de int, onSwitch spelling) {
	s := t.wire.spans[de]
	switch {
	case !t.wire.has(de):
	case t.wire.layout.opening.ascii:
		t.add(textSlot{to, s.offset, s.size, onSwitch})
	default:
		t.add(textSlot{to, s.offset, s.size, spellBCD})
	}
}

func (t *texts) add(s textSlot) {
	t.slots[t.n] = s
	t.n++
	t.size += s.length()
}

// settle makes the one string and hands out its parts.
func (t *texts) settle() {
	var b strings.Builder
	b.Grow(t.size)
	for i := range t.slots[:t.n] {
		t.slots[i].write(&b, t.wire.body)
	}
	rest := b.String()
	for i := range t.slots[:t.n] {
		n := t.slots[i].length()
		*t.slots[i].to, rest = rest[:n], rest[n:]
	}
}

func (s *textSlot) length() int {
	switch s.spelling {
	case spellBCD:
		return 2 * int(s.size)
	case spellN3:
		return 1 + int(s.size)
	}
	return int(s.size)
}

func (s *textSlot) write(b *strings.Builder, body []byte) {
	content := body[s.offset : s.offset+s.size]
	switch s.spelling {
	case spellBCD:
		writeNibbles(b, content)
		return
	case spellN3:
		b.WriteByte('0')
	}
	b.Write(content)
}

func writeNibbles(b *strings.Builder, content []byte) {
	for _, c := range content {
		b.WriteByte(nibbleChars[c>>4])
		b.WriteByte(nibbleChars[c&0xF])
	}
}
