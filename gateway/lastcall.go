package gateway

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// The last call of a connection that drains: a request may be on its way to us, and a terminal whose connection is closed
// under it has to reverse. So what has arrived is taken and answered; and a terminal that waits for nothing may still begin
// one message, for Limits.LastCall. Whoever was answered is hung up on at once, since it is about to send the next: the
// last answer and the end of the connection travel in one segment, so that a terminal that looks finds it closed.

// arrived is how long what the kernel has already takes to be read.
const arrived = time.Millisecond

// readLast reads what comes before the last call ends. Another goroutine's deadline, which woke us, may come late and
// cut this one off: then it is set anew.
func (t timedReader) readLast(p []byte) (int, error) {
	for until := t.lastUntil(); ; {
		if err := t.sock.SetReadDeadline(until); err != nil {
			return 0, err
		}
		n, err := t.sock.Read(p)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) || !time.Now().Before(until) {
			return n, err
		}
	}
}

// lastUntil is the end of the last call, or a moment from now where the peer has sent its message.
func (c *conn) lastUntil() time.Time {
	if soon := time.Now().Add(arrived); c.waitingFor != phaseFrame && c.waits() && soon.Before(c.lastCall) {
		return soon
	}
	return c.lastCall
}

// waits tells whether the peer waits for an answer, or was given one since the drain began.
func (c *conn) waits() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	began := c.lastCall.Add(-c.gateway.limits.LastCall.Duration)
	return c.inFlight > 0 || !time.Unix(0, c.heard.Load()).Before(began)
}

// farewell holds the last answer of a connection that drains back in the kernel until the connection is closed, a moment
// later. Under TLS the end is a record of its own.
func (w *writer) farewell() {
	if !w.draining.Load() || w.sock != w.raw || !w.lastAnswers() {
		return
	}
	if tcp, ok := w.raw.(syscall.Conn); ok {
		cork(tcp)
	}
}

// lastAnswers tells whether nothing else is in flight.
func (w *writer) lastAnswers() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.inFlight == len(w.whose)
}
