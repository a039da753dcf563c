package gateway

import (
	"errors"
	"os"
	"time"

	"bpnt/iso"
)

// writer is what the writing goroutine owns.
type writer struct {
	*conn
	bytes    []byte          // encoded and not yet written
	whose    []*exchange     // whose answers those are
	batch    []*exchange     // taken from ready
	calls    []*iso.Outgoing // taken from outbox
	response iso.Response    // used again for every answer
}

// write sends answers until the connection is done with. All answers that are ready go out in one write.
func (c *conn) write() {
	defer c.gateway.contain(c)
	w := &writer{conn: c}
	for w.take() {
		w.encodeCalls()
		for _, x := range w.batch {
			w.encode(x)
			if len(w.bytes) >= c.gateway.limits.PendingBytes {
				w.flush()
			}
		}
		w.flush()
		clear(w.batch)
	}
}

// take waits for answers. It is false when there will be none any more.
func (w *writer) take() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.ready)+len(w.outbox) == 0 && !w.dead && !(w.readDone && w.inFlight == 0) {
		w.work.Wait()
	}
	w.batch, w.ready = w.ready, w.batch[:0]
	w.calls, w.outbox = w.outbox, nil
	return len(w.batch)+len(w.calls) > 0 && !w.dead
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
