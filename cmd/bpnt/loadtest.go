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

// mix is what the simulated families and terminals do; demo has the same flags.
type mix struct {
	Inquiries float64 `default:"0" help:"Share of visits that begin with a balance inquiry; 1 is what outlets see."`
	Repeats   float64 `default:"0.01" help:"Share of answered purchases that are sent once more."`
	Reversals float64 `default:"0.01" help:"Share of approved purchases whose answer the terminal loses, and reverses."`
	Rate      float64 `default:"0" help:"Families per second over all terminals (open loop); 0 for as fast as answers come."`
	Poisson   bool    `help:"Random gaps between arrivals instead of equal ones."`
	AmountMax int64   `default:"20000" help:"Largest amount in whole rupiah; amounts are multiples of 500."`
	Chip      bool    `help:"Purchases carry chip data (DE55)."`
}

// config is the mix as package loadtest takes it.
func (m mix) config() loadtest.Config {
	c := loadtest.DefaultConfig()
	c.Inquiries, c.Repeats, c.Reversals = m.Inquiries, m.Repeats, m.Reversals
	c.Rate, c.Poisson, c.AmountMax, c.Chip = m.Rate, m.Poisson, m.AmountMax, m.Chip
	c.FirstSTAN = firstSTAN(time.Now())
	return c
}

// The STANs of simulated terminals and of bpnt edc share the TIDs but not the numbers.
const (
	loadSTANs    = 400_000
	edcFirstSTAN = 900_001
)

// firstSTAN moves on a hundred a second, about as fast as a busy terminal uses them, so that a run on the same day does
// not begin with the STANs of the run before.
func firstSTAN(now time.Time) int32 { return int32(now.UnixMilli()/10%loadSTANs) + 1 }

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
	Decimals  int           `default:"2" help:"Implied decimals of amounts on this link, 0 or 2."`
	FirstSTAN int32         `default:"0" name:"first-stan" help:"STAN of each terminal's first message; 0 to take it from the clock."`
	Prove     bool          `help:"Hold the terminals' sum against the books (--database-url or --data-dir), and audit them."`
	JSON      bool          `help:"Print the report as JSON."`
}

func (loadtestCmd) Help() string {
	return `The ledger must hold the same synthetic area (bpnt ledger seed, with the same --seed, --families and --outlets).
Latencies count from the time at which a family should have been served, so that a stall is seen by everyone who
waited. The exit status is 1 where a purchase stayed without a final answer or, with --prove, where the books differ.

  bpnt loadtest --rate 5000 --duration 60s --prove`
}

func (c *loadtestCmd) Run(ctx context.Context, s *streams) error {
	cfg, fleet, err := c.prepare(s)
	if err != nil {
		return err
	}
	if !c.Prove {
		report, err := c.play(ctx, s, cfg, fleet)
		if err != nil {
			return err
		}
		return c.print(s, report, nil)
	}
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		before, err := books.Audit(ctx, nil)
		if err != nil {
			return err
		}
		report, err := c.play(ctx, s, cfg, fleet)
		if err != nil {
			return err
		}
		p, err := prove(context.WithoutCancel(ctx), books, before, report)
		if err != nil {
			return err
		}
		return c.print(s, report, p)
	})
}

func (c *loadtestCmd) prepare(s *streams) (loadtest.Config, []loadtest.Outlet, error) {
	jakarta, err := c.jakarta()
	if err != nil {
		return loadtest.Config{}, nil, err
	}
	if c.Terminals < 0 || c.Terminals > c.Outlets {
		return loadtest.Config{}, nil, usage("--terminals must be 0 to --outlets (%d)", c.Outlets)
	}
	if c.Terminals == 0 {
		c.Terminals = c.Outlets
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
