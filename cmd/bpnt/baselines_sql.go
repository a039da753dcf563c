package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"time"

	"bpnt/ledger/baseline"
)

// baselineMeasurement is one thing to measure.
type baselineMeasurement struct {
	letter, name string
	run          func(context.Context) (figures, error)
}

// measurements are those that were asked for, in order.
func (w *baselineWorld) measurements() (wanted []baselineMeasurement) {
	all := []baselineMeasurement{
		{"a", "pgbench TPC-B", w.tpcb},
		{"b", "lock, update, insert: 1 message", w.sql(1, (*baseline.Books).Locking)},
		{"c", "conditional update: 1 message", w.sql(1, (*baseline.Books).Conditional)},
	}
	for _, size := range []int{50, 200, 500} {
		all = append(all, baselineMeasurement{"d", fmt.Sprintf("bare batch statement: %d messages", size), w.set(size)})
	}
	for _, size := range []int{60, 200, 500} {
		all = append(all, baselineMeasurement{"e", fmt.Sprintf("post() alone: %d messages", size), w.post(size)})
	}
	all = append(all,
		baselineMeasurement{"f", "gateway, batches of one", w.throughGateway(gatewayRun{batchMax: 1})},
		baselineMeasurement{"g", "gateway with lanes", w.throughGateway(gatewayRun{})},
		baselineMeasurement{"h", fmt.Sprintf("gateway, %d terminals, %d lines", w.cmd.Terminals, w.cmd.Lines), w.throughGateway(gatewayRun{crowd: true})},
		baselineMeasurement{"i", "codec: a purchase read and written", w.codecs},
	)
	for _, m := range all {
		if w.cmd.wants(m.letter) {
			wanted = append(wanted, m)
		}
	}
	return wanted
}

// tpcb is pgbench's own transaction.
func (w *baselineWorld) tpcb(ctx context.Context) (figures, error) {
	seconds := max(1, int(w.cmd.Duration.Round(time.Second).Seconds()))
	var rate float64
	return w.costs(ctx, 0, func() (int64, float64, error) {
		out, err := w.pgbench(ctx, "-M", "prepared", "-c", "32", "-j", "2", "-T", strconv.Itoa(seconds))
		if err == nil {
			rate, err = tps(out)
		}
		return int64(rate * float64(seconds)), rate, err
	})
}

var tpsLine = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)

// tps finds the rate in what pgbench prints.
func tps(out []byte) (float64, error) {
	found := tpsLine.FindSubmatch(out)
	if found == nil {
		return 0, errors.New("pgbench printed no line that begins with tps")
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

// pgbench runs the program beside the server's own.
func (w *baselineWorld) pgbench(ctx context.Context, args ...string) ([]byte, error) {
	cmd := w.server.Client(ctx, "pgbench", append(args, w.server.URL(pgbenchDatabase))...)
	var trouble bytes.Buffer
	cmd.Stderr = &trouble
	out, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, usage("there is no pgbench in %s: install it (Debian: postgresql), or leave measurement a out with --only", w.server.Binaries().Dir)
	case err != nil:
		return nil, fmt.Errorf("pgbench: %w: %s", err, bytes.TrimSpace(trouble.Bytes()))
	}
	return out, nil
}

// sql measures one of package baseline's ways, of which each call carries so many messages.
func (w *baselineWorld) sql(size int, way func(*baseline.Books, context.Context, time.Duration) (baseline.Rate, error)) func(context.Context) (figures, error) {
	return func(ctx context.Context) (figures, error) {
		f, err := w.costs(ctx, 0, func() (int64, float64, error) {
			r, err := way(w.small, ctx, w.cmd.Duration)
			return r.Redemptions, r.PerSecond(), err
		})
		if err != nil {
			return nil, err
		}
		f[roundTrips] = 1 / float64(size)
		return f, w.small.Check(ctx)
	}
}

func (w *baselineWorld) set(size int) func(context.Context) (figures, error) {
	return w.sql(size, func(b *baseline.Books, ctx context.Context, d time.Duration) (baseline.Rate, error) {
		return b.Set(ctx, d, size)
	})
}

// scattered stands in for a keyed hash.
func scattered(digits [16]byte) [16]byte {
	sum := sha256.Sum256(digits[:])
	return [16]byte(sum[:16])
}
