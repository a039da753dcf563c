package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
}

// Gateway is a running server: its links listen from New on and are served from Serve on.
type Gateway struct {
	limits      Limits
	ledger      Ledger
	keys        *pin.Keystore
	log         *slog.Logger
	links       []*link
	lanes       []*bucketLane // by bucket
	gate        *gate
	seen        *seen
	terminals   *terminals
	mastheads   *mastheads
	connections *connections
	metrics     *metrics
	accepts     *rate.Limiter
	hostile     *rate.Limiter // of log lines that a stranger can cause
	troubled    *rate.Limiter // of log lines that every batch can cause

	background context.Context // ends when the gateway stops
	quit       context.CancelFunc
	accepting  sync.WaitGroup
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
	g := &Gateway{
		limits: c.Limits, ledger: d.Ledger, keys: d.Keys, log: d.Log, gate: newGate(c.Limits.UnderWay),
		seen:      newSeen(c.Limits.SeenMax, c.Limits.SeenTurn.Duration, time.Now()),
		terminals: newTerminals(d.Ledger, d.Keys, c.Limits, d.Log), mastheads: newMastheads(d.Ledger, c.Limits),
		connections: newConnections(c.Limits),
		accepts:     rate.NewLimiter(rate.Limit(c.Limits.AcceptPerSecond), c.Limits.AcceptPerSecond),
		hostile:     rate.NewLimiter(limitedLines, limitedLines),
		troubled:    rate.NewLimiter(limitedLines, limitedLines),
	}
	g.background, g.quit = context.WithCancel(context.Background())
	g.metrics = newMetrics(g)
	if err := g.open(c.Links); err != nil {
		g.quit()
		return nil, errors.Join(err, g.closeListeners())
	}
	for bucket := range g.ledger.Buckets() {
		g.lanes = append(g.lanes, newBucketLane(g, int16(bucket)))
	}
	return g, nil
}

// open makes the links ready and listens on them.
func (g *Gateway) open(links []Link) error {
	ctx, cancel := context.WithTimeout(g.background, startTime)
	defer cancel()
	for _, config := range links {
		l, err := g.ready(ctx, config)
		if err != nil {
			return err
		}
		if err := g.listen(ctx, l); err != nil {
			return err
		}
		g.links = append(g.links, l)
	}
	return nil
}

// ready asks the ledger for the numbers by which it knows a link and its programmes.
func (g *Gateway) ready(ctx context.Context, config Link) (*link, error) {
	l, err := newLink(config)
	if err != nil {
		return nil, err
	}
	if l.id, err = g.ledger.LinkID(ctx, l.Name); err != nil {
		return nil, fmt.Errorf("link %q cannot be registered in the ledger: %w", l.Name, err)
	}
	return l, g.programmes(ctx, l)
}

// Serve takes connections until ctx ends or Shutdown is called, and returns the result of the shutdown.
func (g *Gateway) Serve(ctx context.Context) error {
	for _, l := range g.links {
		g.accepting.Add(1)
		go func() {
			defer g.accepting.Done()
			g.accept(l)
		}()
		g.log.Info("listening", "link", l.Name, "address", l.listener.Addr().String())
	}
	select {
	case <-ctx.Done():
	case <-g.background.Done():
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.limits.Shutdown.Duration)
	defer cancel()
	return g.Shutdown(bounded)
}

// Addr is the address on which a link listens, nil for a link that does not exist.
func (g *Gateway) Addr(name string) net.Addr {
	i := slices.IndexFunc(g.links, func(l *link) bool { return l.Name == name })
	if i < 0 {
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
