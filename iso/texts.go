package iso

import (
	"bytes"
	"strings"
)

// texts gathers all the texts of one message and makes one string of them, so that they cost one allocation together.
// They share that memory and no other: the frame, with its card number, is not kept alive by a terminal's name.
type texts struct {
	slots [textsMax]textSlot
	n     int
	size  int
}

// textsMax is above the number of texts that any kind of message has (an Answer: 13).
const textsMax = 16

type textSlot struct {
	to      *string
	content []byte
	digits  bool // content is BCD
}

// text adds content as it is.
func (t *texts) text(to *string, content []byte) { t.add(textSlot{to: to, content: content}) }

// trimmed adds content without its trailing blanks.
func (t *texts) trimmed(to *string, content []byte) { t.text(to, bytes.TrimRight(content, " ")) }

// digits adds BCD content as digits.
func (t *texts) digits(to *string, content []byte) {
	t.add(textSlot{to: to, content: content, digits: true})
}

func (t *texts) add(s textSlot) {
	t.slots[t.n] = s
	t.n++
	t.size += s.size()
}

// settle makes the one string and hands out its parts.
func (t *texts) settle() {
	var b strings.Builder
	b.Grow(t.size)
	for i := range t.slots[:t.n] {
		t.slots[i].write(&b)
	}
	rest := b.String()
	for i := range t.slots[:t.n] {
		s := &t.slots[i]
		*s.to, rest = rest[:s.size()], rest[s.size():]
	}
}

func (s *textSlot) size() int {
	if s.digits {
		return 2 * len(s.content)
	}
	return len(s.content)
}

func (s *textSlot) write(b *strings.Builder) {
	if !s.digits {
		b.Write(s.content)
		return
	}
	for _, c := range s.content {
		b.WriteByte(nibbleChars[c>>4])
		b.WriteByte(nibbleChars[c&0xF])
	}
}
