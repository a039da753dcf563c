package gateway

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"bpnt/iso"
)

// phase is what the reader waits for; each has a time of its own.
type phase uint8

const (
	phaseFirst phase = iota // the first byte of the first frame
	phaseIdle               // the first byte of another frame
	phaseFrame              // the rest of a frame
)

// read takes frames until there is a reason to stop.
func (c *conn) read() (why closeReason) {
	defer c.gateway.contain(c)
	for c.hasRoom() {
		if err := c.frames.Wait(); err != nil {
			return c.readReason(err)
		}
		c.waitingFor, c.frameBegan = phaseFrame, time.Time{}
		frame, err := c.frames.Next()
		if err != nil {
			return c.readReason(err)
		}
		c.waitingFor = phaseIdle
		if why := c.process(frame); why != closeNone {
			return why
		}
	}
	return closeNone // killed: the reason is known
}

// hasRoom waits while too many messages are in flight, and is false when the connection is dead.
func (c *conn) hasRoom() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.inFlight >= c.gateway.limits.InFlight && !c.dead {
		c.room.Wait()
	}
	return !c.dead
}

// timedReader reads from the socket under the deadline of what is waited for. It is asked only when bytes are missing,
// so a terminal that sends whole frames costs one deadline for each.
type timedReader struct{ *conn }

func (c *conn) timed() io.Reader { return timedReader{c} }

func (t timedReader) Read(p []byte) (int, error) {
	if err := t.sock.SetReadDeadline(t.until()); err != nil {
		return 0, err
	}
	if t.draining.Load() {
		return t.readLast(p)
	}
	n, err := t.sock.Read(p)
	if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) && t.draining.Load() {
		return t.readLast(p)
	}
	return n, err
}

// until is when the wait ends. A frame's time runs from its first byte, however often bytes come.
func (c *conn) until() time.Time {
	now, l := time.Now(), &c.gateway.limits
	switch c.waitingFor {
	case phaseFirst:
		return now.Add(l.FirstFrame.Duration)
	case phaseIdle:
		return now.Add(l.Idle.Duration)
	}
	if c.frameBegan.IsZero() {
		c.frameBegan = now
	}
	return c.frameBegan.Add(l.Frame.Duration)
}

// readReason names why reading ended.
func (c *conn) readReason(err error) closeReason {
	var frame *iso.FrameError
	switch {
	case errors.As(err, &frame):
		return frameReason(frame)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return c.timeReason()
	case errors.Is(err, io.EOF):
		return closePeer
	case errors.Is(err, syscall.ECONNRESET):
		return closePeerReset
	case errors.Is(err, net.ErrClosed):
		return closeNone // killed: the reason is known
	}
	return closeReadError
}

func (c *conn) timeReason() closeReason {
	switch {
	case c.draining.Load():
		return closeDraining
	case c.waitingFor == phaseFirst:
		return closeFirstFrame
	case c.waitingFor == phaseFrame:
		return closeFrameTime
	}
	return closeIdle
}

func frameReason(e *iso.FrameError) closeReason {
	switch e.Reason {
	case iso.ReasonFrameHTTP:
		return closeHTTP
	case iso.ReasonFrameTLS:
		return closeTLS
	case iso.ReasonFrameIncomplete:
		return closeTruncated
	}
	return closeFrameLength
}
