package main

import (
	"fmt"
	"slices"
	"time"

	"bpnt/loadtest"
)

// figure names one number of a measurement; it is its name in JSON as well.
type figure string

const (
	perSecond      figure = "per_s"
	ratioToPgbench figure = "ratio_to_pgbench"
	p50            figure = "p50_ms"
	p99            figure = "p99_ms"
	generatorCPU   figure = "generator_us"
	gatewayCPU     figure = "gateway_us"
	postgresCPU    figure = "postgres_us"
	withoutLoad    figure = "computed_per_s_without_generator"
	walBytes       figure = "wal_bytes"
	diskBytes      figure = "disk_bytes"
	roundTrips     figure = "round_trips"
	systemCalls    figure = "read_write_calls_per_message"
	oursNanos      figure = "ours_us"
	stockNanos     figure = "stock_us"
	codecRatio     figure = "stock_to_ours"
	oursAllocs     figure = "ours_allocations"
	stockAllocs    figure = "stock_allocations"
)

// columns are the figures in the order of the table. From generator to trips they are for one redemption.
var columns = []struct {
	figure        figure
	heading, unit string
	decimals      int
}{
	{perSecond, "rate", "/s", 0},
	{ratioToPgbench, "x pgbench", "", 2},
	{p50, "p50", " ms", 2},
	{p99, "p99", " ms", 2},
	{generatorCPU, "generator", " µs", 1},
	{gatewayCPU, "gateway", " µs", 1},
	{postgresCPU, "Postgres", " µs", 1},
	{withoutLoad, "computed", "/s", 0},
	{walBytes, "WAL", " B", 0},
	{diskBytes, "disk", " B", 0},
	{roundTrips, "trips", "", 4},
	{systemCalls, "calls", "", 2},
	{oursNanos, "ours", " µs", 2},
	{stockNanos, "stock", " µs", 1},
	{codecRatio, "stock/ours", "", 1},
	{oursAllocs, "ours' allocations", "", 0},
	{stockAllocs, "stock's allocations", "", 0},
}

// figures are what one measurement found; what does not apply is absent.
type figures map[figure]float64

// relate adds what follows from the others: the ratio to pgbench in the same round, where it ran, and the rate that the
// processors would reach with nobody but gateway and Postgres on them.
func (f figures) relate(pgbench float64, processors int) {
	if rate, ok := f[perSecond]; ok && pgbench > 0 {
		f[ratioToPgbench] = rate / pgbench
	}
	if busy := f[gatewayCPU] + f[postgresCPU]; f[gatewayCPU] > 0 && f[postgresCPU] > 0 {
		f[withoutLoad] = float64(processors) * float64(time.Second/time.Microsecond) / busy
	}
}

// line is one measurement as a line for people: the rate in a column of its own, then what else is known.
func (f figures) line(name string) string {
	text := fmt.Sprintf("%-36s", name)
	if rate, ok := f[perSecond]; ok {
		text += fmt.Sprintf("%9.0f/s", rate)
	}
	for _, c := range columns[1:] {
		if v, ok := f[c.figure]; ok {
			text += fmt.Sprintf("  %s %.*f%s", c.heading, c.decimals, v, c.unit)
		}
	}
	return text
}

// baselineRow is one thing that was measured, in every round.
type baselineRow struct {
	Letter string    `json:"letter"`
	Name   string    `json:"name"`
	Median figures   `json:"median"`
	Rounds []figures `json:"rounds"`
}

// baselineResult is the one object that bpnt loadtest baselines --json prints.
type baselineResult struct {
	Families    int                   `json:"families"`
	Outlets     int                   `json:"outlets"`
	Rows        []*baselineRow        `json:"rows"`
	Proof       *proof                `json:"proof,omitempty"` // nil where nothing was posted to the ledger
	Environment *loadtest.Environment `json:"environment"`
}

func (r *baselineResult) add(letter, name string, f figures) {
	i := slices.IndexFunc(r.Rows, func(row *baselineRow) bool { return row.Name == name })
	if i < 0 {
		i = len(r.Rows)
		r.Rows = append(r.Rows, &baselineRow{Letter: letter, Name: name})
	}
	r.Rows[i].Rounds = append(r.Rows[i].Rounds, f)
}

// conclude takes the median of every figure over the rounds.
func (r *baselineResult) conclude() {
	for _, row := range r.Rows {
		row.Median = figures{}
		for name := range row.Rounds[0] {
			values := make([]float64, len(row.Rounds))
			for i, f := range row.Rounds {
				values[i] = f[name]
			}
			row.Median[name] = middle(values)
		}
	}
}

// middle is the median; of an even number of values the mean of the two in the middle.
func middle(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[half-1] + sorted[half]) / 2
	}
	return sorted[half]
}

// spread is the least and the largest rate of a row.
func (row *baselineRow) spread() string {
	low, high := row.Rounds[0][perSecond], row.Rounds[0][perSecond]
	for _, f := range row.Rounds {
		low, high = min(low, f[perSecond]), max(high, f[perSecond])
	}
	return fmt.Sprintf("%.0f to %.0f", low, high)
}

// cells are the table's lines for the rows that are or are not about the codec, with the headings that they need.
func (r *baselineResult) cells(codec bool) (sides string, lines [][]string) {
	rows := slices.DeleteFunc(slices.Clone(r.Rows), func(row *baselineRow) bool { return (row.Letter == "i") != codec })
	if len(rows) == 0 {
		return "", nil
	}
	head, sides := []string{"", "median of the rounds"}, "ll"
	lines = make([][]string, len(rows)+1)
	for i, row := range rows {
		lines[i+1] = []string{row.Letter, row.Name}
	}
	for _, c := range columns {
		if !slices.ContainsFunc(rows, func(row *baselineRow) bool { _, ok := row.Median[c.figure]; return ok }) {
			continue
		}
		head, sides = append(head, c.heading+c.unit), sides+"r"
		for i, row := range rows {
			lines[i+1] = append(lines[i+1], cell(row.Median, c.figure, c.decimals))
		}
	}
	if !codec {
		head, sides = append(head, "least to most"), sides+"r"
		for i, row := range rows {
			lines[i+1] = append(lines[i+1], row.spread())
		}
	}
	lines[0] = head
	return sides, lines
}

func cell(f figures, name figure, decimals int) string {
	v, ok := f[name]
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%.*f", decimals, v)
}
