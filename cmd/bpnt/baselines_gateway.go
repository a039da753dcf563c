package main

import (
	"context"
	"errors"
	"maps"
	"strings"

	"bpnt/ledger"
	"bpnt/loadtest"
)

// gatewayRun is how the gateway is run and played against.
type gatewayRun struct {
	batchMax int // 0 for the default
	crowd    bool
}

// throughGateway measures terminals, a gateway in a process of its own, and Postgres: a closed loop of purchases, one in a
// hundred sent twice and one in a hundred reversed.
func (w *baselineWorld) throughGateway(r gatewayRun) func(context.Context) (figures, error) {
	return func(ctx context.Context) (f figures, err error) {
		child, err := w.startGateway(ctx, r)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, child.stop()) }()
		fleet, cfg := w.fleet, w.load(child.edc)
		if r.crowd {
			fleet, cfg.Lines = w.crowd, w.cmd.Lines
		}
		return w.play(ctx, child, cfg, fleet)
	}
}

func (w *baselineWorld) load(addr string) loadtest.Config {
	cfg := loadtest.DefaultConfig()
	cfg.Addr, cfg.Duration, cfg.Warmup = addr, w.cmd.Duration, w.cmd.Duration/warmupShare
	cfg.Inquiries, cfg.Funds = 0, baselineFunds
	if n := len(w.runs); n > 0 {
		cfg.FirstSTAN = w.firstSTAN()
	}
	return cfg
}

// warmupShare is the part of a measurement's time that it runs beforehand.
const warmupShare = 10

// firstSTAN is one that no run's terminals have used: the two fleets share theirs.
func (w *baselineWorld) firstSTAN() (next int32) {
	for _, r := range w.runs {
		next = max(next, r.NextSTAN())
	}
	return next
}

func (w *baselineWorld) play(ctx context.Context, child *gatewayChild, cfg loadtest.Config, fleet []loadtest.Outlet) (figures, error) {
	var report *loadtest.Report
	var before, after metrics
	f, err := w.costs(ctx, child.cmd.Process.Pid, func() (count int64, rate float64, err error) {
		if before, err = metricsPage(child.admin).fetch(ctx); err != nil {
			return 0, 0, err
		}
		if report, err = loadtest.Run(ctx, cfg, fleet); err != nil {
			return 0, 0, err
		}
		after, err = metricsPage(child.admin).fetch(ctx)
		return report.Outcomes["approved"], report.RatePerS, err
	})
	if err != nil {
		return nil, err
	}
	w.runs = append(w.runs, report)
	approved, used := float64(report.Outcomes["approved"]), after.since(before)
	maps.Copy(f, figures{p50: report.Latency.P50, p99: report.Latency.P99, roundTrips: used["bpnt_pool_acquires_total"] / approved})
	if calls, ok := f[systemCalls]; ok {
		f[systemCalls] = calls * approved / used.messages()
	}
	return f, ctx.Err()
}

// messages is how many were answered.
func (m metrics) messages() (sum float64) {
	for name, v := range m {
		if strings.HasPrefix(name, "bpnt_request_seconds_count{") {
			sum += v
		}
	}
	return sum
}

// prove audits the ledger, and holds what moved there against what the terminals believe.
func (w *baselineWorld) prove(ctx context.Context, s *streams, result *baselineResult) (err error) {
	if w.operator == nil {
		return nil
	}
	s.say("audit of the books …")
	// The planner knows the books as they were, without a posting: a server of some hours would have looked again.
	if err := ledger.Tidy(ctx, w.server.URL(databaseName)); err != nil {
		return err
	}
	result.Proof, err = prove(ctx, w.operator, demoLink, w.before, w.runs...)
	return err
}
