package faults

import (
	"errors"
	"io"
	"net"
	"os"
	"time"

	"bpnt/iso"
)

// stream carries one side of a connection, frame by frame. It belongs to one goroutine.
type stream struct {
	tunnel   *tunnel
	side     Side
	from, to *net.TCPConn
	dice     dice
	frames   int       // that have come
	in       []byte    // received, and not yet a frame
	waiting  []byte    // held for the next frame
	patience time.Time // of what is waiting
	slow     time.Time // until when this side reads slowly
	strange  bool      // what comes is no frame: it passes as it is
	eof      error     // of from
}

func newStream(t *tunnel, side Side, from, to *net.TCPConn) *stream {
	return &stream{tunnel: t, side: side, from: from, to: to, dice: newDice(t.proxy.config.Plan.Seed, t.number, side)}
}

// run carries until one end closes, a fault closes both, or something breaks.
func (s *stream) run() {
	for {
		frame, err := s.next()
		if err == nil {
			err = s.meet(frame)
		}
		if err != nil {
			s.tunnel.over(err, s.to)
			return
		}
	}
}

// next is the next whole frame with its length. What is no frame, and what stands behind the last one when the peer
// closes, comes as it is. The slice is the caller's.
func (s *stream) next() ([]byte, error) {
	for {
		if frame := s.cut(); frame != nil {
			return frame, nil
		}
		if s.eof != nil {
			return s.rest()
		}
		if err := s.read(); err != nil {
			return nil, err
		}
	}
}

// cut takes a frame off what was received; nil where there is none yet.
func (s *stream) cut() []byte {
	if len(s.in) == 0 {
		return nil
	}
	n := len(s.in)
	if !s.strange {
		_, rest, err := iso.CutFrame(s.in, s.tunnel.proxy.config.Framing)
		n -= len(rest)
		var bad *iso.FrameError
		if errors.As(err, &bad) {
			if bad.Reason == iso.ReasonFrameIncomplete {
				return nil
			}
			s.strange, n = true, len(s.in)
		}
	}
	frame := append([]byte(nil), s.in[:n]...)
	s.in = append(s.in[:0], s.in[n:]...)
	s.count(frame)
	return frame
}

func (s *stream) count(frame []byte) {
	if s.strange {
		s.tunnel.proxy.strange.Add(int64(len(frame)))
	} else {
		s.tunnel.proxy.frames.Add(1)
	}
}

// rest is what there is when nothing more comes.
func (s *stream) rest() ([]byte, error) {
	if len(s.waiting) == 0 && len(s.in) == 0 {
		return nil, s.eof
	}
	s.strange = true
	frame := append([]byte(nil), s.in...)
	s.in = s.in[:0]
	s.count(frame)
	return frame, nil
}

// read adds to what was received.
func (s *stream) read() error {
	room := readBytes
	if time.Now().Before(s.slow) {
		if room = slowBytes; !pause(s.tunnel.done, slowPause) {
			return net.ErrClosed
		}
	}
	if len(s.waiting) > 0 {
		_ = s.from.SetReadDeadline(s.patience)
	}
	held := len(s.in)
	s.in = append(s.in, make([]byte, room)...)
	n, err := s.from.Read(s.in[held:])
	s.in = s.in[:held+n]
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return s.flush(nil)
	case errors.Is(err, io.EOF):
		s.eof, err = io.EOF, nil
	}
	return err
}

// flush writes what waited, and a frame behind it, in one write.
func (s *stream) flush(frame []byte) error {
	if len(s.waiting) > 0 {
		frame = append(s.waiting, frame...)
		s.waiting = nil
		_ = s.from.SetReadDeadline(time.Time{})
	}
	if s.tunnel.dark.Load() || len(frame) == 0 {
		return nil
	}
	_, err := s.to.Write(frame)
	return err
}
