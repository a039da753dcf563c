package loadtest

import (
	"context"
	"errors"
	"net"
	"os"
	"time"

	"bpnt/iso"
)

// line is what a terminal speaks through: a connection of its own, or a port of connections that it shares.
type line interface {
	connected() bool
	// connect makes the connection where there is none. It tries until open is done; the connection dies with hard.
	connect(hard, open context.Context) bool
	// exchange sends a frame and waits for its answer. It is false when the time is over or the connection is dead.
	exchange(frame []byte, x expectation) (answer, bool)
	close()
}

// ownLine is a terminal's own connection, made anew when it dies. It belongs to the terminal's goroutine.
type ownLine struct {
	ear
	dialer *dialer

	conn     net.Conn
	deadline time.Time   // of conn
	unhook   func() bool // takes the connection out of the hands of the run's end
	reader   *iso.FrameReader
	peeker   *peeker
}

// connected is false too where the host has hung up since the last message.
func (l *ownLine) connected() bool {
	if l.conn != nil && l.peeker.hungUp() {
		l.close()
	}
	return l.conn != nil
}

func (l *ownLine) connect(hard, open context.Context) bool {
	if l.conn != nil {
		return true
	}
	conn, ok := l.dialer.dial(open)
	if ok {
		l.conn, l.deadline, l.reader = conn, time.Time{}, iso.NewFrameReader(conn, iso.EDC().Framing())
		l.peeker = newPeeker(conn)
		l.unhook = context.AfterFunc(hard, func() { conn.Close() })
		l.recorder.count(countConnects)
	}
	return ok
}

func (l *ownLine) close() {
	if l.conn == nil {
		return
	}
	l.unhook()
	l.conn.Close()
	l.conn, l.reader = nil, nil
}

func (l *ownLine) exchange(frame []byte, x expectation) (answer, bool) {
	if err := l.patience(x); err != nil {
		return l.broken(x)
	}
	_, err := l.conn.Write(frame)
	for err == nil {
		var body []byte
		if body, err = l.reader.Next(); err != nil {
			break
		}
		if a, ok := l.hear(body, x); ok {
			return a, true
		}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		l.recorder.count(countTimeouts)
		l.history.gaveUp(x)
		return answer{}, false
	}
	var garbled *iso.FrameError
	if errors.As(err, &garbled) {
		l.recorder.count(countUndecodable)
	}
	return l.broken(x)
}

// hear tells whether a frame is the awaited answer, and counts what else it may be.
func (l *ownLine) hear(body []byte, x expectation) (answer, bool) {
	a, ok := parseAnswer(body)
	if !ok {
		l.recorder.count(countUndecodable)
		return answer{}, false
	}
	ok = l.accept(body, &a, x)
	return a, ok
}

// patience sets the connection's deadline. Moving it costs as much as encoding a frame, so it is moved in steps of a
// sixteenth of the terminal's patience and may come that much late.
func (l *ownLine) patience(x expectation) error {
	if !l.deadline.Before(x.until) {
		return nil
	}
	l.deadline = x.until.Add(x.patience / patienceSteps)
	return l.conn.SetDeadline(l.deadline)
}

func (l *ownLine) broken(x expectation) (answer, bool) {
	l.recorder.count(countBroken)
	l.history.gaveUp(x)
	l.close()
	return answer{}, false
}
