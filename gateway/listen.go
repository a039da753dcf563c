package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"
)

// Keepalives find a radio that went away without a word while nothing is to be sent; TCP_USER_TIMEOUT finds it while
// something is (F19).
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 60 * time.Second, Interval: 15 * time.Second, Count: 4}

// The pauses after a failed accept (F26): the process may be out of file descriptors, and some will come free.
const (
	acceptPauseMin = 5 * time.Millisecond
	acceptPauseMax = time.Second
)

// listen opens a link's address, where nobody opened it for us.
func (g *Gateway) listen(ctx context.Context, l *link) error {
	if given := g.given[l.Name]; given != nil {
		return g.inherit(l, given)
	}
	g.checkMigration(l)
	config := net.ListenConfig{KeepAliveConfig: keepAlive, Control: g.socketOptions(l)}
	listener, err := config.Listen(ctx, "tcp", l.Listen)
	if err != nil {
		return fmt.Errorf("link %q cannot listen: %w", l.Name, err)
	}
	l.listener = listener
	return nil
}

// accept takes connections until the listener is closed. Nothing else ends the loop.
func (g *Gateway) accept(l *link) {
	pause := acceptPauseMin
	for {
		if g.accepts.Wait(g.background) != nil {
			return // the gateway stops
		}
		sock, err := l.listener.Accept()
		switch {
		case err == nil:
			pause = acceptPauseMin
			g.metrics.accepted.Inc()
			g.welcome(l, sock)
		case errors.Is(err, net.ErrClosed):
			return
		default:
			g.log.Error("accept failed", "link", l.Name, "error", err)
			g.rest(pause)
			pause = min(2*pause, acceptPauseMax)
		}
	}
}

func (g *Gateway) rest(d time.Duration) {
	select {
	case <-time.After(d):
	case <-g.background.Done():
	}
}

// welcome serves a connection if the limits allow it. What it returns ends with the connection; it is nil where there is
// none.
func (g *Gateway) welcome(l *link, sock net.Conn) <-chan struct{} {
	c := newConn(g, l, sock, addressOf(sock))
	if why := g.connections.add(c); why != closeNone {
		_ = sock.Close()
		g.closed(l, why)
		return nil
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		c.serve()
	}()
	return gone
}

// closed notes why a connection ended. What a stranger can cause at will is logged at a limited rate.
func (g *Gateway) closed(l *link, why closeReason) {
	g.metrics.closes[why].Inc()
	level := slog.LevelInfo
	if why.hostile() {
		level = slog.LevelDebug
		if !g.hostile.Allow() {
			return
		}
	}
	g.log.Log(g.background, level, "connection closed", "link", l.Name, "reason", why.String())
}
