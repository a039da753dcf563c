package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"bpnt/deploy"
	"bpnt/loadtest"
)

// observing is the demo's part of being watched.
type observing struct {
	Observe bool `help:"Stay up with a Prometheus beside the gateway, and 27 families a second, until Ctrl-C (needs the program prometheus)."`
}

// What goes on while people look.
const (
	observeEvery = "2s"            // scrapes and rules: so that a graph moves while one looks
	observeShift = 5 * time.Minute // then terminals settle, so that the day's dashboard has something to show
	observeRate  = 27              // families a second, two messages each: twice Jakarta's peak (DOMAIN A.12)
)

// check refuses before anything is made.
func (o observing) check(admin string) error {
	if !o.Observe {
		return nil
	}
	if admin == "" {
		return usage("--observe needs the page of metrics: --admin must not be empty")
	}
	if _, err := deploy.FindPrometheus(); err != nil {
		return usage("--observe: %w", err)
	}
	return nil
}

// watch starts Prometheus beside the gateway, and puts the dashboards beside its data. stop ends it.
func (d *demo) watch(ctx context.Context, h *host) (stop func() error, err error) {
	if !d.Observe {
		return func() error { return nil }, nil
	}
	if err := deploy.WriteDashboards(d.dashboards()); err != nil {
		return nil, err
	}
	dir := filepath.Join(d.storage.DataDir, "prometheus")
	if d.prometheus, err = deploy.StartPrometheus(ctx, dir, h.address.String(), observeEvery); err != nil {
		return nil, err
	}
	d.streams.say("Prometheus looks at the gateway every %s: %s", observeEvery, d.prometheus.URL())
	return d.prometheus.Stop, nil
}

func (d *demo) dashboards() string { return filepath.Join(d.storage.DataDir, "grafana") }

// observeGraph is what the ready-made page draws.
var observeGraph = []string{
	`sum by (message) (rate(bpnt_request_seconds_count[10s]))`,
	`histogram_quantile(0.99, sum by (le) (rate(bpnt_request_seconds_bucket{message="purchase"}[10s])))`,
	`sum by (outcome) (rate(bpnt_outcomes_total[10s])) > 0`,
}

// show says where to look.
func (d *demo) show(ctx context.Context) {
	d.streams.say("")
	d.streams.say("%d families a second go on shopping, and every %.0f minutes the terminals settle. To look at it:",
		observeRate, observeShift.Minutes())
	d.streams.say("  %s", d.prometheus.Graph(ctx, observeGraph...))
	d.streams.say("  %s/alerts", d.prometheus.URL())
	d.streams.say("In Grafana: add the Prometheus %s as a data source (scrape interval %s) and import the files",
		d.prometheus.URL(), observeEvery)
	d.streams.say("  %s", filepath.Join(d.dashboards(), "*.json"))
}

// stay waits for Ctrl-C. Where somebody looks, families go on shopping meanwhile.
func (d *demo) stay(ctx context.Context, h *host, fleet []loadtest.Outlet) error {
	if !d.Observe || ctx.Err() != nil {
		<-ctx.Done()
		return nil
	}
	d.show(ctx)
	if len(fleet) > 1 {
		fleet = fleet[1:] // the first terminal is bpnt edc's
	}
	cfg := d.shift(h)
	for ctx.Err() == nil {
		report, err := loadtest.Run(ctx, cfg, fleet)
		if err != nil {
			return err
		}
		if report.Connects == 0 {
			return errors.New("no terminal could connect any more")
		}
		cfg.FirstSTAN, cfg.FirstBatch = report.NextSTAN(), report.NextBatch()
		d.storage.keepNumbers(report)
	}
	return nil
}

// shift is one of the runs that make up the long afternoon.
func (d *demo) shift(h *host) loadtest.Config {
	m := mix{Workload: workloadRealistic, Rate: observeRate, Arrivals: string(loadtest.ShapePoisson), AmountMax: d.AmountMax}
	cfg := m.config()
	cfg.Addr = h.gateway.Addr(demoLink).String()
	cfg.Duration, cfg.Warmup, cfg.Funds = observeShift, 0, d.Amount
	cfg.FirstSTAN, cfg.FirstBatch = d.nextSTAN, d.nextBatch
	return cfg
}
