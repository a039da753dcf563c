package loadtest

import (
	"cmp"
	"math"
	"slices"
)

// LoadPoint is one of several runs at different rates, for the page of a search or an overload. Rates are per second,
// latencies in milliseconds; a zero BareP99 was not timed.
type LoadPoint struct {
	Asked, Sent, Goodput float64
	P50, P99, BareP99    float64
}

// loadFigures show how goodput and latency follow the rate; none where there was one run only.
func (p *Report) loadFigures() []figure {
	if len(p.Load) < 2 {
		return nil
	}
	points := slices.SortedFunc(slices.Values(p.Load), func(a, b LoadPoint) int {
		return cmp.Or(cmp.Compare(a.Asked, b.Asked), cmp.Compare(a.P99, b.P99))
	})
	return []figure{goodputByRate(points), latencyByRate(points)}
}

// loadCurve is one value of the points over the rate that was asked for, without those that are not known.
func loadCurve(class string, points []LoadPoint, value func(LoadPoint) float64) curve {
	c := curve{class: class}
	for _, q := range points {
		if v := value(q); v > 0 {
			c.points = append(c.points, point{q.Asked, v})
		}
	}
	return c
}

func loadAxis(points []LoadPoint) axis {
	return linearAxis("visits per second asked for", points[len(points)-1].Asked, rateTicks, rateLabel)
}

func goodputByRate(points []LoadPoint) figure {
	f := figure{
		Title: "Goodput by rate",
		Note:  "Per second, over the rate that was asked for: along the dashed line up to the capacity, level beyond it.",
	}
	drawn := plot{title: f.Title, x: loadAxis(points)}
	most := 0.0
	for _, q := range points {
		most = max(most, q.Sent, q.Goodput)
	}
	drawn.y = linearAxis("per second", most, rateTicks, rateLabel)
	end := min(drawn.x.to, drawn.y.to)
	drawn.curves = []curve{
		{class: "offered", points: []point{{0, 0}, {end, end}}},
		loadCurve("a2", points, func(q LoadPoint) float64 { return q.Sent }),
		loadCurve("good", points, func(q LoadPoint) float64 { return q.Goodput }),
	}
	f.Legend = []legend{{"good", "goodput"}, {"a2", "sent by terminals"}, {"offered", "asked for"}}
	f.SVG = drawn.svg()
	return f
}

func latencyByRate(points []LoadPoint) figure {
	f := figure{Title: "Latency by rate", Note: "Milliseconds, from the intended time, over the rate that was asked for."}
	drawn := plot{title: f.Title, x: loadAxis(points)}
	low, high := math.Inf(1), 0.0
	for _, l := range []struct {
		class, name string
		value       func(LoadPoint) float64
	}{
		{"b", "bare commit p99", func(q LoadPoint) float64 { return q.BareP99 }},
		{"a2", "p50", func(q LoadPoint) float64 { return q.P50 }},
		{"a", "p99", func(q LoadPoint) float64 { return q.P99 }},
	} {
		c := loadCurve(l.class, points, l.value)
		for _, q := range c.points {
			low, high = min(low, q.y), max(high, q.y)
		}
		if len(c.points) > 0 {
			drawn.curves = append(drawn.curves, c)
			f.Legend = append(f.Legend, legend{l.class, l.name})
		}
	}
	drawn.y = logAxis("ms", low, high)
	f.SVG = drawn.svg()
	return f
}
