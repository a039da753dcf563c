package iso

import "io"

// FrameReader cuts a stream of bytes into frames: a length that does not count itself, then the message, with a TPDU in
// front of it on an EDC link. It allocates one buffer for its life and has no clock: deadlines are the caller's, who
// learns from Wait when a frame's first byte is there.
//
// A FrameReader belongs to one goroutine. The slice that Next returns lies in its buffer and is valid until the next
// call of Wait or Next.
type FrameReader struct {
	source  io.Reader
	framing Framing
	buf     []byte
	lo, hi  int // buf[lo:hi] was received and not yet handed out
}

// NewFrameReader reads frames from source, which is read in large pieces and must not be read by others. framing is
// the link's: Dialect.Framing.
func NewFrameReader(source io.Reader, framing Framing) *FrameReader {
	return &FrameReader{source: source, framing: framing, buf: make([]byte, 2*(framing.header()+framing.bytesMax))}
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
