package loadtest

import (
	"context"
	"errors"
	"net"
	"runtime"
	"sync"
	"time"

	"bpnt/iso"
)

// trunk is one TCP connection that terminals share, as behind a network access controller. One goroutine reads it and
// hands the answers to the terminals by TID. Who has something to send adds it to what waits; the first of them writes
// for all who come while it does: a group commit without a timer.
type trunk struct {
	dialer   *dialer
	recorder *recorder
	ports    map[[8]byte]*port // complete before the first connection

	dialing sync.Mutex // one terminal dials, the others wait for it
	readers sync.WaitGroup

	mu       sync.Mutex
	conn     net.Conn // nil where the line is dead
	deadline time.Time
	pending  []byte // frames that wait
	spare    []byte
	writing  bool
}

func (t *trunk) up() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.conn != nil
}

func (t *trunk) connect(hard, open context.Context) bool {
	t.dialing.Lock()
	defer t.dialing.Unlock()
	if t.up() {
		return open.Err() == nil
	}
	conn, ok := t.dialer.dial(open)
	if !ok {
		return false
	}
	t.mu.Lock()
	t.conn, t.deadline = conn, time.Time{}
	t.mu.Unlock()
	t.recorder.count(countConnects)
	unhook := context.AfterFunc(hard, func() { conn.Close() })
	t.readers.Go(func() {
		defer unhook()
		t.read(conn)
	})
	return true
}

// read hands out answers until the connection dies, and then tells every terminal that waits.
func (t *trunk) read(conn net.Conn) {
	reader := iso.NewFrameReader(conn, iso.EDC().Framing())
	for {
		body, err := reader.Next()
		if err != nil {
			t.hangUp(conn, err)
			return
		}
		t.deliver(body)
	}
}

func (t *trunk) deliver(body []byte) {
	a, ok := parseAnswer(body)
	if !ok {
		t.recorder.count(countUndecodable)
		return
	}
	if p := t.ports[a.tid]; p != nil {
		p.deliver(body, a)
		return
	}
	t.recorder.count(countUnmatched)
}

func (t *trunk) hangUp(conn net.Conn, err error) {
	var garbled *iso.FrameError
	if errors.As(err, &garbled) {
		t.recorder.count(countUndecodable)
	}
	conn.Close()
	t.mu.Lock()
	t.conn, t.pending = nil, t.pending[:0]
	t.mu.Unlock()
	for _, p := range t.ports {
		p.giveUp(countBroken, func(expectation) bool { return true })
	}
}

// send adds the copies of a frame to what waits, and writes it where nobody does. It is false where the line is dead.
func (t *trunk) send(frame []byte, copies int, x expectation) bool {
	t.mu.Lock()
	if t.conn == nil {
		t.mu.Unlock()
		return false
	}
	for range copies {
		t.pending = append(t.pending, frame...)
	}
	busy := t.writing
	t.writing = true
	t.mu.Unlock()
	if !busy {
		runtime.Gosched() // terminals that were answered by the same read add theirs first
		t.flush(x)
	}
	return true
}

// flush writes until nothing waits. What a write cannot bring out in time breaks the line.
func (t *trunk) flush(x expectation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.pending) > 0 {
		conn, batch := t.conn, t.pending
		t.pending = t.spare[:0]
		if t.deadline.Before(x.until) {
			t.deadline = x.until.Add(x.patience / patienceSteps)
			_ = conn.SetWriteDeadline(t.deadline) // fails where the write does
		}
		t.mu.Unlock()
		if _, err := conn.Write(batch); err != nil {
			conn.Close() // the reader tells the terminals
		}
		t.mu.Lock()
		t.spare = batch
	}
	t.writing = false
}

// close ends the connection and waits for its reader.
func (t *trunk) close() {
	t.mu.Lock()
	if t.conn != nil {
		t.conn.Close()
	}
	t.mu.Unlock()
	t.readers.Wait()
}
