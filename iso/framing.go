package iso

import "encoding/binary"

// Limits of a frame, in bytes without the length header.
const (
	// FrameBytesMax is far above any message of an EDC day (541 is the largest published) and equal to Visa's cap. A
	// longer frame is refused by its header, before a byte is allocated for it.
	FrameBytesMax = 2048
	// FrameBytesMin is TPDU, MTI and one bitmap: nothing shorter can be a terminal's message.
	FrameBytesMin = len(TPDU{}) + 2 + bitmapBytes
	// SwitchFrameBytesMax holds a switch's message in characters with several private fields of 999.
	SwitchFrameBytesMax = 8192

	frameHeaderBytesMax = 4
)

// Framing is how one dialect's stream is cut: the form of a frame's length and the lengths that it may have. It comes
// from Dialect.Framing; the zero value passes no frame.
type Framing struct {
	ascii    bool // four ASCII digits; else two bytes, big-endian
	bytesMin int
	bytesMax int
}

// header is the number of bytes of the length itself, which it never counts.
func (f Framing) header() int {
	if f.ascii {
		return 4
	}
	return 2
}

// length reads and checks a frame's header.
func (f Framing) length(header []byte) (int, error) {
	length, ok := f.number(header)
	switch {
	case !ok:
		return 0, &FrameError{Reason: strangerReason(header, ReasonFrameForm)}
	case length < f.bytesMin:
		return 0, &FrameError{Reason: ReasonFrameUndersize, Length: length}
	case length > f.bytesMax:
		return 0, &FrameError{Reason: strangerReason(header, ReasonFrameOversize), Length: length}
	}
	return length, nil
}

// number is what the header says, or not ok where it is no number.
func (f Framing) number(header []byte) (int, bool) {
	if !f.ascii {
		return int(binary.BigEndian.Uint16(header)), true
	}
	if !allDigits(header[:4]) {
		return 0, false
	}
	return int(digitsNumber(header[:4])), true
}

// put writes a length into its place.
func (f Framing) put(header []byte, length int) {
	if f.ascii {
		appendDigits(header[:0], int64(length), 4)
		return
	}
	binary.BigEndian.PutUint16(header, uint16(length))
}

// strangerReason tells the two usual strangers on a plain port by their first bytes. Both read as lengths above the
// limit or as no length, so this only gives the refusal a better name.
func strangerReason(header []byte, otherwise string) string {
	switch string(header[:2]) {
	case "GE", "HE", "PO", "PU", "DE", "OP", "CO", "PA", "TR", "PR": // GET HEAD POST PUT DELETE … and HTTP/2's PRI
		return ReasonFrameHTTP
	case "\x16\x03": // handshake record, any version of TLS
		return ReasonFrameTLS
	}
	return otherwise
}

// AppendFrame appends the length header and body to dst.
func AppendFrame(dst, body []byte, framing Framing) ([]byte, error) {
	if len(body) < framing.bytesMin || len(body) > framing.bytesMax {
		return dst, &EncodeError{Reason: ReasonValueLength}
	}
	var header [frameHeaderBytesMax]byte
	framing.put(header[:], len(body))
	return append(append(dst, header[:framing.header()]...), body...), nil
}

// CutFrame takes the first frame off b, for tools that hold a whole capture in memory.
func CutFrame(b []byte, framing Framing) (body, rest []byte, err error) {
	header := framing.header()
	if len(b) < header {
		return nil, b, &FrameError{Reason: ReasonFrameIncomplete}
	}
	length, err := framing.length(b)
	if err != nil {
		return nil, b, err
	}
	if len(b) < header+length {
		return nil, b, &FrameError{Reason: ReasonFrameIncomplete, Length: length}
	}
	return b[header : header+length], b[header+length:], nil
}
