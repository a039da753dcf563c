package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"bpnt/iso"
	"bpnt/ledger"
	"bpnt/loadtest"
)

type loadtestCmd struct {
	storage
	area
	mix
	Addr      string        `default:"127.0.0.1:8583" help:"Gateway's EDC link."`
	Terminals int           `default:"0" help:"How many of the outlets' terminals to play; 0 for all."`
	Duration  time.Duration `default:"20s" help:"Measured time."`
	Warmup    time.Duration `default:"2s" help:"Time before that which is not measured."`
	Timeout   time.Duration `default:"30s" help:"A terminal's patience with one message."`
	Resolve   time.Duration `default:"60s" help:"Time after the run in which open purchases are reversed."`
	Funds     int64         `default:"200000" help:"Whole rupiah that each family may spend in this run."`
	Link      string        `default:"edc" help:"The link's name in the books, for --prove."`
	Decimals  int           `default:"2" help:"Implied decimals of amounts on this link, 0 or 2."`
	FirstSTAN int32         `default:"0" name:"first-stan" help:"STAN of each terminal's first message; 0 to take it from the clock."`
	Compare   int           `default:"0" help:"Rounds of purchases alone against the realistic mix, in alternating windows of --duration; 0 for one run."`
	Prove     bool          `help:"Hold the terminals' sums against the books (--database-url or --data-dir), and audit them."`
	JSON      bool          `help:"Print the report as JSON."`
}

func (loadtestCmd) Help() string {
	return `The ledger must hold the same synthetic area (bpnt ledger seed, with the same --seed, --families and --outlets).
Latencies count from the time at which a family should have been served, so that a stall is seen by everyone who
waited. The exit status is 1 where a purchase stayed without a final answer or, with --prove, where the books differ.

With --settle, as in the realistic mix, each terminal first closes what an earlier run left in its batch, and at the end
its own; --prove holds every batch against the ledger's too. With --compare windows of both mixes take turns, who begins
takes turns as well, and the ratio is the median of the rounds' ratios; terminals settle between the windows.

  bpnt loadtest --rate 5000 --duration 60s --prove
  bpnt loadtest --mix realistic --prove
  bpnt loadtest --compare 5 --duration 10s`
}

func (c *loadtestCmd) Run(ctx context.Context, s *streams) error {
	cfg, fleet, err := c.prepare(s)
	if err != nil {
		return err
	}
	if c.Compare > 0 {
		return c.compare(ctx, s, cfg, fleet)
	}
	var report *loadtest.Report
	p, err := c.proved(ctx, s, func() ([]*loadtest.Report, error) {
		report, err = c.play(ctx, s, cfg, fleet)
		return []*loadtest.Report{report}, err
	})
	if err != nil {
		return err
	}
	return c.print(s, report, p)
}

// proved plays, and holds what the terminals believe against the books where that was asked for; else the proof is nil.
func (c *loadtestCmd) proved(ctx context.Context, s *streams, play func() ([]*loadtest.Report, error)) (p *proof, err error) {
	if !c.Prove {
		_, err = play()
		return nil, err
	}
	err = c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		before, err := books.Audit(ctx, nil)
		if err != nil {
			return err
		}
		reports, err := play()
		if err != nil {
			return err
		}
		p, err = prove(context.WithoutCancel(ctx), books, c.Link, before, reports...)
		return err
	})
	return p, err
}

func (c *loadtestCmd) prepare(s *streams) (loadtest.Config, []loadtest.Outlet, error) {
	jakarta, err := c.jakarta()
	if err != nil {
		return loadtest.Config{}, nil, err
	}
	if c.Terminals < 0 || c.Terminals > c.Outlets {
		return loadtest.Config{}, nil, usage("--terminals must be 0 to --outlets (%d)", c.Outlets)
	}
	if c.Compare < 0 {
		return loadtest.Config{}, nil, usage("--compare must be a number of rounds, from 1")
	}
	if c.Terminals == 0 {
		c.Terminals = c.Outlets
	}
	if c.Compare > 0 {
		c.Mix = mixRealistic
	}
	cfg := c.config()
	cfg.Addr, cfg.Duration, cfg.Warmup, cfg.Funds = c.Addr, c.Duration, c.Warmup, c.Funds
	cfg.AnswerTimeout, cfg.ResolveTimeout = c.Timeout, c.Resolve
	cfg.Dialect = iso.EDC()
	cfg.Dialect.AmountDecimals = c.Decimals
	if c.FirstSTAN != 0 {
		cfg.FirstSTAN = c.FirstSTAN
	}
	cfg.Progress = (&live{s: s}).show
	if err := cfg.Validate(); err != nil {
		return cfg, nil, usage("%w", err)
	}
	fleet, err := jakartaFleet(jakarta, c.Terminals)
	return cfg, fleet, err
}

func (c *loadtestCmd) play(ctx context.Context, s *streams, cfg loadtest.Config, fleet []loadtest.Outlet) (*loadtest.Report, error) {
	s.say("%d terminals against %s for %s", len(fleet), cfg.Addr, cfg.Warmup+cfg.Duration)
	report, err := loadtest.Run(ctx, cfg, fleet)
	if err == nil && report.Connects == 0 {
		err = fmt.Errorf("no terminal could connect to %s: bpnt serve runs a gateway, --addr names another", c.Addr)
	}
	return report, err
}

// print prints the report, with the proof where there is one; its verdict is the exit status.
func (c *loadtestCmd) print(s *streams, report *loadtest.Report, p *proof) error {
	if err := c.write(s.out, report, p); err != nil {
		return err
	}
	if p != nil {
		return p.verdict()
	}
	if n := len(report.Unresolved); n > 0 {
		return fmt.Errorf("%d purchases stayed without a final answer: they may stand in the books either way", n)
	}
	return nil
}

func (c *loadtestCmd) write(w io.Writer, report *loadtest.Report, p *proof) error {
	if c.JSON {
		return printJSON(w, struct {
			*loadtest.Report
			Proof *proof `json:"proof,omitempty"`
		}{report, p})
	}
	if err := report.WriteText(w); err != nil || p == nil {
		return err
	}
	return p.write(w)
}
