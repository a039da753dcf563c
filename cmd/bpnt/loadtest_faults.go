package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"bpnt/loadtest"
	"bpnt/loadtest/faults"
)

// network is what lies between the terminals and the gateway.
type network struct {
	Faults    string `default:"" placeholder:"SPEC" help:"Put a faulty network between the terminals and the gateway: mobile, rough, or kinds with their shares (see below)."`
	FaultSeed uint64 `default:"0" help:"What the faults are drawn from: same seed and same order of bytes, same faults; 0 for --seed."`

	proxy *faults.Proxy // nil for a network without faults
	plan  faults.Plan
	to    string // the gateway behind the proxy
}

// faultsHelp are the words for --help of all who take a plan of faults.
const faultsHelp = `Faults, each with the share of the frames (0 to 1) that meet it; "mobile" is a terminal on GPRS, "rough" has all kinds,
and a preset may be changed: --faults mobile,drop=0.05. Behind a colon stands the longest time, or a number.
  cut=0.01           n bytes of a frame pass, 0 to all of them, and both ends are closed
  stall=0.01:2s      a frame is held for up to that time, and all behind it
  split=0.1:7        a frame goes out in writes of 1 to that many bytes
  coalesce=0.1:20ms  a frame waits up to that time for the next, and both go out in one write
  duplicate=0.01:16  a request comes twice, the copy up to so many requests later over another connection
  reorder=0.01:1s    a request is held until another connection had an answer, up to that time
  drop=0.01          an answer vanishes, and the connection lives on
  slow=0.01:2s       for that time the host's answers are read a few bytes at a time
  half-open=0.01:10s from this frame on all vanishes, and nobody is told until that time is over
  reset=0.01         the frame vanishes, and both ends get a reset
  refuse=0.01:500ms  for that time this and all new connections are reset (share of new connections)

`

// checkFaults reads the plan, so that a mistake is told before anything begins.
func (n *network) checkFaults() (err error) {
	if n.Faults == "" {
		return nil
	}
	if n.plan, err = faults.ParsePlan(n.Faults); err != nil {
		return usage("--faults: %w", err)
	}
	return nil
}

// across plays through the faulty network, if one was asked for.
func (n *network) across(ctx context.Context, cfg *loadtest.Config, play func() error) (err error) {
	if n.Faults == "" {
		return play()
	}
	if err := answers(ctx, cfg.Addr); err != nil {
		return err
	}
	n.plan.Seed = cmp.Or(n.FaultSeed, cfg.Seed)
	cfg.Doubles = n.plan.Faults[faults.Duplicate].Share > 0
	// The terminals need the network until they have resolved what is open, also after an interrupt.
	n.proxy, err = faults.Start(context.WithoutCancel(ctx), faults.Config{
		Listen: "127.0.0.1:0", Target: cfg.Addr, Plan: n.plan, Framing: cfg.Dialect.Framing(),
	})
	if err != nil {
		return usage("%w", err)
	}
	defer func() { err = errors.Join(err, n.proxy.Close()) }()
	n.to, cfg.Addr = cfg.Addr, n.proxy.Addr().String()
	return play()
}

// host names the gateway for people, whatever stands before it.
func (n *network) host(addr string) string {
	if n.proxy == nil {
		return addr
	}
	return n.to + " (faults " + n.Faults + ")"
}

// answers tells whether somebody listens there: behind a faulty network terminals could not tell.
func answers(ctx context.Context, addr string) error {
	dialer := net.Dialer{Timeout: gatewayDial}
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("nobody listens at %s: bpnt serve runs a gateway, --addr names another", addr)
	}
	return conn.Close()
}

// gatewayDial is how long a gateway may take to accept a connection.
const gatewayDial = 5 * time.Second

// injected begins to count: the func tells what the network has done since then, nil where it does nothing.
func (n *network) injected() func() *loadtest.Faults {
	if n.proxy == nil {
		return func() *loadtest.Faults { return nil }
	}
	before := n.proxy.Counts()
	return func() *loadtest.Faults {
		report := &loadtest.Faults{Plan: n.plan.String(), Seed: n.plan.Seed, Injected: map[string]int64{}}
		for kind, count := range n.proxy.Counts() {
			report.Injected[string(kind)] = count - before[kind]
		}
		return report
	}
}
