package loadtest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Bound is what a rate must hold: a quantile of the purchases' latency, and nearly every family served in time.
type Bound struct {
	Quantile string // as in quantileNames
	Most     time.Duration
}

// GoodShareMin of the families must be served well at a rate that is held.
const GoodShareMin = 0.99

// ParseBound reads p99=50ms.
func ParseBound(text string) (Bound, error) {
	name, most, ok := strings.Cut(text, "=")
	if !ok || !slices.Contains(quantileNames, name) {
		return Bound{}, fmt.Errorf("a bound is a quantile and a time, as p99=50ms; the quantiles are %s", strings.Join(quantileNames, ", "))
	}
	d, err := time.ParseDuration(most)
	if err != nil || d <= 0 {
		return Bound{}, fmt.Errorf("%q is no time above zero: write 50ms or 1.5s", most)
	}
	return Bound{name, d}, nil
}

// String is the bound as ParseBound reads it.
func (b Bound) String() string { return b.Quantile + "=" + b.Most.String() }

// Held tells whether a run kept within the bound. A run without a purchase held nothing.
func (b Bound) Held(p *Report) bool {
	at := p.Latency.figures()[slices.Index(quantileNames, b.Quantile)]
	return p.Latency.Count > 0 && at <= millis(b.Most) && p.GoodShare >= GoodShareMin
}
