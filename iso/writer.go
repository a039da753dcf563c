package iso

import "encoding/binary"

// writer appends one frame to a caller's buffer. The first value that does not fit is kept as the error, and finish
// takes everything back.
type writer struct {
	codec *Codec
	dst   []byte
	start int // of the frame in dst
	err   *EncodeError
}

// begin writes the length's place, TPDU, type and the bitmaps of a set.
func (w *writer) begin(tpdu TPDU, mti MTI, set FieldSet) {
	w.dst = append(w.dst, 0, 0)
	w.dst = append(w.dst, tpdu[:]...)
	w.dst = binary.BigEndian.AppendUint16(w.dst, uint16(mti))
	if set[1] == 0 {
		w.dst = binary.BigEndian.AppendUint64(w.dst, set[0])
		return
	}
	w.dst = binary.BigEndian.AppendUint64(w.dst, set[0]|fieldBit(1))
	w.dst = binary.BigEndian.AppendUint64(w.dst, set[1])
}

// finish fills in the length, or takes the frame back.
func (w *writer) finish() ([]byte, error) {
	length := len(w.dst) - w.start - frameHeaderBytes
	if w.err == nil && length > FrameBytesMax {
		w.err = &EncodeError{Reason: ReasonFrameOversize}
	}
	if w.err != nil {
		return w.dst[:w.start], w.err
	}
	binary.BigEndian.PutUint16(w.dst[w.start:], uint16(length))
	return w.dst, nil
}

func (w *writer) fail(de int, reason string) {
	if w.err == nil {
		w.err = &EncodeError{Field: de, Reason: reason}
	}
}

// value writes text or digits as the spec says. DE42 is filled up with blanks.
func (w *writer) value(de int, v string) {
	e := &w.codec.layout[de]
	chars, fill := len(v), 0
	if de == 42 {
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

// number writes a fixed BCD field.
func (w *writer) number(de int, v int64) {
	digits := w.codec.layout[de].lengthMax
	if v < 0 || v >= pow10(digits) {
		w.fail(de, ReasonValueForm)
		return
	}
	w.dst = appendNumber(w.dst, v, digits/2)
}

// rupiah writes DE4 in the link's minor units.
func (w *writer) rupiah(amount int64) {
	if amount < 0 || amount >= pow10(12)/w.codec.scale {
		w.fail(4, ReasonValueForm)
		return
	}
	w.number(4, amount*w.codec.scale)
}

// balance writes DE54 with the available balance of the account that DE3 names.
func (w *writer) balance(processingCode string, rupiah int64) {
	limit := pow10(12) / w.codec.scale
	if rupiah <= -limit || rupiah >= limit {
		w.fail(54, ReasonValueForm)
		return
	}
	w.dst = prefixLLL.append(w.dst, additionalAmountBytes)
	w.dst = availableBalance(processingCode, rupiah*w.codec.scale).append(w.dst)
}

// pan writes DE2. The clear digits pass through a buffer on the stack only.
func (w *writer) pan(p PAN) {
	var buf [panDigitsMax + 1]byte
	w.dst = prefixLL.append(w.dst, p.Len())
	w.dst, _ = w.codec.dialect.panForm().pack(w.dst, p.AppendDigits(buf[:0]))
}

// track writes DE35, through a buffer on the stack like pan. The types have proved that both can be written.
func (w *writer) track(t Track2) {
	var buf [track2DigitsMax]byte
	w.dst = prefixLL.append(w.dst, t.Len())
	w.dst, _ = appendTrack2(w.dst, t.AppendCharacters(buf[:0]))
}

// bytes writes a binary field.
func (w *writer) bytes(de int, b []byte) {
	e := &w.codec.layout[de]
	if !e.prefix.fits(e.lengthMax, len(b)) {
		w.fail(de, ReasonValueLength)
		return
	}
	w.dst = append(e.prefix.append(w.dst, len(b)), b...)
}

// mac writes DE64 over what stands in the frame from the type on.
func (w *writer) mac(compute func(input []byte) [macBytes]byte) {
	var mac [macBytes]byte
	if compute != nil && w.err == nil {
		mac = compute(w.dst[w.start+frameHeaderBytes+mtiOffset:])
	}
	w.dst = append(w.dst, mac[:]...)
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}
