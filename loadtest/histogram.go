package loadtest

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range of the histograms, in microseconds, with three significant figures.
const (
	latencyMin     = 1
	latencyMax     = int64(10 * time.Minute / time.Microsecond)
	latencyFigures = 3
)

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(latencyMin, latencyMax, latencyFigures)
}

// record clamps a duration into the histogram's range, so that it cannot be refused.
func record(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(min(max(d.Microseconds(), latencyMin), latencyMax))
}

func quantile(h *hdrhistogram.Histogram, percent float64) time.Duration {
	return time.Duration(h.ValueAtPercentile(percent)) * time.Microsecond
}

// Quantiles are latencies in milliseconds.
type Quantiles struct {
	Count int64   `json:"count"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p999"`
	P9999 float64 `json:"p9999"`
	Max   float64 `json:"max"`
}

// quantileNames head the columns in which the figures of a Quantiles stand.
var quantileNames = []string{"p50", "p90", "p95", "p99", "p99.9", "p99.99", "max"}

// quantileKeys name them in JSON.
var quantileKeys = []string{"p50", "p90", "p95", "p99", "p999", "p9999", "max"}

// figures are in the order of quantileNames.
func (q Quantiles) figures() []float64 {
	return []float64{q.P50, q.P90, q.P95, q.P99, q.P999, q.P9999, q.Max}
}

func quantiles(h *hdrhistogram.Histogram) Quantiles {
	v := h.ValueAtPercentilesSlice([]float64{50, 90, 95, 99, 99.9, 99.99, 100})
	ms := func(i int) float64 { return float64(v[i]) / 1000 }
	return Quantiles{
		Count: h.TotalCount(), P50: ms(0), P90: ms(1), P95: ms(2), P99: ms(3), P999: ms(4), P9999: ms(5),
		Max: float64(h.Max()) / 1000,
	}
}

// over is each quantile divided by another's, as people compare them; 0 where there is nothing to divide by.
func (q Quantiles) over(base Quantiles) []float64 {
	ratios, bases := q.figures(), base.figures()
	for i, b := range bases {
		if b == 0 {
			ratios[i] = 0
			continue
		}
		ratios[i] /= b
	}
	return ratios
}
