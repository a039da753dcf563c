package iso

import (
	"io"
	"sync"
)

// FrameReader cuts a stream of bytes into frames: a length that does not count itself, then the message, with a TPDU in
// front of it on an EDC link. It has no clock: deadlines are the caller's, who learns from Wait when a frame's first byte
// is there.
//
// At rest it holds restBytes, into which a terminal's message fits: thousands of terminals wait most of the time. A larger
// buffer is borrowed for a longer frame, and by a peer that sends more than that at a time for as long as it does.
//
// A FrameReader belongs to one goroutine. The slice that Next returns lies in its buffer and is valid until the next
// call of Wait or Next.
type FrameReader struct {
	source  io.Reader
	framing Framing
	buf     []byte // rest, or *large
	lo, hi  int    // buf[lo:hi] was received and not yet handed out
	busy    bool   // the newest read brought as much as rest can hold, or all that there was room for
	large   *[]byte
	rest    [restBytes]byte
}

// restBytes is room for the largest published message of an EDC day and its length.
const restBytes = 576

// terminalBuffers and switchBuffers are large ones that nobody needs now.
var terminalBuffers, switchBuffers sync.Pool

// NewFrameReader reads frames from source, which is read in large pieces and must not be read by others. framing is
// the link's: Dialect.Framing.
func NewFrameReader(source io.Reader, framing Framing) *FrameReader {
	r := &FrameReader{source: source, framing: framing}
	r.buf = r.rest[:]
	return r
}

// Wait blocks until the first byte of the next frame is there. It returns io.EOF where the peer closed between frames.
// An error of the source (a deadline) leaves what was received in place: call again to go on.
func (r *FrameReader) Wait() error { return r.fill(1) }

// Next blocks until a whole frame is there and returns it without its length. The error is a *FrameError where the
// bytes are no frame, else the source's.
func (r *FrameReader) Next() ([]byte, error) {
	header := r.framing.header()
	if err := r.fill(header); err != nil {
		return nil, r.incomplete(err, 0)
	}
	length, err := r.framing.length(r.buf[r.lo : r.lo+header])
	if err != nil {
		return nil, err
	}
	if err := r.fill(header + length); err != nil {
		return nil, r.incomplete(err, length)
	}
	body := r.buf[r.lo+header : r.lo+header+length]
	r.lo += header + length
	return body, nil
}

// Buffered is the number of bytes received beyond the frames handed out: not 0 means that the next frame has begun.
func (r *FrameReader) Buffered() int { return r.hi - r.lo }

// fill reads until n bytes are there; n is at most a frame with its header, so that they fit a borrowed buffer.
func (r *FrameReader) fill(n int) error {
	if r.Buffered() >= n {
		return nil
	}
	r.makeRoom(n)
	for idle := 0; r.Buffered() < n; idle++ {
		got, err := r.source.Read(r.buf[r.hi:])
		r.hi += got
		if got > 0 {
			idle = 0
			r.busy = got >= restBytes || r.hi == len(r.buf)
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

// makeRoom sees to it that n bytes fit, what is there included.
func (r *FrameReader) makeRoom(n int) {
	switch {
	case r.large == nil && (n > restBytes || r.busy):
		r.large = r.framing.borrow()
		r.moveTo(*r.large)
	case r.large != nil && r.lo == r.hi && n <= restBytes && !r.busy:
		r.moveTo(r.rest[:])
		r.framing.buffers().Put(r.large)
		r.large = nil
	case r.lo == r.hi || r.lo+n > len(r.buf):
		r.moveTo(r.buf)
	}
}

// moveTo goes on in another buffer, or at the beginning of the same.
func (r *FrameReader) moveTo(buf []byte) {
	r.hi = copy(buf, r.buf[r.lo:r.hi])
	r.lo, r.buf = 0, buf
}

// borrow is a buffer that holds two frames.
func (f Framing) borrow() *[]byte {
	if spare, ok := f.buffers().Get().(*[]byte); ok {
		return spare
	}
	return new(make([]byte, 2*(frameHeaderBytesMax+max(f.bytesMax, FrameBytesMax))))
}

func (f Framing) buffers() *sync.Pool {
	if f.bytesMax > FrameBytesMax {
		return &switchBuffers
	}
	return &terminalBuffers
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
