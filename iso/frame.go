package iso

import (
	"encoding/binary"
	"io"
)

// Limits of a frame, in bytes without the length header.
const (
	// FrameBytesMax is far above any message of an EDC day (541 is the largest published) and equal to Visa's cap. A
	// longer frame is refused by its header, before a byte is allocated for it.
	FrameBytesMax = 2048
	// FrameBytesMin is TPDU, MTI and one bitmap: nothing shorter can be a message.
	FrameBytesMin = len(TPDU{}) + 2 + 8

	frameHeaderBytes = 2
)

// FrameReader cuts a stream of bytes into frames: a 2-byte big-endian length that does not count itself, then TPDU and
// message. It allocates one buffer for its life and has no clock: deadlines are the caller's, who learns from Wait
// when a frame's first byte is there.
//
// A FrameReader belongs to one goroutine. The slice that Next returns lies in its buffer and is valid until the next
// call of Wait or Next.
type FrameReader struct {
	source io.Reader
	buf    []byte
	lo, hi int // buf[lo:hi] was received and not yet handed out
}

// NewFrameReader reads frames from source, which is read in large pieces and must not be read by others.
func NewFrameReader(source io.Reader) *FrameReader {
	return &FrameReader{source: source, buf: make([]byte, 2*(frameHeaderBytes+FrameBytesMax))}
}

// Wait blocks until the first byte of the next frame is there. It returns io.EOF where the peer closed between frames.
// An error of the source (a deadline) leaves what was received in place: call again to go on.
func (r *FrameReader) Wait() error { return r.fill(1) }

// Next blocks until a whole frame is there and returns it without its length: TPDU, then message. The error is a
// *FrameError where the bytes are no frame, else the source's.
func (r *FrameReader) Next() ([]byte, error) {
	if err := r.fill(frameHeaderBytes); err != nil {
		return nil, r.incomplete(err, 0)
	}
	header := r.buf[r.lo : r.lo+frameHeaderBytes]
	length, err := frameLength(header)
	if err != nil {
		return nil, err
	}
	if err := r.fill(frameHeaderBytes + length); err != nil {
		return nil, r.incomplete(err, length)
	}
	body := r.buf[r.lo+frameHeaderBytes : r.lo+frameHeaderBytes+length]
	r.lo += frameHeaderBytes + length
	return body, nil
}

// Buffered is the number of bytes received beyond the frames handed out: not 0 means that the next frame has begun.
func (r *FrameReader) Buffered() int { return r.hi - r.lo }

// fill reads until n bytes are there; n is at most a frame with its header, so that they fit after the move.
func (r *FrameReader) fill(n int) error {
	if r.Buffered() >= n {
		return nil
	}
	if r.lo+n > len(r.buf) || r.lo == r.hi {
		r.hi = copy(r.buf, r.buf[r.lo:r.hi])
		r.lo = 0
	}
	for idle := 0; r.Buffered() < n; idle++ {
		got, err := r.source.Read(r.buf[r.hi:])
		r.hi += got
		if got > 0 {
			idle = 0
		}
		switch {
		case r.Buffered() >= n:
		case err != nil:
			return err
		case idle >= readsWithoutProgressMax:
			return io.ErrNoProgress
		}
	}
	return nil
}

// readsWithoutProgressMax stops a source that keeps returning nothing and no error from spinning a core.
const readsWithoutProgressMax = 100

// incomplete turns an end of the stream inside a frame into a FrameError; the end before one stays io.EOF.
func (r *FrameReader) incomplete(err error, length int) error {
	if err == io.EOF && r.Buffered() > 0 {
		return &FrameError{Reason: ReasonFrameIncomplete, Length: length}
	}
	return err
}

// frameLength reads and checks the header. A framing with another header (four ASCII digits) would be another function
// of this shape.
func frameLength(header []byte) (int, error) {
	length := int(binary.BigEndian.Uint16(header))
	switch {
	case length >= FrameBytesMin && length <= FrameBytesMax:
		return length, nil
	case length < FrameBytesMin:
		return 0, &FrameError{Reason: ReasonFrameUndersize, Length: length}
	}
	return 0, &FrameError{Reason: oversizeReason(header), Length: length}
}

// oversizeReason tells the two usual strangers on a plain port by their first bytes. Both read as lengths above the
// limit, so this only gives the refusal a better name.
func oversizeReason(header []byte) string {
	switch string(header[:2]) {
	case "GE", "HE", "PO", "PU", "DE", "OP", "CO", "PA", "TR", "PR": // GET HEAD POST PUT DELETE … and HTTP/2's PRI
		return ReasonFrameHTTP
	case "\x16\x03": // handshake record, any version of TLS
		return ReasonFrameTLS
	}
	return ReasonFrameOversize
}

// AppendFrame appends the length header and body to dst.
func AppendFrame(dst, body []byte) ([]byte, error) {
	if len(body) < FrameBytesMin || len(body) > FrameBytesMax {
		return dst, &EncodeError{Reason: ReasonValueLength}
	}
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(body)))
	return append(dst, body...), nil
}

// CutFrame takes the first frame off b, for tools that hold a whole capture in memory.
func CutFrame(b []byte) (body, rest []byte, err error) {
	if len(b) < frameHeaderBytes {
		return nil, b, &FrameError{Reason: ReasonFrameIncomplete}
	}
	length, err := frameLength(b)
	if err != nil {
		return nil, b, err
	}
	if len(b) < frameHeaderBytes+length {
		return nil, b, &FrameError{Reason: ReasonFrameIncomplete, Length: length}
	}
	return b[frameHeaderBytes : frameHeaderBytes+length], b[frameHeaderBytes+length:], nil
}
