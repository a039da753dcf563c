package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"bpnt/iso"
	"bpnt/ledger"
	"bpnt/loadtest"
	"bpnt/loadtest/linear"
)

// single is one run and its report.
func (c *loadtestCmd) single(ctx context.Context, s *streams, cfg loadtest.Config, fleet []loadtest.Outlet) error {
	var report *loadtest.Report
	witness := c.watch(&cfg)
	p, err := c.proved(ctx, s, func() ([]*loadtest.Report, error) {
		err := c.observed(ctx, s, func(o *observer) (err error) {
			report, err = c.play(ctx, s, cfg, fleet, o)
			return err
		})
		return []*loadtest.Report{report}, err
	})
	if err != nil {
		return err
	}
	report.Findings = p.findings()
	return errors.Join(writePage(c.Report, report.WriteHTML), c.print(s, report, p, judge(ctx, s, witness)))
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

// observed looks at the database, where there is one to be found, and at the processes while use runs.
func (c *loadtestCmd) observed(ctx context.Context, s *streams, use func(*observer) error) (err error) {
	where := observed{admin: c.Admin, gateway: c.GatewayPid, probe: c.Probe}
	if c.DatabaseURL == "" {
		where.dataDir = c.DataDir
	}
	if c.DatabaseURL != "" || postmaster(where.dataDir) > 0 {
		url, stop, err := c.database(ctx, s)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stop()) }()
		where.url = url
	}
	o, err := newObserver(ctx, where)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.close(context.WithoutCancel(ctx))) }()
	return use(o)
}

func (c *loadtestCmd) prepare(s *streams) (loadtest.Config, []loadtest.Outlet, error) {
	jakarta, err := c.place(c.area).jakarta()
	if err != nil {
		return loadtest.Config{}, nil, err
	}
	if c.Play < 0 || c.Play > jakarta.TerminalCount() {
		return loadtest.Config{}, nil, usage("--play must be 0 to %d, the terminals of the area", jakarta.TerminalCount())
	}
	if c.Compare < 0 {
		return loadtest.Config{}, nil, usage("--compare must be a number of rounds, from 1")
	}
	if c.Play == 0 {
		c.Play = jakarta.TerminalCount()
	}
	if c.Compare > 0 {
		c.Workload = workloadRealistic
	}
	cfg := c.config()
	cfg.Addr, cfg.Duration, cfg.Warmup, cfg.Funds = c.Addr, c.Duration, c.Warmup, c.Funds
	cfg.AnswerTimeout, cfg.ResolveTimeout = c.Timeout, c.Resolve
	cfg.Dialect = iso.EDC()
	cfg.Dialect.AmountDecimals = c.Decimals
	c.takeNumbers(&cfg)
	if c.FirstSTAN != 0 {
		cfg.FirstSTAN = c.FirstSTAN
	}
	if err := cfg.Validate(); err != nil {
		return cfg, nil, usage("%w", err)
	}
	fleet, err := c.fleet(s, jakarta, c.Play)
	return cfg, fleet, err
}

// play makes one run. A nil observer observes nothing.
func (c *loadtestCmd) play(ctx context.Context, s *streams, cfg loadtest.Config, fleet []loadtest.Outlet, o *observer) (*loadtest.Report, error) {
	s.say("%d terminals against %s %s", len(fleet), c.host(cfg.Addr), lasting(cfg))
	cfg.Progress, cfg.Connecting = (&live{s: s}).show, connecting(s, len(fleet))
	o.into(ctx, &cfg)
	count := c.injected()
	report, err := loadtest.Run(ctx, cfg, fleet)
	if err == nil && report.Connects == 0 {
		err = fmt.Errorf("no terminal could connect to %s: bpnt serve runs a gateway, --addr names another", c.Addr)
	}
	if err != nil {
		return nil, err
	}
	c.keepNumbers(report)
	report.Faults = count()
	o.complete(context.WithoutCancel(ctx), report)
	return report, nil
}

// print prints the report, with the proof and the watched accounts where there are any; its verdict is the exit status.
func (c *loadtestCmd) print(s *streams, report *loadtest.Report, p *proof, accounts *linear.Report) error {
	if err := c.write(s.out, report, p, accounts); err != nil {
		return err
	}
	return errors.Join(verdict(report, p), accounts.Fault())
}

// verdict is what the run proved of money: by the books where they were looked at, else by what terminals know.
func verdict(report *loadtest.Report, p *proof) error {
	if p != nil {
		return p.verdict()
	}
	if n := len(report.Unresolved); n > 0 {
		return fmt.Errorf("%d purchases stayed without a final answer: they may stand in the books either way", n)
	}
	return report.Fault()
}

func (c *loadtestCmd) write(w io.Writer, report *loadtest.Report, p *proof, accounts *linear.Report) error {
	if c.JSON {
		return printJSON(w, struct {
			*loadtest.Report
			Proof    *proof         `json:"proof,omitempty"`
			Accounts *linear.Report `json:"linearizability,omitempty"`
		}{report, p, accounts})
	}
	if err := report.WriteText(w); err != nil {
		return err
	}
	if p != nil {
		if err := p.write(w); err != nil {
			return err
		}
	}
	return accounts.Write(w)
}
