package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"time"

	"bpnt/iso"
	"bpnt/loadtest"
	"bpnt/loadtest/hostile"
)

type hostileCmd struct {
	storage
	area
	watchedGateway
	Addr      string        `default:"127.0.0.1:8583" help:"Gateway's EDC link."`
	Play      []string      `help:"Attacks to play, one after the other; all where not given (see below)."`
	Attackers int           `default:"1000" help:"Attackers at once; most hold one connection each."`
	Power     float64       `default:"2000" help:"What all of them do a second: connections, frames, bytes of slowloris."`
	From      string        `help:"The attackers' own address; where the gateway is at 127.0.0.1, on Linux, 127.0.0.2."`
	Rate      float64       `default:"500" help:"Families per second at the honest terminals (Poisson)."`
	Victims   int           `default:"8" help:"The area's last terminals, which attackers have in hand; the others are honest."`
	Duration  time.Duration `default:"10s" help:"Measured time of each window."`
	Warmup    time.Duration `default:"2s" help:"Time before that which is not measured."`
	Timeout   time.Duration `default:"5s" help:"An honest terminal's patience with one message."`
	Rounds    int           `default:"1" help:"Windows of each kind for each attack: they take turns, and the figures are medians."`
	Decimals  int           `default:"2" help:"Implied decimals of amounts on this link, 0 or 2."`
	Link      string        `default:"edc" help:"The link's name in the books, for --prove."`
	Prove     bool          `help:"Hold the honest terminals' sums against the books (--database-url or --data-dir), and audit them."`
	JSON      bool          `help:"Print the report as JSON."`
}

func (hostileCmd) Help() string {
	text := `Attackers and honest terminals in alternating windows: for each attack the honest alone, then the honest while it is
played. What counts is the ratio of the two, p99 above all; beside it stand the gateway's memory and processor time
(--gateway-pid), its connections and why it closed them (--admin). The exit status is 1 where the gateway did what none
may: an approval for a guessed PIN, another answer to a replay than to the original, any answer to what is no message.

Attackers and honest terminals share this process and its cores: where the generator's lag (the last columns) grows
as the latencies do, they are the generator's and not the gateway's.

The ledger must hold the synthetic area (bpnt ledger seed and disburse). Point this at books of a test only: pins locks
up to 64 families' cards, those of the last terminals. Some thousand sockets need ulimit -n.

  bpnt loadtest hostile --play slowloris,silent,pins --duration 10s
  bpnt loadtest hostile --admin 127.0.0.1:9583 --gateway-pid "$(pidof -s bpnt)" --data-dir data --prove

Attacks:
`
	all, _ := hostile.Find(hostile.Names()...)
	for _, a := range all {
		text += fmt.Sprintf("  %-10s %s\n", a.Name, a.Says)
	}
	return text
}

func (c *hostileCmd) Run(ctx context.Context, s *streams) error {
	siege, err := c.prepare(s)
	if err != nil {
		return err
	}
	if siege.attack.Captured, err = siege.capture(ctx); err != nil {
		return err
	}
	var result hostileReport
	result.Proof, err = siege.honest.proved(ctx, s, func() ([]*loadtest.Report, error) {
		err := siege.playAll(ctx, &result)
		return siege.reports, err
	})
	if err != nil {
		return err
	}
	return c.print(s, &result)
}

// prepare checks everything that was typed, before anything is sent.
func (c *hostileCmd) prepare(s *streams) (*siege, error) {
	attacks, err := c.attacks()
	if err != nil {
		return nil, usage("%w", err)
	}
	jakarta, err := c.jakarta()
	if err != nil {
		return nil, err
	}
	honest := jakarta.TerminalCount() - c.Victims
	if c.Victims < 1 || honest < 1 {
		return nil, usage("--victims must be 1 to %d: one terminal at least has to be honest", jakarta.TerminalCount()-1)
	}
	if c.Rounds < 1 {
		return nil, usage("--rounds must be at least 1")
	}
	inner := &loadtestCmd{
		storage: c.storage, area: c.area, mix: mix{Workload: "spread", Rate: c.Rate, Arrivals: string(loadtest.ShapePoisson), AmountMax: leastPurchase},
		Addr: c.Addr, Play: honest, Duration: c.Duration, Warmup: c.Warmup, Timeout: c.Timeout, Resolve: time.Minute,
		Funds: 200_000, Link: c.Link, Decimals: c.Decimals, Prove: c.Prove, JSON: c.JSON,
	}
	cfg, fleet, err := inner.prepare(s)
	if err != nil {
		return nil, err
	}
	cfg.Repeats, cfg.Reversals = 0, 0
	w := &siege{c: c, honest: inner, attacks: attacks, attack: c.config(cfg)}
	w.sequence = inner.newSequence(s, cfg, fleet, 2*c.Rounds*len(attacks))
	w.hands, err = c.hands(jakarta, honest, cfg.FirstSTAN)
	if err == nil {
		w.attack.Guesses, err = w.hands.guesses()
	}
	return w, errors.Join(err, loadtest.CheckFiles(honest+8*c.Attackers), c.tryConfig(w.attack))
}

// attacks are those that were asked for.
func (c *hostileCmd) attacks() ([]hostile.Attack, error) {
	if len(c.Play) == 0 {
		return hostile.Find(hostile.Names()...)
	}
	return hostile.Find(c.Play...)
}

func (c *hostileCmd) config(honest loadtest.Config) hostile.Config {
	from := c.From
	if host, _, err := net.SplitHostPort(c.Addr); from == "" && err == nil && host == "127.0.0.1" && runtime.GOOS == "linux" {
		from = "127.0.0.2"
	}
	return hostile.Config{
		Addr: c.Addr, From: from, Attackers: c.Attackers, PerSecond: c.Power, Seed: c.Seed, Dialect: honest.Dialect,
	}
}

// tryConfig checks what all attacks have in common.
func (c *hostileCmd) tryConfig(h hostile.Config) error {
	if err := h.Validate(hostile.Attack{}); err != nil {
		return usage("%w", err)
	}
	return nil
}

// handSpeaker is a terminal that attackers have in hand.
func handSpeaker(tid, mid string) iso.Terminal {
	return iso.Terminal{TPDU: iso.TPDU{0x60, 0, 1, 0, 0}, NII: "0001", TID: tid, MID: mid, Batch: "000001", EntryMode: "0022"}
}
