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
	return fmt.Sprintf("%4.0f s  %7.0f/s good  p50 %6.1f ms  p99 %6.1f ms%s  %s%s", p.Elapsed.Seconds(), p.Goodput, millis(p.P50),
		millis(p.P99), bareLine(p), strings.Join(outcomes(p.Outcomes), ", "), phase(p))
}

// bareLine is empty where no bare commit is timed.
func bareLine(p loadtest.Snapshot) string {
	if p.BareP99 == 0 {
		return ""
	}
	return fmt.Sprintf("  bare commit p99 %5.1f ms", millis(p.BareP99))
}

func liveTable(p loadtest.Snapshot) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s\n", liveBar(p), phase(p))
	fmt.Fprintf(&b, "%12s %12s %10s %10s %14s %14s\n", "goodput/s", "approved/s", "p50 ms", "p99 ms", "bare p99 ms", "redemptions")
	bare := "-"
	if p.BareP99 > 0 {
		bare = fmt.Sprintf("%.1f", millis(p.BareP99))
	}
	fmt.Fprintf(&b, "%12.0f %12.0f %10.1f %10.1f %14s %14d\n", p.Goodput, p.Rate, millis(p.P50), millis(p.P99), bare, p.Approved)
	for _, outcome := range outcomes(p.Outcomes) {
		fmt.Fprintf(&b, "  %s\n", outcome)
	}
	return b.String()
}

// liveBarWidth is the bar's, in characters.
const liveBarWidth = 40

// liveBar shows how much of the run is over. A run that ends by itself, and not by time, has none.
func liveBar(p loadtest.Snapshot) string {
	if p.Total <= 0 || p.Total >= longestBar {
		return fmt.Sprintf("%.0f s", p.Elapsed.Seconds())
	}
	done := int(liveBarWidth * min(p.Elapsed.Seconds()/p.Total.Seconds(), 1))
	return fmt.Sprintf("[%s%s] %.0f of %.0f s", strings.Repeat("█", done), strings.Repeat("░", liveBarWidth-done),
		p.Elapsed.Seconds(), p.Total.Seconds())
}

// longestBar: what is said to last as long has no end in time.
const longestBar = 24 * time.Hour

// phase says what is not measured.
func phase(p loadtest.Snapshot) string {
	switch {
	case !p.WarmedUp:
		return "  (warming up)"
	case p.Elapsed > p.Total:
		return "  (doors closed, resolving)"
	}
	return ""
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
