package gateway

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"syscall"
)

// inherited is a listening socket that another process opened and keeps, systemd for one: connections wait in its queue
// while no gateway runs, so that a restart refuses nobody (F41).
type inherited struct{ *net.TCPListener }

// Accept gives a connection the keepalives that a socket of our own gives it.
func (i inherited) Accept() (net.Conn, error) {
	conn, err := i.AcceptTCP()
	if err != nil {
		return nil, err
	}
	return conn, conn.SetKeepAliveConfig(keepAlive)
}

// inherit takes a link's socket over.
func (g *Gateway) inherit(l *link, given net.Listener) error {
	tcp, ok := given.(*net.TCPListener)
	if !ok {
		return fmt.Errorf("link %q was handed a socket that is not one of TCP", l.Name)
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return err
	}
	if err := userTimeout(g.limits.Unanswered.Duration)("", "", raw); err != nil {
		return fmt.Errorf("link %q cannot use the socket that it was handed: %w", l.Name, err)
	}
	l.listener = inherited{tcp}
	return nil
}

// strangers are sockets that were handed over for no link: a name is spelt wrongly, and a port would stay deaf.
func (g *Gateway) strangers(links []Link) (wrong error) {
	for name := range g.given {
		if !slices.ContainsFunc(links, func(l Link) bool { return l.Name == name && !l.dials() }) {
			wrong = errors.Join(wrong, fmt.Errorf("a socket named %q was handed over, but no link of that name listens", name))
		}
	}
	return wrong
}

// socketControl sets options of a socket before it is bound.
type socketControl = func(network, address string, raw syscall.RawConn) error

// socketOptions are those of a link's listening socket.
func (g *Gateway) socketOptions(l *link) socketControl {
	timeout := userTimeout(g.limits.Unanswered.Duration)
	if !l.ReusePort {
		return timeout
	}
	return func(network, address string, raw syscall.RawConn) error {
		return errors.Join(reusePort(raw), timeout(network, address, raw))
	}
}
