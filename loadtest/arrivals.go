package loadtest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Shape is how families come over the time of a run, warm-up included.
type Shape string

const (
	// ShapeClosed is no schedule at all: every terminal takes its next family at once. It is the zero value.
	ShapeClosed Shape = ""
	// ShapeConstant has equal gaps.
	ShapeConstant Shape = "constant"
	// ShapePoisson has random gaps of the same mean: families do not know of each other.
	ShapePoisson Shape = "poisson"
	// ShapeRamp climbs evenly from nothing to Rate at the end of the run.
	ShapeRamp Shape = "ramp"
	// ShapeThe25th is disbursement day, its eight shop hours compressed into the run, with random gaps; Rate is its peak.
	ShapeThe25th Shape = "the25th"
)

// Shapes are those that need a rate.
func Shapes() []Shape { return []Shape{ShapeConstant, ShapePoisson, ShapeRamp, ShapeThe25th} }

// Arrivals says when families come. The zero value is a closed loop.
type Arrivals struct {
	Shape Shape
	Rate  float64 // visits per second over all terminals: the mean of constant and poisson, the peak of ramp and the25th
}

// Open tells whether there is a schedule.
func (a Arrivals) Open() bool { return a.Shape != ShapeClosed }

// String is the words of a report.
func (a Arrivals) String() string {
	if !a.Open() {
		return "closed loop"
	}
	if a.Rate > a.mean() {
		return fmt.Sprintf("%s, up to %.0f visits/s", a.Shape, a.Rate)
	}
	return fmt.Sprintf("%s, %.0f visits/s", a.Shape, a.Rate)
}

func (a Arrivals) validate() error {
	switch {
	case !a.Open():
		return refuse(a.Rate != 0, "a rate needs the shape of its arrivals: %s", shapeNames())
	case !slices.Contains(Shapes(), a.Shape):
		return fmt.Errorf("arrivals must be %s, not %q", shapeNames(), string(a.Shape))
	case !(a.Rate > 0 && a.Rate <= rateMax): // as a negation, so that no NaN passes
		return fmt.Errorf("the rate must be above 0 and up to %d visits per second", int(rateMax))
	}
	return nil
}

func shapeNames() string {
	names := make([]string, 0, len(Shapes()))
	for _, s := range Shapes() {
		names = append(names, string(s))
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// knot is a point of a rate curve: at this share of the run, this share of the peak. Between knots the rate is a line.
type knot struct{ at, level float64 }

// curves are the rates over the run.
//
// The 25th: the figures that exist are DOMAIN A.10 (everybody comes on that day at once, and the hosts fell over) and
// A.12 (60 % of the families within 8 hours, a peak of three times the mean). So: families wait before the doors open,
// the first half hour climbs to the peak, it holds for half an hour, more than half of the day's families have been
// served after two hours, and a long tail follows; the mean is a third of the peak. Where the corners stand is ours:
// nobody has published them.
var curves = map[Shape][]knot{
	ShapeConstant: {{0, 1}, {1, 1}},
	ShapePoisson:  {{0, 1}, {1, 1}},
	ShapeRamp:     {{0, 0}, {1, 1}},
	ShapeThe25th:  {{0, 0.3}, {0.0625, 1}, {0.125, 1}, {0.25, 0.4}, {0.5, 0.22}, {0.75, 0.13}, {1, 0.05}},
}

// mean is the visits per second over the whole run; 0 for a closed loop.
func (a Arrivals) mean() (rate float64) {
	knots := curves[a.Shape]
	for i := 1; i < len(knots); i++ {
		rate += a.Rate * (knots[i].at - knots[i-1].at) * (knots[i].level + knots[i-1].level) / 2
	}
	return rate
}

// curve is the rate over a run of that length, as the corners of a line: seconds and visits per second.
func (a Arrivals) curve(total time.Duration) (corners []point) {
	for _, k := range curves[a.Shape] {
		corners = append(corners, point{k.at * total.Seconds(), k.level * a.Rate})
	}
	return corners
}

// random tells whether gaps are random.
func (a Arrivals) random() bool { return a.Shape == ShapePoisson || a.Shape == ShapeThe25th }
