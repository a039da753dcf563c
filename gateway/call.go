package gateway

import (
	"context"
	"sync"

	"bpnt/iso"
)

// calls are the messages that we sent on a connection and whose answers have not come, by DE11. There are at most two:
// sign-on and echo are asked one after the other, and a sign-off is not waited for.
type calls struct {
	mu      sync.Mutex
	waiting map[int32]call
}

// call is one of them.
type call struct {
	function string      // DE70
	answer   chan string // gets DE39; nil where nobody waits
}

func (a *calls) expect(o *iso.Outgoing) call {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting == nil {
		a.waiting = make(map[int32]call)
	}
	waiting := call{o.Code, make(chan string, 1)}
	a.waiting[o.STAN] = waiting
	return waiting
}

// take is who waits for this answer.
func (a *calls) take(stan int32) call {
	a.mu.Lock()
	defer a.mu.Unlock()
	waiting := a.waiting[stan]
	delete(a.waiting, stan)
	return waiting
}

// ask sends a network message and waits for DE39 of its answer. ok is false where none came in time, or the connection
// ended.
func (c *conn) ask(ctx context.Context, o iso.Outgoing) (code string, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, c.gateway.limits.Call.Duration)
	defer cancel()
	waiting := c.calls.expect(&o)
	defer c.calls.take(o.STAN)
	c.tell(&o)
	select {
	case code = <-waiting.answer:
		return code, true
	case <-ctx.Done():
		return "", false
	}
}

// tell hands a message of ours to the writer.
func (c *conn) tell(o *iso.Outgoing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead {
		return
	}
	c.outbox = append(c.outbox, o)
	c.startWriter()
}

// answered takes a frame that is an answer. On an EDC link we never asked anything, and answering an answer could go on
// for ever; on a switch one that nobody waits for came too late, and some in a row mean that the peer is confused.
func (c *conn) answered(frame []byte) closeReason {
	if c.link.peer == nil {
		return closeAnswer
	}
	a, err := c.link.codec.DecodeResponse(frame)
	if err != nil || a.MTI != iso.MTINetwork.Response() {
		return closeAnswer
	}
	waiting := c.calls.take(a.STAN)
	if waiting.answer == nil {
		return c.unasked()
	}
	c.malformed = 0
	if waiting.function == iso.NetworkSignOn && approvalCode(a.ResponseCode) {
		c.session.set(true) // now, because traffic may stand right behind it
	}
	waiting.answer <- a.ResponseCode
	return closeNone
}

func (c *conn) unasked() closeReason {
	c.gateway.metrics.unasked.Inc()
	if c.malformed++; c.malformed >= c.gateway.limits.Malformed {
		return closeUnasked
	}
	return closeNone
}

// stansMax is the last STAN; 1 follows it.
const stansMax = 999_999

// nextSTAN numbers the messages that we send to a switch, over all its connections.
func (p *peer) nextSTAN() int32 { return (p.stan.Add(1)-1)%stansMax + 1 }
