package iso

// writer appends one frame to a caller's buffer. The first value that does not fit is kept as the error, and finish
// takes everything back.
type writer struct {
	codec  *Codec
	layout *layout
	ascii  bool // of the layout
	dst    []byte
	start  int // of the frame in dst
	err    *EncodeError
}

func (c *Codec) writer(dst []byte) writer {
	return writer{codec: c, layout: c.layout, ascii: c.switched(), dst: dst, start: len(dst)}
}

// begin writes the length's place, TPDU, type and the bitmaps of a set.
func (w *writer) begin(tpdu TPDU, mti MTI, set FieldSet) {
	var blank [frameHeaderBytesMax]byte
	o := &w.layout.opening
	w.dst = append(w.dst, blank[:w.codec.framing.header()]...)
	w.dst = append(w.dst, tpdu[:o.mti]...)
	w.dst = o.appendType(w.dst, mti)
	w.dst = o.appendBitmaps(w.dst, set)
}

// finish fills in the length, or takes the frame back.
func (w *writer) finish() ([]byte, error) {
	framing := w.codec.framing
	length := len(w.dst) - w.start - framing.header()
	if w.err == nil && length > framing.bytesMax {
		w.err = &EncodeError{Reason: ReasonFrameOversize}
	}
	if w.err != nil {
		return w.dst[:w.start], w.err
	}
	framing.put(w.dst[w.start:], length)
	return w.dst, nil
}

// settled is the set as it goes out: the MAC is DE64 on an EDC link, and on a switch the last field of the last bitmap,
// DE64 or DE128, whichever of them was asked for.
func (c *Codec) settled(set FieldSet) FieldSet {
	wanted, rest := set[0]&fieldBit(64)|set[1]&fieldBit(128), FieldSet{set[0], set[1] &^ fieldBit(128)}
	switch {
	case !c.switched() || wanted == 0:
		return rest
	case rest[1] == 0:
		return rest.With(64)
	}
	return rest.Without(64).With(128)
}

func (w *writer) fail(de int, reason string) {
	if w.err == nil {
		w.err = &EncodeError{Field: de, Reason: reason}
	}
}

// value writes text or digits as the spec says. Texts of fixed length that people choose are filled up with blanks.
func (w *writer) value(de int, v string) {
	e := &w.layout.elements[de]
	if w.ascii && threeDigits.Has(de) {
		v = w.short(de, v)
	}
	chars, fill := len(v), 0
	if de == 42 || w.ascii && de == 41 {
		chars, fill = max(chars, e.lengthMax), max(e.lengthMax-chars, 0)
	}
	if !e.prefix.fits(e.lengthMax, chars) {
		w.fail(de, ReasonValueLength)
		return
	}
	w.dst = e.prefix.append(w.dst, chars)
	dst, ok := e.form.append(w.dst, v)
	if !ok {
		w.fail(de, ReasonValueForm)
	}
	w.dst = dst
	for range fill {
		w.dst = append(w.dst, ' ')
	}
}

// threeDigits are the fields that a switch writes with three digits and a terminal packs as four. Our values have four.
var threeDigits = Fields(22, 24, 70)

// short takes the zero off that a switch does not send.
func (w *writer) short(de int, v string) string {
	if len(v) != 4 || v[0] != '0' {
		w.fail(de, ReasonValueForm)
		return ""
	}
	return v[1:]
}

// number writes a fixed numeric field.
func (w *writer) number(de int, v int64) {
	digits := w.layout.elements[de].lengthMax
	switch {
	case !within(v, pow10(digits)):
		w.fail(de, ReasonValueForm)
	case w.ascii:
		w.dst = appendDigits(w.dst, v, digits)
	default:
		w.dst = appendNumber(w.dst, v, digits/2)
	}
}

// pan writes DE2. The clear digits pass through a buffer on the stack only.
func (w *writer) pan(p PAN) {
	w.dst = w.layout.elements[2].prefix.append(w.dst, p.Len())
	if w.ascii {
		w.dst = p.AppendDigits(w.dst)
		return
	}
	var buf [panDigitsMax + 1]byte
	w.dst, _ = w.codec.dialect.panForm().pack(w.dst, p.AppendDigits(buf[:0]))
}

// track writes DE35, through a buffer on the stack like pan. The types have proved that both can be written.
func (w *writer) track(t Track2) {
	w.dst = w.layout.elements[35].prefix.append(w.dst, t.Len())
	if w.ascii {
		w.dst = t.AppendCharacters(w.dst)
		return
	}
	var buf [track2DigitsMax]byte
	w.dst, _ = appendTrack2(w.dst, t.AppendCharacters(buf[:0]))
}

// bytes writes a field of bytes: as they are, or in hex where the switch writes this field so.
func (w *writer) bytes(de int, b []byte) {
	e := &w.layout.elements[de]
	chars, hex := len(b), w.layout.opening.hex && binaryFields.Has(de)
	if hex {
		chars *= 2
	}
	if !e.prefix.fits(e.lengthMax, chars) {
		w.fail(de, ReasonValueLength)
		return
	}
	w.dst = e.prefix.append(w.dst, chars)
	if hex {
		w.dst = appendNibbles(w.dst, b)
		return
	}
	w.dst = append(w.dst, b...)
}

// binaryFields are those that a switch writes in hex where its bitmaps are.
var binaryFields = Fields(52, 55, 64, 96, 128)

// mac writes DE64 or DE128 over what stands in the frame from the type on.
func (w *writer) mac(de int, compute func(input []byte) [macBytes]byte) {
	var mac [macBytes]byte
	if compute != nil && w.err == nil {
		mac = compute(w.dst[w.start+w.codec.framing.header()+w.layout.opening.mti:])
	}
	w.bytes(de, mac[:])
}
