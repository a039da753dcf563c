package iso

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
	body   []byte
	layout *layout
	mti    MTI      // mtiNone where there is none
	set    FieldSet // fields whose end is known
	named  FieldSet // fields that the bitmap names
	spans  [fieldMax + 1]span
	end    int // of the last field that could be cut
	fault  fault
}

// walk cuts body into fields without copying a byte, and checks what can be checked field by field: every length in
// its one spelling, every nibble and character one that the field may have, nothing left over.
//
// What is wrong inside a field (a nibble) is noted and the walk goes on, so that the terminal which sent it can still
// be answered. What is wrong with a field's end stops it.
func (l *layout) walk(body []byte, w *wire) {
	w.body, w.layout, w.mti = body, l, mtiNone
	if len(body) < l.opening.size() {
		w.note(0, ReasonShort)
		return
	}
	w.mti = l.opening.readType(body)
	if !w.readBitmaps() {
		return
	}
	for de := w.named.next(0); de != 0; de = w.named.next(de) {
		if !w.cut(de, &l.elements[de]) {
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
	from, size := e.prefix.size, e.form.size(chars)
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

// binary is the bytes of a binary field: its content, or on a switch that writes those in hex, its content read as
// such, in memory of its own. nil where it is absent or out of form.
func (w *wire) binary(de int) []byte {
	if !w.layout.opening.hex || !w.has(de) {
		return w.bytes(de)
	}
	content := w.bytes(de)
	return appendUnhex(make([]byte, 0, len(content)/2), content)
}

// number is a numeric field of up to 18 digits as a number, or absent.
func (w *wire) number(de int, absent int64) int64 {
	if !w.has(de) {
		return absent
	}
	if w.layout.opening.ascii {
		return digitsNumber(w.bytes(de))
	}
	return bcdNumber(w.bytes(de))
}

// digits is a numeric field's content as characters, as many as stand on the wire.
func (w *wire) digits(de int) string {
	if w.layout.opening.ascii {
		return string(w.bytes(de))
	}
	return string(appendNibbles(nil, w.bytes(de)))
}

// tpdu is the transport header; zero on a switch, which has none.
func (w *wire) tpdu() (t TPDU) {
	copy(t[:], w.body[:w.layout.opening.mti])
	return t
}

// macField is where the MAC stands: in DE64, or on a switch in DE128 where the message has a second bitmap. A DE64
// there would leave what follows it uncovered, and is no MAC.
func (w *wire) macField() int {
	if w.layout.opening.ascii && w.named[1] != 0 {
		return 128
	}
	return 64
}

// macInput is what the MAC covers: the type up to the field before it, as received.
func (w *wire) macInput() []byte {
	de := w.macField()
	if !w.has(de) {
		return nil
	}
	end := w.spans[de].offset
	return w.body[w.layout.opening.mti:end:end]
}
