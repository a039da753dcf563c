package loadtest

import (
	"context"
	"errors"
	"net"
	"os"
	"time"

	"bpnt/iso"
)

// line is a terminal's connection, made anew when it dies.
type line struct {
	addr     string
	tid      [8]byte
	recorder *recorder

	conn     net.Conn
	deadline time.Time   // of conn
	unhook   func() bool // takes the connection out of the hands of the run's end
	reader   *iso.FrameReader
	frame    []byte // the last matching answer, valid until the next exchange
	history  history
}

// expectation is the answer that a message waits for.
type expectation struct {
	mti      uint16 // 0210 or 0410; an answer to a repeat may say 0211 or 0411
	stan     int32
	amount   int64 // DE4 in minor units
	until    time.Time
	patience time.Duration // from the sending to until
}

// connect makes a connection where there is none. It tries until open is done; the connection dies with hard.
func (l *line) connect(hard, open context.Context) bool {
	dialer := net.Dialer{Timeout: dialTimeout}
	for wait := retryWaitMin; l.conn == nil; wait = min(2*wait, retryWaitMax) {
		if open.Err() != nil {
			return false
		}
		conn, err := dialer.DialContext(open, "tcp", l.addr)
		if err != nil {
			pause(open, wait)
			continue
		}
		l.adopt(hard, conn)
	}
	return true
}

func (l *line) adopt(hard context.Context, conn net.Conn) {
	l.conn, l.deadline, l.reader = conn, time.Time{}, iso.NewFrameReader(conn, iso.EDC().Framing())
	l.unhook = context.AfterFunc(hard, func() { conn.Close() })
	l.recorder.count(countConnects)
}

func (l *line) close() {
	if l.conn == nil {
		return
	}
	l.unhook()
	l.conn.Close()
	l.conn = nil
}

// exchange writes a frame and reads until its answer comes. It is false when the time is over or the line is dead.
func (l *line) exchange(frame []byte, x expectation) (answer, bool) {
	if err := l.patience(x); err != nil {
		return l.broken()
	}
	_, err := l.conn.Write(frame)
	for err == nil {
		var body []byte
		if body, err = l.reader.Next(); err != nil {
			break
		}
		if a, ok := l.accept(body, x); ok {
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
	return l.broken()
}

// patience sets the connection's deadline. Moving it costs as much as encoding a frame, so it is moved in steps of a
// sixteenth of the terminal's patience and may come that much late.
func (l *line) patience(x expectation) error {
	if !l.deadline.Before(x.until) {
		return nil
	}
	l.deadline = x.until.Add(x.patience / 16)
	return l.conn.SetDeadline(l.deadline)
}

func (l *line) broken() (answer, bool) {
	l.recorder.count(countBroken)
	l.close()
	return answer{}, false
}

// accept tells whether a frame is the awaited answer, and counts what else it may be.
func (l *line) accept(body []byte, x expectation) (answer, bool) {
	a, ok := parseAnswer(body)
	if !ok {
		l.recorder.count(countUndecodable)
		return answer{}, false
	}
	if a.mti&^1 != x.mti || a.stan != x.stan || a.tid != l.tid {
		l.recorder.count(l.history.classify(a, l.tid))
		return answer{}, false
	}
	if a.amount >= 0 && a.amount != x.amount {
		l.recorder.count(countAltered)
	}
	l.history.answered(x)
	l.frame = body
	return a, true
}
