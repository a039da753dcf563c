package faults

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"bpnt/iso"
)

// Limits of a proxy.
const (
	timeMax     = time.Hour // of any one fault
	mostMax     = 4096      // of bytes in a write, and of frames that a copy waits for
	tunnelsMax  = 16_384    // connections at a time, half-open ones too; more wait to be accepted
	errandsMax  = 256       // copies under way to another connection
	dialTimeout = 5 * time.Second
	acceptPause = 10 * time.Millisecond // where the process has no file left
	slowBytes   = 16                    // a read of a slow reader
	slowPause   = 10 * time.Millisecond // between two of them
	readBytes   = 4096                  // what a side reads at a time; the buffer grows to one frame and that
	slowWindow  = 2048                  // bytes of a slow reader's receive buffer; the kernel has its own least
)

// Config is what a proxy needs.
type Config struct {
	Listen  string       // host:port for the terminals; port 0 for any
	Target  string       // host:port of the host
	Plan    Plan         // from the start; see SetPlan
	Framing iso.Framing  // of the link; the zero value is that of iso.EDC
	Log     *slog.Logger // a line for each fault at level debug, without a byte of what passed; nil for none
}

// Proxy stands between terminals and their host.
type Proxy struct {
	config   Config
	listener *net.TCPListener
	target   atomic.Pointer[string]
	plan     atomic.Pointer[Plan]
	counts   map[Kind]*atomic.Int64
	frames   atomic.Int64
	strange  atomic.Int64
	crowd    crowd
	slots    chan struct{}
	running  sync.WaitGroup
	stop     context.CancelFunc

	mu      sync.Mutex
	tunnels map[*tunnel]struct{}
	scripts []Script
}

// Start listens and returns; the proxy runs until Close, or until ctx is done. The error speaks of the configuration or
// of the listening address.
func Start(ctx context.Context, c Config) (*Proxy, error) {
	if err := c.Plan.Validate(); err != nil {
		return nil, err
	}
	if c.Framing == (iso.Framing{}) {
		c.Framing = iso.EDC().Framing()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if _, _, err := net.SplitHostPort(c.Target); err != nil {
		return nil, fmt.Errorf("the host's address %q must be host:port", c.Target)
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen for terminals: %w", err)
	}
	p := newProxy(c, listener.(*net.TCPListener))
	ctx, p.stop = context.WithCancel(ctx)
	p.running.Go(func() { p.accept(ctx) })
	return p, nil
}

func newProxy(c Config, listener *net.TCPListener) *Proxy {
	p := &Proxy{
		config: c, listener: listener, counts: map[Kind]*atomic.Int64{},
		slots: make(chan struct{}, tunnelsMax), tunnels: map[*tunnel]struct{}{},
	}
	for _, k := range Kinds {
		p.counts[k] = new(atomic.Int64)
	}
	p.crowd.held = map[*tunnel]chan struct{}{}
	p.SetTarget(c.Target)
	p.SetPlan(c.Plan)
	return p
}

// Addr is where terminals connect to.
func (p *Proxy) Addr() net.Addr { return p.listener.Addr() }

// Counts are the faults injected so far; a kind that did not happen is there with 0.
func (p *Proxy) Counts() map[Kind]int64 {
	counts := make(map[Kind]int64, len(Kinds))
	for k, n := range p.counts {
		counts[k] = n.Load()
	}
	return counts
}

// Traffic is what has come so far, of both sides: whole frames, and bytes that are none. Where bytes come and no frame does,
// the framing is another one, and no fault of a frame can happen.
func (p *Proxy) Traffic() (frames, strangeBytes int64) { return p.frames.Load(), p.strange.Load() }

// Connections is how many are open now, half-open ones too.
func (p *Proxy) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.tunnels)
}

// SetTarget sends new connections to another host; those that stand stay where they are.
func (p *Proxy) SetTarget(addr string) { p.target.Store(&addr) }

// SetPlan changes what happens from the next frame on, to a valid plan. The seed stays that of Config.Plan.
func (p *Proxy) SetPlan(plan Plan) { p.plan.Store(&plan) }

// Next gives the next connection a script. Called more than once, it makes a queue.
func (p *Proxy) Next(s Script) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.scripts = append(p.scripts, s)
}

// Break resets every connection now, and counts each.
func (p *Proxy) Break() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for t := range p.tunnels {
		p.inject(t, Step{Kind: Reset})
		t.end(atOnce)
	}
}

// Close ends every connection and waits for all that Start began.
func (p *Proxy) Close() error {
	p.stop()
	p.running.Wait()
	return nil
}

func (p *Proxy) enter(t *tunnel) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tunnels[t] = struct{}{}
}

func (p *Proxy) leave(t *tunnel) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.tunnels, t)
}

// nextScript is the one that the newest connection takes, if there is one.
func (p *Proxy) nextScript() (Script, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.scripts) == 0 {
		return nil, false
	}
	s := p.scripts[0]
	p.scripts = p.scripts[1:]
	return s, true
}
