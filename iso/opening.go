package iso

import "encoding/binary"

// opening is what stands in front of the fields of a dialect's message: perhaps a TPDU, the type, one bitmap or two.
type opening struct {
	mti    int  // where the type begins; a TPDU fills what is in front of it
	bitmap int  // where the first bitmap begins
	each   int  // bytes of one bitmap
	ascii  bool // type, numbers and lengths are characters
	hex    bool // bitmaps and binary fields are characters too, two a byte
}

// bitmapBytes is one bitmap without its spelling.
const bitmapBytes = 8

// size is the length of the shortest message: type and one bitmap.
func (o *opening) size() int { return o.bitmap + o.each }

// readType is the message's type. What is no four digits becomes a type that MTI.digits refuses.
func (o *opening) readType(body []byte) MTI {
	if !o.ascii {
		return MTI(binary.BigEndian.Uint16(body[o.mti:]))
	}
	if !allDigits(body[:4]) {
		return mtiNone
	}
	return MTI(packDigits(body[:4]))
}

// mtiNone has no decimal digit.
const mtiNone MTI = 0xFFFF

// readBitmaps reads one bitmap or two. A third (bit 65) is refused: on the wire it could chain on for ever, at a cost
// of 22 ms for one 64 KiB frame where a library follows it.
func (w *wire) readBitmaps() bool {
	w.end = w.layout.opening.bitmap
	first, reason := w.cutBitmap()
	if reason != "" {
		w.note(1, reason)
		return false
	}
	w.named[0] = first &^ fieldBit(1)
	return first&fieldBit(1) == 0 || w.readSecond()
}

func (w *wire) readSecond() bool {
	second, reason := w.cutBitmap()
	w.named[1] = second
	switch {
	case reason != "":
		w.note(1, reason)
	case second&fieldBit(65) != 0:
		w.note(1, ReasonBitmapThird)
	case second == 0:
		w.note(1, ReasonBitmapEmpty)
	default:
		return true
	}
	return false
}

// cutBitmap takes one bitmap off the front of what is left.
func (w *wire) cutBitmap() (bits uint64, reason string) {
	o := &w.layout.opening
	if len(w.body) < w.end+o.each {
		return 0, ReasonTruncated
	}
	at := w.body[w.end : w.end+o.each]
	w.end += o.each
	if !o.hex {
		return binary.BigEndian.Uint64(at), ""
	}
	if !allHex(at) {
		return 0, ReasonBitmapForm
	}
	var packed [bitmapBytes]byte
	return binary.BigEndian.Uint64(appendUnhex(packed[:0], at)), ""
}

// appendType appends a type as it stands on the wire.
func (o *opening) appendType(dst []byte, mti MTI) []byte {
	if o.ascii {
		return appendNibbles(dst, []byte{byte(mti >> 8), byte(mti)})
	}
	return binary.BigEndian.AppendUint16(dst, uint16(mti))
}

// appendBitmaps appends the bitmaps of a set.
func (o *opening) appendBitmaps(dst []byte, set FieldSet) []byte {
	if set[1] == 0 {
		return o.appendBitmap(dst, set[0])
	}
	return o.appendBitmap(o.appendBitmap(dst, set[0]|fieldBit(1)), set[1])
}

func (o *opening) appendBitmap(dst []byte, bits uint64) []byte {
	if !o.hex {
		return binary.BigEndian.AppendUint64(dst, bits)
	}
	var packed [bitmapBytes]byte
	binary.BigEndian.PutUint64(packed[:], bits)
	return appendNibbles(dst, packed[:])
}
