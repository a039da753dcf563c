package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"bpnt/gateway/pin"
)

// Deps are what the gateway works with and does not make itself.
type Deps struct {
	Ledger Ledger
	Keys   *pin.Keystore
	Log    *slog.Logger
	Disk   string // folder of the books, whose disk is watched; empty where they are not on this machine
	// Listeners are sockets that listen already, by the names of their links. The gateway opens those of the other links.
	Listeners map[string]net.Listener
}

// Gateway is a running server: its links listen from New on, and are served, and dialled, from Serve on.
type Gateway struct {
	limits      Limits
	ledger      Ledger
	keys        *pin.Keystore
	log         *slog.Logger
	links       []*link
	lanes       []*bucketLane // by bucket
	clerk       *clerk
	gate        *gate
	seen        *seen
	shares      *shares
	declined    *declined
	velocities  velocities
	terminals   *terminals
	mastheads   *mastheads
	connections *connections
	metrics     *metrics
	standing    *standing
	disk        string // as in Deps
	given       map[string]net.Listener
	handshakes  chan struct{} // one in it for each that is made
	dialer      func(ctx context.Context, address string) (net.Conn, error)
	chance      func() float64 // in [0, 1)
	accepts     *rate.Limiter
	hostile     *rate.Limiter // of log lines that a stranger can cause
	troubled    *rate.Limiter // of log lines that every batch can cause

	background context.Context // ends when the gateway stops
	quit       context.CancelFunc
	accepting  sync.WaitGroup // what takes, and dials, and looks at the books
	shutdown   sync.Once
	result     error // of the shutdown
}

const (
	// startTime bounds what New asks of the ledger.
	startTime = 10 * time.Second
	// limitedLines a second may be logged of each kind that could otherwise fill a disk.
	limitedLines = 5
	// flushTime is what the lanes get beyond the time of the shutdown to end what is in flight.
	flushTime = 5 * time.Second
)

// New checks the configuration, registers the links in the ledger and opens their addresses. The caller must call
// Shutdown, also where Serve is never called.
func New(c Config, d Deps) (*Gateway, error) {
	if mistakes := c.mistakes(); len(mistakes) > 0 {
		return nil, Mistakes(mistakes)
	}
	d.Log = slog.New(maskedLog{d.Log.Handler()})
	g := &Gateway{
		limits: c.Limits, ledger: d.Ledger, keys: d.Keys, log: d.Log, gate: newGate(c.Limits.UnderWay),
		seen:   newSeen(c.Limits.SeenMax, c.Limits.SeenTurn.Duration, time.Now()),
		shares: newShares(), declined: newDeclined(c.Limits), velocities: newVelocities(c.Limits),
		terminals: newTerminals(d.Ledger, d.Keys, c.Limits, d.Log), mastheads: newMastheads(d.Ledger, c.Limits),
		connections: newConnections(c.Limits), handshakes: make(chan struct{}, c.Limits.Handshakes), chance: rand.Float64,
		accepts:  rate.NewLimiter(rate.Limit(c.Limits.AcceptPerSecond), c.Limits.AcceptPerSecond),
		hostile:  rate.NewLimiter(limitedLines, limitedLines),
		troubled: rate.NewLimiter(limitedLines, limitedLines),
	}
	g.dialer = g.dialTCP
	g.background, g.quit = context.WithCancel(context.Background())
	g.standing, g.disk, g.given = newStanding(d.Ledger, d.Log), d.Disk, d.Listeners
	g.metrics = newMetrics(g)
	if err := g.open(c.Links); err != nil {
		g.quit()
		return nil, errors.Join(err, g.closeListeners())
	}
	for bucket := range g.ledger.Buckets() {
		g.lanes = append(g.lanes, newBucketLane(g, int16(bucket)))
	}
	g.clerk = newClerk(g)
	return g, nil
}

// open makes the links ready and listens on them. What is wrong with any of them is told at once.
func (g *Gateway) open(links []Link) error {
	ctx, cancel := context.WithTimeout(g.background, startTime)
	defer cancel()
	if err := g.strangers(links); err != nil { // before a link finds its port in the hands of a socket of another name
		return err
	}
	var wrong error
	for _, config := range links {
		l, err := g.ready(ctx, config)
		if err == nil && !l.dials() {
			err = g.listen(ctx, l)
		}
		if err != nil {
			wrong = errors.Join(wrong, err)
			continue
		}
		g.links = append(g.links, l)
		g.metrics.linkGauges(g, l)
	}
	return wrong
}

// ready reads a link's certificates and asks the ledger for the numbers by which it knows the link and its programmes.
func (g *Gateway) ready(ctx context.Context, config Link) (*link, error) {
	l, err := newLink(config)
	if err != nil {
		return nil, err
	}
	if l.TLS != nil {
		if l.tls, err = newTLSFiles(config, g.log); err != nil {
			return nil, fmt.Errorf("link %q: %w", l.Name, err)
		}
	}
	if l.id, err = g.ledger.LinkID(ctx, l.Name); err != nil {
		return nil, fmt.Errorf("link %q cannot be registered in the ledger: %w", l.Name, err)
	}
	if err := g.programmes(ctx, l); err != nil || !l.bySwitch() {
		return l, err
	}
	if err := g.ledger.OpenSwitchDay(ctx, l.id); err != nil {
		return nil, fmt.Errorf("link %q has no business day in the ledger: %w", l.Name, err)
	}
	return l, nil
}

// Serve takes connections until ctx ends or Shutdown is called, and returns the result of the shutdown.
func (g *Gateway) Serve(ctx context.Context) error {
	for _, l := range g.links {
		if l.dials() {
			g.accepting.Go(func() { g.dial(l) })
			continue
		}
		g.accepting.Go(func() { g.accept(l) })
		g.log.Info("listening", "link", l.Name, "address", l.listener.Addr().String())
	}
	g.accepting.Go(func() { g.standing.watch(g.background) })
	select {
	case <-ctx.Done():
	case <-g.background.Done():
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.limits.Shutdown.Duration)
	defer cancel()
	return g.Shutdown(bounded)
}

// Addr is the address on which a link listens, nil for a link that does not exist or dials.
func (g *Gateway) Addr(name string) net.Addr {
	i := slices.IndexFunc(g.links, func(l *link) bool { return l.Name == name })
	if i < 0 || g.links[i].dials() {
		return nil
	}
	return g.links[i].listener.Addr()
}

// waiting is how many messages wait in all lanes.
func (g *Gateway) waiting() (n int) {
	for _, l := range g.lanes {
		n += l.Depth()
	}
	return n
}
