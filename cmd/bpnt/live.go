package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"bpnt/loadtest"
)

// live shows a run while it goes: a table that is redrawn on a terminal, else a line each second.
type live struct {
	s     *streams
	drawn int // lines of the table on the screen
}

func (l *live) show(p loadtest.Snapshot) {
	if !l.s.tty {
		l.s.say("%s", liveLine(p))
		return
	}
	if l.drawn > 0 {
		fmt.Fprintf(l.s.err, "\x1b[%dA\x1b[J", l.drawn)
	}
	table := liveTable(p)
	l.drawn = strings.Count(table, "\n")
	fmt.Fprint(l.s.err, table)
}

func liveLine(p loadtest.Snapshot) string {
	return fmt.Sprintf("%4.0f s  %7.0f/s  p50 %6.1f ms  p99 %6.1f ms  %s%s",
		p.Elapsed.Seconds(), p.Rate, millis(p.P50), millis(p.P99), strings.Join(outcomes(p.Outcomes), ", "), warming(p))
}

func liveTable(p loadtest.Snapshot) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%10s %12s %10s %10s %14s\n", "elapsed", "rate/s", "p50 ms", "p99 ms", "redemptions")
	fmt.Fprintf(&b, "%8.0f s %12.0f %10.1f %10.1f %14d%s\n", p.Elapsed.Seconds(), p.Rate, millis(p.P50), millis(p.P99),
		p.Approved, warming(p))
	for _, outcome := range outcomes(p.Outcomes) {
		fmt.Fprintf(&b, "  %s\n", outcome)
	}
	return b.String()
}

func warming(p loadtest.Snapshot) string {
	if p.WarmedUp {
		return ""
	}
	return "  (warming up)"
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// outcomes are "approved 12" and "reversed 1", the most frequent first.
func outcomes(counts map[string]int64) []string {
	names := slices.Collect(maps.Keys(counts))
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, counts[name])
	}
	return names
}
