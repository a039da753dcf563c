package loadtest

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// TestBareCommitBesideTheLoad: what is timed beside the load is in the report with its ratios, and a failure is counted and
// named instead of timed.
func TestBareCommitBesideTheLoad(t *testing.T) {
	host := newResponder(t, func(conn net.Conn, _, answer []byte) { send(conn, answer) })
	cfg := testConfig(host.addr())
	cfg.ProbeRate = 200
	var tries atomic.Int64
	cfg.Probe = func(context.Context) error {
		if tries.Add(1)%4 == 0 {
			return errors.New("the disk is gone")
		}
		return nil
	}
	var edges []bool
	cfg.Measured = func(begun bool) { edges = append(edges, begun) }
	report := play(t, cfg, testFleet(t, 3, 20))
	b := report.Bare
	if b == nil || b.PerS < 199 || b.PerS > 201 || b.Latency.Count == 0 || b.Failed == 0 || b.Trouble != "the disk is gone" {
		t.Fatalf("%+v", b)
	}
	if all := tries.Load(); b.Latency.Count+b.Failed > all || b.Latency.Count+b.Failed < all-1 {
		t.Errorf("%d timed and %d failed of %d", b.Latency.Count, b.Failed, all)
	}
	if want := report.Latency.P99 / b.Latency.P99; b.Ratios["p99"] != want {
		t.Errorf("p99 ratio %g, want %g", b.Ratios["p99"], want)
	}
	if len(edges) != 2 || !edges[0] || edges[1] {
		t.Errorf("the edges of the measured time: %v", edges)
	}
}

// TestBareCommitSeesAStall: what was due during a stall counts from when it was due, all of it and not one only.
func TestBareCommitSeesAStall(t *testing.T) {
	start := time.Now().Add(-300 * time.Millisecond) // the first 30 are overdue
	p := newProber(Config{ProbeRate: 100}, &window{from: start, until: start.Add(time.Hour)})
	open, closeDoors := context.WithCancel(t.Context())
	tries := 0
	p.try = func(context.Context) error {
		if tries++; tries == 30 {
			closeDoors()
		}
		return nil
	}
	p.run(open, t.Context(), start)
	if third := quantile(p.latency, 33); p.latency.TotalCount() != 30 || third < 100*time.Millisecond {
		t.Errorf("of %d the fastest third took %v, want over 100 ms", p.latency.TotalCount(), third)
	}
}

// TestBrokenOff: a run that ends before its measured time tells of no edge.
func TestBrokenOff(t *testing.T) {
	host := newResponder(t, func(conn net.Conn, _, answer []byte) { send(conn, answer) })
	cfg := testConfig(host.addr())
	cfg.Warmup = time.Hour
	told := false
	cfg.Measured = func(bool) { told = true }
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	report, err := Run(ctx, cfg, testFleet(t, 1, 5))
	if err != nil || told || report.MeasuredS != 0 || report.RatePerS != 0 {
		t.Errorf("%v, told %v, measured %g s, %g/s", err, told, report.MeasuredS, report.RatePerS)
	}
}
