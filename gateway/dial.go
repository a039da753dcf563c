package gateway

import (
	"context"
	"net"
	"time"
)

// dial keeps one connection to a link's peer until the gateway stops. Between two attempts it rests, at first for
// Limits.RedialMin, then twice as long each time up to Limits.RedialMax: a bank that was away for an hour must not be met by
// all its peers at once, nor by one of them without a pause. The rest begins anew after a connection that lasted: one
// that is taken and closed at once, or that refuses our sign-on, counts as a failure.
func (g *Gateway) dial(l *link) {
	rest := g.limits.RedialMin.Duration
	for g.background.Err() == nil {
		began := time.Now()
		if gone := g.connect(l); gone != nil {
			select {
			case <-gone:
			case <-g.background.Done(): // the connection is drained like any other
				return
			}
		}
		if time.Since(began) >= g.limits.RedialMax.Duration {
			rest = g.limits.RedialMin.Duration
		}
		g.metrics.redials.Inc()
		g.rest(jitter(rest, g.chance()))
		rest = min(2*rest, g.limits.RedialMax.Duration)
	}
}

// jitter is between half and the whole of a rest; chance is in [0, 1).
func jitter(rest time.Duration, chance float64) time.Duration {
	return rest/2 + time.Duration(chance*float64(rest/2))
}

// connect makes one attempt. It returns what ends with the connection, nil where there is none.
func (g *Gateway) connect(l *link) <-chan struct{} {
	ctx, cancel := context.WithTimeout(g.background, g.limits.Handshake.Duration)
	defer cancel()
	sock, err := g.dialer(ctx, l.Dial)
	if err != nil {
		if g.background.Err() == nil {
			g.log.Warn("a switch cannot be reached", "link", l.Name, "address", l.Dial, "error", err)
		}
		return nil
	}
	g.log.Info("connected", "link", l.Name, "address", l.Dial)
	return g.welcome(l, sock)
}

// dialTCP is how sockets are opened, with the same care for radios and routers that go away as those that we accept.
func (g *Gateway) dialTCP(ctx context.Context, address string) (net.Conn, error) {
	d := net.Dialer{KeepAliveConfig: keepAlive, Control: userTimeout(g.limits.Unanswered.Duration)}
	return d.DialContext(ctx, "tcp", address)
}
