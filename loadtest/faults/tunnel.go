package faults

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// tunnel is one connection of a terminal and the one to the host that belongs to it.
type tunnel struct {
	proxy    *Proxy
	number   uint64
	script   Script
	scripted bool // the script decides, an empty one too; else dice do
	terminal *net.TCPConn
	host     *net.TCPConn
	done     context.Context // of this connection
	cancel   context.CancelFunc
	ended    sync.Once
	dark     atomic.Bool // half-open: what comes vanishes
	light    *time.Timer // ends the darkness; of the first side that met the fault
}

// carry connects to the host and serves the connection until it is over.
func (t *tunnel) carry(ctx context.Context) {
	t.done, t.cancel = context.WithCancel(ctx)
	defer t.cancel()
	dialer := net.Dialer{Timeout: dialTimeout}
	host, err := dialer.DialContext(t.done, "tcp", *t.proxy.target.Load())
	if err != nil { // the terminal learns it as from a network whose host is away
		reset(t.terminal)
		return
	}
	t.host = host.(*net.TCPConn)
	t.proxy.enter(t)
	defer t.proxy.leave(t)
	t.both()
}

// both carries the two sides, and returns when both are over.
func (t *tunnel) both() {
	closing := context.AfterFunc(t.done, func() { t.end(atOnce) })
	defer closing()
	var answers sync.WaitGroup
	answers.Go(newStream(t, Answers, t.host, t.terminal).run)
	newStream(t, Requests, t.terminal, t.host).run()
	answers.Wait()
	if t.light != nil {
		t.light.Stop()
	}
	t.end(gently)
}

// The ways in which a tunnel ends.
const (
	gently = -1 // FIN, and the kernel sends what is written
	atOnce = 0  // RST
)

// end closes both sockets, once.
func (t *tunnel) end(linger int) {
	t.ended.Do(func() {
		for _, conn := range []*net.TCPConn{t.terminal, t.host} {
			_ = conn.SetLinger(linger)
			_ = conn.Close()
		}
		t.cancel()
	})
}

// over ends one side. What one end closed is closed towards the other, and the other direction goes on; what broke,
// breaks both.
func (t *tunnel) over(err error, to *net.TCPConn) {
	switch {
	case t.dark.Load(): // nobody is told
	case errors.Is(err, io.EOF):
		_ = to.CloseWrite()
	default:
		t.end(atOnce)
	}
}

// vanish makes both ends wait for each other, until the time is over.
func (t *tunnel) vanish(d time.Duration) {
	if t.dark.CompareAndSwap(false, true) {
		t.light = time.AfterFunc(d, func() { t.end(atOnce) })
	}
}
