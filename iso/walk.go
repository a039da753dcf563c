package iso

import "encoding/binary"

// Where things stand in a body.
const (
	mtiOffset    = len(TPDU{})
	bitmapOffset = mtiOffset + 2
	bitmapBytes  = 8
)

// span is where a field's content stands in the body, without its length.
type span struct {
	offset, size uint16 // bytes
	chars        uint16 // digits, nibbles or bytes: what the length counts
}

// fault is the first thing that was found wrong; the zero value is none.
type fault struct {
	field  int
	reason string
}

// wire is a message cut into its fields. Everything in it points into the body.
type wire struct {
	body  []byte
	set   FieldSet // fields whose end is known
	named FieldSet // fields that the bitmap names
	spans [fieldMax + 1]span
	end   int // of the last field that could be cut
	fault fault
}

// walk cuts body into fields without copying a byte, and checks what can be checked field by field: every length in
// its one spelling, every nibble and character one that the field may have, nothing left over.
//
// What is wrong inside a field (a nibble) is noted and the walk goes on, so that the terminal which sent it can still
// be answered. What is wrong with a field's end stops it.
func (l *layout) walk(body []byte, w *wire) {
	w.body = body
	if len(body) < FrameBytesMin {
		w.note(0, ReasonShort)
		return
	}
	if !w.readBitmaps() {
		return
	}
	for de := w.named.next(0); de != 0; de = w.named.next(de) {
		if !w.cut(de, &l[de]) {
			return
		}
	}
	if w.end != len(body) {
		w.note(0, ReasonTrailing)
	}
}

// note keeps the first fault.
func (w *wire) note(field int, reason string) {
	if w.fault.reason == "" {
		w.fault = fault{field, reason}
	}
}

// readBitmaps reads one bitmap or two. A third (bit 65) is refused: on the wire it could chain on for ever, at a cost
// of 22 ms for one 64 KiB frame where a library follows it.
func (w *wire) readBitmaps() bool {
	first := binary.BigEndian.Uint64(w.body[bitmapOffset:])
	w.named[0] = first &^ fieldBit(1)
	w.end = bitmapOffset + bitmapBytes
	if first&fieldBit(1) == 0 {
		return true
	}
	if len(w.body) < w.end+bitmapBytes {
		w.note(1, ReasonTruncated)
		return false
	}
	second := binary.BigEndian.Uint64(w.body[w.end:])
	w.named[1] = second
	w.end += bitmapBytes
	switch {
	case second&fieldBit(65) != 0:
		w.note(1, ReasonBitmapThird)
	case second == 0:
		w.note(1, ReasonBitmapEmpty)
	default:
		return true
	}
	return false
}

// cut takes one field off the front of what is left, and tells whether its end could be found.
func (w *wire) cut(de int, e *element) bool {
	if e.form == nil {
		w.note(de, ReasonFieldUnknown)
		return false
	}
	rest := w.body[w.end:]
	chars, reason := e.prefix.read(e.lengthMax, rest)
	if reason != "" {
		w.note(de, reason)
		return false
	}
	from, size := e.prefix.bytes(), e.form.size(chars)
	if from+size > len(rest) {
		w.note(de, ReasonTruncated)
		return false
	}
	if reason := e.form.check(rest[from:from+size], chars); reason != "" {
		w.note(de, reason)
	} else {
		w.set.add(de)
	}
	w.spans[de] = span{offset: uint16(w.end + from), size: uint16(size), chars: uint16(chars)}
	w.end += from + size
	return true
}

// has tells whether a field is there and in form.
func (w *wire) has(de int) bool { return w.set.Has(de) }

// bytes is a field's content; nil where it is absent or out of form.
func (w *wire) bytes(de int) []byte {
	if !w.has(de) {
		return nil
	}
	s := w.spans[de]
	return w.body[s.offset : s.offset+s.size : s.offset+s.size]
}

// number is a BCD field as a number, or absent.
func (w *wire) number(de int, absent int64) int64 {
	if !w.has(de) {
		return absent
	}
	return bcdNumber(w.bytes(de))
}

func (w *wire) tpdu() TPDU { return TPDU(w.body) }

func (w *wire) mti() MTI { return MTI(binary.BigEndian.Uint16(w.body[mtiOffset:])) }

// macInput is what DE64 covers: the type up to the field before it, as received.
func (w *wire) macInput() []byte {
	if !w.has(64) {
		return nil
	}
	end := w.spans[64].offset
	return w.body[mtiOffset:end:end]
}
