package gateway

import (
	"errors"
	"os"
	"sync"
	"time"

	"bpnt/iso"
)

// writer is what the writing goroutine of a connection owns while there are answers: a connection at rest has none.
type writer struct {
	*conn
	bytes    []byte          // encoded and not yet written
	whose    []*exchange     // whose answers those are
	batch    []*exchange     // taken from ready
	calls    []*iso.Outgoing // taken from outbox
	response iso.Response    // used again for every answer
}

// writers are those of connections that are at rest now.
var writers = sync.Pool{New: func() any { return new(writer) }}

// startWriter sees to it that what is ready is written. The caller holds mu.
func (c *conn) startWriter() {
	if !c.writing && !c.dead {
		c.writing = true
		go c.write()
	}
}

// write is a writer's work. One that ended in a panic is not used again.
func (c *conn) write() {
	w := writers.Get().(*writer)
	if w.serve(c) {
		writers.Put(w)
	} else {
		c.writerFailed()
	}
}

// serve sends what is ready, until nothing is. All answers that are ready go out in one write. It is false after a panic.
func (w *writer) serve(c *conn) (ended bool) {
	defer c.gateway.contain(c)
	w.conn = c
	for w.take() {
		w.encodeCalls()
		for _, x := range w.batch {
			w.encode(x)
			if len(w.bytes) >= w.gateway.limits.PendingBytes {
				w.flush()
			}
		}
		w.flush()
	}
	w.conn, w.response = nil, iso.Response{}
	return true
}

// take takes what is ready. Where there is nothing the writer's work is done, and the next answer starts another.
func (w *writer) take() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.batch)
	w.batch, w.calls = append(w.batch[:0], w.ready...), w.outbox
	clear(w.ready)
	w.ready, w.outbox = w.ready[:0], nil
	w.writing = len(w.batch)+len(w.calls) > 0 && !w.dead
	if !w.writing {
		clear(w.batch)
		w.room.Signal()
	}
	return w.writing
}

func (c *conn) writerFailed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writing = false
	c.room.Signal()
}

// encodeCalls appends what we ask of a switch. Who waits for an answer to one that cannot be built waits in vain, and ends
// the connection.
func (w *writer) encodeCalls() {
	for _, o := range w.calls {
		out, err := w.link.codec.EncodeRequest(w.bytes, o)
		if err != nil {
			w.gateway.log.Error("a message of ours could not be built",
				"link", w.link.Name, "type", o.MTI.String(), "error", err)
			continue
		}
		w.bytes = out
	}
}

// encode appends one answer. One that cannot be built is left out: its terminal will reverse, which is always safe, and
// the others of the connection get theirs.
func (w *writer) encode(x *exchange) {
	began := time.Now()
	w.link.respond(&w.response, x, w.gateway.mastheads)
	if x.overdue(time.Now()) { // its terminal has begun to reverse: an approval now would be food without a debit
		w.gateway.metrics.undelivered.Inc()
		w.ended(1)
		return
	}
	out, err := w.link.codec.Encode(w.bytes, &w.response)
	if err != nil {
		w.gateway.log.Error("an answer could not be built", "link", w.link.Name, "outcome", x.verdict.String(), "error", err)
		w.gateway.metrics.undelivered.Inc()
		w.ended(1)
		return
	}
	w.bytes, w.whose = out, append(w.whose, x)
	w.gateway.metrics.stage(stageEncode, time.Since(began))
}

// flush writes what was encoded.
func (w *writer) flush() {
	if len(w.bytes) == 0 {
		return
	}
	w.farewell()
	began := time.Now()
	_ = w.sock.SetWriteDeadline(began.Add(w.gateway.limits.Write.Duration))
	if _, err := w.sock.Write(w.bytes); err != nil {
		w.gateway.metrics.undelivered.Add(float64(len(w.whose)))
		w.kill(writeReason(err))
	} else {
		w.sent(began, time.Now())
	}
	w.ended(len(w.whose))
	clear(w.whose)
	w.bytes, w.whose = w.bytes[:0], w.whose[:0]
}

func (w *writer) sent(began, done time.Time) {
	w.gateway.metrics.stage(stageWrite, done.Sub(began))
	for _, x := range w.whose {
		w.gateway.metrics.answered(x, done)
	}
}

func writeReason(err error) closeReason {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return closeWriteTime
	}
	return closeWriteError
}
