package loadtest

import (
	"html/template"
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// figure is a picture on the page, with its words.
type figure struct {
	Title, Note string
	Legend      []legend
	SVG         template.HTML
}

type legend struct{ Class, Name string }

// figures are the pictures of a run, those that there is something to draw of.
func (p *Report) figures() []figure {
	all := p.loadFigures()
	if p.purchases != nil && p.purchases.TotalCount() > 0 {
		all = append(all, p.distribution())
	}
	if series := p.runSeconds(); len(series) > 1 {
		all = append(all, p.rates(series), p.latencies(series))
	}
	return all
}

// distribution is the whole of the latencies, with the bare commit's.
func (p *Report) distribution() figure {
	high, low := float64(p.purchases.Max())/1000, quantile(p.purchases, 1).Seconds()*1000
	drawn := plot{title: "Latency by percentile", x: percentileAxis(decadesOf(p.purchases))}
	f := figure{
		Title:  "Latency by percentile",
		Note:   "Milliseconds, from the intended time. Each step to the right is a tenth of the families, the end the worst of them.",
		Legend: []legend{{"a", "purchase"}},
	}
	if p.bare != nil && p.bare.TotalCount() > 0 {
		high, low = max(high, float64(p.bare.Max())/1000), min(low, quantile(p.bare, 1).Seconds()*1000)
		drawn.curves = append(drawn.curves, curve{class: "b", points: percentiles(p.bare)})
		f.Legend = append(f.Legend, legend{"b", "bare commit of one row"})
	}
	drawn.y = logAxis("ms", low, high)
	drawn.curves = append(drawn.curves, curve{class: "a", points: percentiles(p.purchases)})
	f.SVG = drawn.svg()
	return f
}

// decadesOf is how far to the right a histogram reaches: the last of 1,000 is at 3.
func decadesOf(h *hdrhistogram.Histogram) float64 { return math.Log10(max(float64(h.TotalCount()), 1)) }

// percentileSteps are drawn to a decade.
const percentileSteps = 40

func percentiles(h *hdrhistogram.Histogram) []point {
	count := int(decadesOf(h)*percentileSteps) + 1
	wanted, points := make([]float64, count), make([]point, count)
	for i := range wanted {
		points[i].x = float64(i) / percentileSteps
		wanted[i] = 100 * (1 - math.Pow(10, -points[i].x))
	}
	for i, v := range h.ValueAtPercentilesSlice(wanted) {
		points[i].y = float64(v) / 1000
	}
	return points
}

// rates are purchases by second and by what became of them, one upon the other.
func (p *Report) rates(series []Second) figure {
	layers := []struct {
		class, name string
		rate        func(Second) float64
	}{
		{"good", "good: approved within the patience", func(s Second) float64 { return s.Good }},
		{"late", "approved too late", func(s Second) float64 { return s.Late }},
		{"declined", "declined", func(s Second) float64 { return s.Declined }},
		{"shed", "shed (91)", func(s Second) float64 { return s.Shed }},
		{"unanswered", "unanswered", func(s Second) float64 { return s.Unanswered }},
	}
	f := figure{Title: "Purchases per second", Note: p.arrivals() + "."}
	drawn := p.overTime(series, f.Title)
	floor, high := make([]float64, len(series)), 0.0
	for _, l := range layers {
		top, some := make([]float64, len(series)), false
		for i, s := range series {
			top[i] = floor[i] + l.rate(s)
			some, high = some || l.rate(s) > 0, max(high, top[i])
		}
		if some {
			drawn.curves = append(drawn.curves, stepsArea(l.class, series, floor, top))
			f.Legend = append(f.Legend, legend{l.class, l.name})
		}
		floor = top
	}
	if len(p.offered) > 0 {
		drawn.curves = append(drawn.curves, curve{class: "offered", points: p.offered})
		f.Legend = append(f.Legend, legend{"offered", "visits offered"})
	}
	for _, q := range p.offered {
		high = max(high, q.y)
	}
	drawn.y = linearAxis("per second", high, rateTicks, rateLabel)
	f.SVG = drawn.svg()
	return f
}

const rateTicks = 5

// stepsArea is a plane of steps: a rate holds for the whole of its interval.
func stepsArea(class string, series []Second, floor, top []float64) curve {
	c, last := curve{class: class, area: true}, 0.0
	for i, s := range series {
		c.points = append(c.points, point{last, top[i]}, point{s.At, top[i]})
		c.floor = append(c.floor, floor[i], floor[i])
		last = s.At
	}
	return c
}

// latencies are the median and the 99th percentile of each second.
func (p *Report) latencies(series []Second) figure {
	f := figure{Title: "Latency over time", Note: "Milliseconds; purchases that ended in each second, from their intended time."}
	drawn := p.overTime(series, f.Title)
	low, high := math.Inf(1), 0.0
	for _, l := range []struct {
		class, name string
		value       func(Second) float64
	}{
		{"b", "bare commit p99", func(s Second) float64 { return s.BareP99 }},
		{"a2", "p50", func(s Second) float64 { return s.P50 }},
		{"a", "p99", func(s Second) float64 { return s.P99 }},
	} {
		var points []point
		last := 0.0
		for _, s := range series {
			if v := l.value(s); v > 0 {
				points = append(points, point{(last + s.At) / 2, v}) // the middle of its interval
				low, high = min(low, v), max(high, v)
			}
			last = s.At
		}
		if len(points) > 0 {
			drawn.curves = append(drawn.curves, curve{class: l.class, points: points})
			f.Legend = append(f.Legend, legend{l.class, l.name})
		}
	}
	drawn.y = logAxis("ms", low, high)
	f.SVG = drawn.svg()
	return f
}

// overTime is a picture over the seconds of the run, with the warm-up shaded and a hint on every point.
func (p *Report) overTime(series []Second, title string) plot {
	drawn := plot{title: title, x: timeAxis(series[len(series)-1].At)}
	if p.warmup > 0 {
		drawn.shades = append(drawn.shades, shade{0, p.warmup, "warm-up, not measured"})
	}
	if last := series[len(series)-1].At; last > p.ends {
		drawn.shades = append(drawn.shades, shade{p.ends, last, "the doors are closed"})
	}
	last := 0.0
	for _, s := range series {
		drawn.hints = append(drawn.hints, hint{last, s.At, s.String()})
		last = s.At
	}
	return drawn
}
