package loadtest

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"bpnt/iso"
)

//go:embed page.css
var pageStyle string

//go:embed page.tmpl
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// Finding is a sentence that a reader must not miss.
type Finding struct {
	Good bool
	Text string
}

// page is the report as the template takes it.
type page struct {
	Title, Subtitle string
	Style           template.CSS
	Tiles           []tile
	Findings        []Finding
	Tables          []Table
	Figures         []figure
	Bars            []barChart
	Environment     [][2]string
	Settings        []Setting
}

// tile is a headline figure.
type tile struct{ Name, Value, Unit, Note string }

// WriteHTML writes the report as one page that needs nothing else: no script, no font, no picture from anywhere.
func (p *Report) WriteHTML(w io.Writer) error {
	v := page{
		Title: "bpnt load test", Subtitle: p.subtitle(), Style: template.CSS(pageStyle), //nolint:gosec // our own file
		Tiles: p.tiles(), Findings: append(p.Findings, p.ownFindings()...),
		Tables:  append(append([]Table{}, p.Tables...), p.latencyTable(), p.outcomeTable(), p.wireTable()),
		Figures: p.figures(), Bars: p.Cost.charts(),
	}
	if e := p.Environment; e != nil {
		v.Environment, v.Settings = e.rows(), e.Settings
	}
	return pageTemplate.Execute(w, v)
}

func (p *Report) subtitle() string {
	text := fmt.Sprintf("%s · %s families · measured for %s s after %s s of warm-up · seed %d",
		p.arrivals(), grouped(float64(p.Families)), trim(p.MeasuredS), trim(p.warmup), p.Seed)
	return text
}

func (p *Report) tiles() []tile {
	l := p.Latency
	tiles := []tile{
		{"goodput", grouped(p.GoodputPerS), "/s", "redemptions approved in time, durable"},
		{"p50", trim(l.P50), "ms", p.beside("p50")},
		{"p99", trim(l.P99), "ms", p.beside("p99")},
		{"p99.9", trim(l.P999), "ms", p.beside("p999")},
	}
	if c := p.Cost; c != nil {
		if all := c.total(); all > 0 {
			tiles = append(tiles, tile{"processor", trim(all), "µs", "a redemption, all parties"})
		}
		if c.WALBytes > 0 {
			tiles = append(tiles, tile{"log", grouped(c.WALBytes), "bytes", "of WAL a redemption"})
		}
	}
	money := iso.Rupiah(p.TerminalsDebitsIDR) + " by the terminals' account"
	return append(tiles, tile{"redemptions", grouped(float64(p.Redemptions)), "", money})
}

// beside says how a quantile compares with the bare commit's.
func (p *Report) beside(key string) string {
	if p.Bare == nil || p.Bare.Ratios[key] == 0 {
		return "from the intended time"
	}
	return trim(p.Bare.Ratios[key]) + " x a bare commit"
}

// lagShare: where the generator's own lateness is a larger share of the latency than this, its figures are its own.
const lagShare = 0.25

// unservedShare: fewer than this have just come when the run ends.
const unservedShare = 0.001

// ownFindings are what a run says of itself.
func (p *Report) ownFindings() []Finding {
	var all []Finding
	warn := func(bad bool, format string, args ...any) {
		if bad {
			all = append(all, Finding{false, fmt.Sprintf(format, args...)})
		}
	}
	warn(p.Lag.P99 > lagShare*p.Latency.P99 && p.OfferedPerS > 0,
		"The generator itself was late by %s ms at the 99th percentile: this machine is too small for both at this rate.",
		trim(p.Lag.P99))
	warn(float64(p.Unserved) > unservedShare*float64(p.Latency.Count),
		"%s families still waited when the run ended: all terminals were busy.", grouped(float64(p.Unserved)))
	warn(len(p.Unresolved) > 0, "%d purchases stayed without a final answer: they may stand in the books either way.",
		len(p.Unresolved))
	warn(p.Undecodable+p.Altered+p.Unmatched > 0, "Answers that should not come: %d undecodable, %d altered, %d unmatched.",
		p.Undecodable, p.Altered, p.Unmatched)
	return all
}
