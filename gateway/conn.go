package gateway

import (
	"context"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"bpnt/iso"
)

// conn is one connection of a terminal, a concentrator or a switch, which it began or we did. One goroutine serves it for
// its life: the reader, which takes frames up to the lane's queue. While there are answers a second one, the writer, turns
// decided exchanges into bytes (write.go). A switch's has a third, for what we ask of it (converse.go). At rest a connection
// holds a stack, this and the first bytes of a frame, and no buffer of a writer.
type conn struct {
	gateway *Gateway
	link    *link
	raw     net.Conn // under TLS, where there is TLS
	sock    net.Conn
	address netip.Addr
	session *session // of a switch
	calls   calls    // what we asked of a switch

	// Of the TLS handshake, which ends before anything is read.
	turn      *turnstile // nil where it is plain
	outdated  bool       // the peer has nothing above TLS 1.1
	speaksFor []string   // the only terminals that it may name; nil for any

	// The reader's own.
	frames      *iso.FrameReader
	waitingFor  phase
	frameBegan  time.Time // the first read for a frame after its first byte
	macFailures int       // in a row
	malformed   int       // in a row

	heard    atomic.Int64 // when the newest frame was taken, Unix nanoseconds; the beginning before that
	draining atomic.Bool  // take no more from the socket than what is on its way (lastcall.go)
	lastCall time.Time    // when that ends; set before draining

	mu       sync.Mutex
	room     sync.Cond // the reader waits here while too much is in flight, and at the end for the last answer
	inFlight int       // messages taken and not yet answered or dropped
	ready    []*exchange
	outbox   []*iso.Outgoing // what we ask
	writing  bool            // a writer is at work; where none is, ready and outbox are empty
	dead     bool            // the socket is of no use: drop what is left, and start no writer
	reason   closeReason     // the first one counts
}

func newConn(g *Gateway, l *link, sock net.Conn, address netip.Addr) *conn {
	c := &conn{gateway: g, link: l, raw: sock, address: address, waitingFor: phaseFirst, session: l.newSession()}
	if l.dials() {
		c.waitingFor = phaseIdle // it is for us to speak first
	}
	c.heard.Store(time.Now().UnixNano())
	c.sock = c.secure(sock)
	c.room.L = &c.mu
	c.frames = iso.NewFrameReader(c.timed(), l.Dialect.Framing())
	return c
}

// serve runs the connection to its end. What is in flight is always answered, also when the peer will send no more: it
// may still be reading.
func (c *conn) serve() {
	defer c.gateway.connections.served.Done()
	if why := c.handshake(); why != closeNone {
		c.finish(why)
		c.hangUp()
		return
	}
	c.session.join()
	if c.link.converses() {
		c.finish(c.readAndConverse())
	} else {
		c.finish(c.read())
	}
	c.session.leave()
	c.hangUp()
}

// readAndConverse reads, and asks of the peer what we have to ask.
func (c *conn) readAndConverse() closeReason {
	var asking sync.WaitGroup
	defer asking.Wait()
	reading, stop := context.WithCancel(context.Background())
	defer stop()
	asking.Go(func() { c.converse(reading) })
	return c.read()
}

// finish waits until all that was taken is answered and the writer has gone. Nothing is written afterwards.
func (c *conn) finish(why closeReason) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.because(why)
	for c.writing || c.inFlight > 0 && !c.dead {
		c.room.Wait()
	}
	c.dead = true
}

// kill gives the connection up at once: it unblocks all its goroutines.
func (c *conn) kill(why closeReason) {
	c.mu.Lock()
	if why == closeForced {
		c.reason = closeNone // it was draining, and that did not succeed
	}
	c.because(why)
	c.dead = true
	c.room.Signal()
	c.mu.Unlock()
	_ = c.raw.Close() // TLS would say goodbye first, to a peer that may take nothing
}

// because keeps the first reason. The caller holds mu.
func (c *conn) because(why closeReason) {
	if c.reason == closeNone {
		c.reason = why
	}
}

// drain lets the connection finish what it has and take nothing new but what is on its way. A read that is about to
// begin sees the flag, one that has begun is woken by the deadline.
func (c *conn) drain() {
	c.lastCall = time.Now().Add(c.gateway.limits.LastCall.Duration)
	c.draining.Store(true)
	_ = c.sock.SetReadDeadline(time.Unix(1, 0))
}

// began counts a message in.
func (c *conn) began() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight++
}

// ended counts messages out that need no answer any more.
func (c *conn) ended(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight -= n
	c.room.Signal()
}

// answer hands a decided exchange to the writer.
func (c *conn) answer(x *exchange) {
	c.gateway.metrics.verdicts[x.verdict].Inc()
	if x.verdict == verdictSilence {
		c.ended(1)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead {
		c.gateway.metrics.undelivered.Inc()
		return
	}
	c.ready = append(c.ready, x)
	c.startWriter()
}

// hangUp closes the socket and leaves the gateway's books.
func (c *conn) hangUp() {
	reason := c.whyClosed()
	if reason.ours() {
		c.linger()
	}
	_ = c.sock.Close()
	c.gateway.connections.remove(c)
	c.gateway.closed(c.link, reason)
}

func (c *conn) whyClosed() closeReason {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason
}

// linger says that we will write no more and reads for a moment what the peer still sends. Closed with unread bytes the
// kernel would send a reset, which can destroy the last answer on its way (F24).
func (c *conn) linger() {
	half, ok := c.sock.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	_ = c.sock.SetReadDeadline(time.Now().Add(c.gateway.limits.Linger.Duration))
	var scrap [512]byte
	for {
		if _, err := c.sock.Read(scrap[:]); err != nil {
			return
		}
	}
}

// contain keeps a fault of ours to the connection that met it.
func (g *Gateway) contain(c *conn) {
	if p := recover(); p != nil {
		g.log.Error("panic while serving a connection", "link", c.link.Name, "panic", panicText(p), "stack", string(debug.Stack()))
		c.kill(closePanic)
	}
}

// panicText shows a panic of the runtime. The value of any other could hold what a message held.
func panicText(p any) string {
	if err, ok := p.(interface {
		error
		RuntimeError()
	}); ok {
		return err.Error()
	}
	return "not a runtime error"
}

// logHostile logs what a stranger can cause at will, at a limited rate.
func (c *conn) logHostile(text string, args ...any) {
	if c.gateway.hostile.Allow() {
		c.gateway.log.Warn(text, append(args, "link", c.link.Name)...)
	}
}
