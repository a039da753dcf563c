package loadtest

import (
	"context"
	"net"
	"strings"
	"sync/atomic"

	"golang.org/x/time/rate"
)

// dialer makes the connections of a run, none faster than a host can take them in: where thousands of terminals come
// back at once, a host's queue of connections overflows, and a kernel tries again after a second only.
type dialer struct {
	addrs  []string // each connection goes to the next one
	next   atomic.Uint64
	failed atomic.Int64 // connections that were refused, or not made in time
	turns  *rate.Limiter
}

func newDialer(addr string) *dialer {
	return &dialer{addrs: strings.Split(addr, ","), turns: rate.NewLimiter(dialsPerSecond, setters)}
}

// dial tries until open is done.
func (d *dialer) dial(open context.Context) (net.Conn, bool) {
	for wait := retryWaitMin; open.Err() == nil; wait = min(2*wait, retryWaitMax) {
		conn, err := d.once(open)
		if err == nil {
			return conn, true
		}
		if open.Err() == nil {
			d.failed.Add(1)
		}
		pause(open, wait)
	}
	return nil, false
}

func (d *dialer) once(open context.Context) (net.Conn, error) {
	if err := d.turns.Wait(open); err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	return dialer.DialContext(open, "tcp", d.addrs[d.next.Add(1)%uint64(len(d.addrs))])
}
