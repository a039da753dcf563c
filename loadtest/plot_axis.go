package loadtest

import (
	"math"
	"strconv"
)

// labelledDecades is how many decades an axis may span and still have a label at each 2 and 5.
const labelledDecades = 3.5

// logAxis spans what is given, in whole steps of 1, 2 and 5. It has no zero: what is zero is drawn at its beginning.
func logAxis(name string, low, high float64) axis {
	if high <= 0 {
		low, high = 0.1, 1
	}
	low = stepDown(min(max(low, high/1e6), high))
	a := axis{from: low, to: max(stepUp(high), stepUp(low*1.01)), log: true, name: name}
	decades := math.Log10(a.to / a.from)
	for v := a.from; v <= a.to*1.0001; v = stepUp(v * 1.01) {
		t := tick{at: v}
		if isDecade(v) || decades < labelledDecades {
			t.label = millisLabel(v)
		}
		a.ticks = append(a.ticks, t)
	}
	return a
}

// stepUp is the next of 1, 2, 5 and their decades that is not below a value.
func stepUp(v float64) float64 {
	decade := math.Pow(10, math.Floor(math.Log10(v)))
	for _, s := range []float64{1, 2, 5} {
		if v <= s*decade*1.000001 {
			return s * decade
		}
	}
	return 10 * decade
}

func stepDown(v float64) float64 {
	decade := math.Pow(10, math.Floor(math.Log10(v)*1.000001))
	for _, s := range []float64{5, 2} {
		if v >= s*decade {
			return s * decade
		}
	}
	return decade
}

func isDecade(v float64) bool {
	e := math.Log10(v)
	return math.Abs(e-math.Round(e)) < 1e-6
}

// linearAxis begins at zero and has about so many ticks at round figures.
func linearAxis(name string, high float64, ticks int, label func(float64) string) axis {
	if high <= 0 {
		high = 1
	}
	step := stepUp(high / float64(ticks))
	a := axis{to: math.Ceil(high/step-1e-9) * step, name: name}
	for i := 0; float64(i)*step <= a.to*1.0001; i++ {
		a.ticks = append(a.ticks, tick{float64(i) * step, label(float64(i) * step)})
	}
	return a
}

// timeAxis spans a run of so many seconds, to the end and not to the next round figure.
func timeAxis(seconds float64) axis {
	const ticks = 8
	a := linearAxis("seconds since the start", seconds, ticks, secondsLabel)
	a.to = max(seconds, 1)
	for len(a.ticks) > 1 && a.ticks[len(a.ticks)-1].at > a.to {
		a.ticks = a.ticks[:len(a.ticks)-1]
	}
	return a
}

// percentileAxis is HdrHistogram's: each decade takes as much room, so that the tail can be seen. Its values are
// log10 of 1/(1-quantile).
func percentileAxis(decades float64) axis {
	a := axis{to: max(decades, 1), name: "percentile"}
	for _, t := range []tick{
		{math.Log10(2), "50 %"},
		{1, "90 %"},
		{2, "99 %"},
		{3, "99.9 %"},
		{4, "99.99 %"},
		{5, "99.999 %"},
		{6, "99.9999 %"},
	} {
		if t.at <= a.to {
			a.ticks = append(a.ticks, t)
		}
	}
	return a
}

// millisLabel is short: 0.5, 20, 1 s.
func millisLabel(ms float64) string {
	if ms >= 999.999 {
		return trim(ms/1000) + " s"
	}
	return trim(ms)
}

// rateLabel is short enough for the margin: 20,000, 250k.
func rateLabel(v float64) string {
	if v < 100_000 {
		return grouped(v)
	}
	return trim(v/1000) + "k"
}

func secondsLabel(s float64) string { return trim(s) + " s" }

// trim has as many decimals as it needs, three significant figures at most.
func trim(v float64) string { return strconv.FormatFloat(round3(v), 'f', -1, 64) }

func round3(v float64) float64 {
	if v == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-2)
	if unit >= 1 {
		return math.Round(v)
	}
	return math.Round(v/unit) / math.Round(1/unit)
}

// grouped is a whole number as people read it: 16,742.
func grouped(v float64) string {
	digits := strconv.FormatInt(int64(math.Round(v)), 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
