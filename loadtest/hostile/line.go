package hostile

import (
	"context"
	"errors"
	"net"
	"os"
	"time"

	"bpnt/iso"
)

// line is one connection of an attacker. It ends with the attack.
type line struct {
	*attackers
	sock   net.Conn
	frames *iso.FrameReader
	stop   func() bool
	gone   bool // the gateway closed it
}

func newLine(all *attackers, sock net.Conn) *line {
	all.tally.connected()
	return &line{
		attackers: all, sock: sock, frames: iso.NewFrameReader(sock, all.cfg.Dialect.Framing()),
		stop: context.AfterFunc(all.ctx, func() { _ = sock.Close() }),
	}
}

// end closes the line.
func (l *line) end() {
	l.stop()
	_ = l.sock.Close()
	l.tally.open.Add(-1)
}

// noteGone counts a connection that the gateway closed, once, while the attack lasts.
func (l *line) noteGone() {
	if !l.gone && l.ctx.Err() == nil {
		l.tally.closed.Add(1)
	}
	l.gone = true
}

// send writes bytes; it is false where the gateway does not take them any more.
func (l *line) send(bytes []byte) bool {
	n, err := l.sock.Write(bytes)
	l.tally.bytes.Add(int64(n))
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		l.noteGone()
	}
	return err == nil
}

// next reads one answer and counts it by its DE39; the body is void with the next call. It is nil where the connection
// ended, and where the gateway says nothing for so long.
func (l *line) next(within time.Duration) (body []byte, code string) {
	_ = l.sock.SetReadDeadline(time.Now().Add(within))
	body, err := l.frames.Next()
	if err != nil {
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			l.noteGone()
		}
		return nil, ""
	}
	code = "unreadable"
	if answer, err := l.codec.DecodeResponse(body); err == nil {
		code = answer.ResponseCode
	}
	l.tally.answered(code)
	return body, code
}

// untilClosed waits for the gateway to close. Whatever it says before is counted as an answer.
func (l *line) untilClosed(within time.Duration) {
	for until := time.Now().Add(within); !l.gone && time.Now().Before(until); {
		if body, _ := l.next(time.Until(until)); body == nil {
			return
		}
	}
}
