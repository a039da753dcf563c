package loadtest

import (
	"testing"
	"time"
)

func TestParseBound(t *testing.T) {
	for text, want := range map[string]Bound{
		"p99=50ms":    {"p99", 50 * time.Millisecond},
		"p50=1.5s":    {"p50", 1500 * time.Millisecond},
		"p99.9=200µs": {"p99.9", 200 * time.Microsecond},
	} {
		got, err := ParseBound(text)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
		if again, err := ParseBound(got.String()); err != nil || again != want {
			t.Errorf("%s printed as %s: %+v, %v", text, got, again, err)
		}
	}
	for _, text := range []string{"", "p99", "p98=50ms", "p99=50", "p99=0s", "p99=-1ms", "=50ms", "p99=soon"} {
		if b, err := ParseBound(text); err == nil {
			t.Errorf("%q was taken as %v", text, b)
		}
	}
}

// TestBoundHeld: the quantile alone is not enough where families went away unserved, and nothing holds without a purchase.
func TestBoundHeld(t *testing.T) {
	for _, tt := range []struct {
		name  string
		count int64
		p99   float64
		good  float64
		held  bool
	}{
		{"within", 1000, 50, 0.99, true},
		{"too slow", 1000, 50.1, 1, false},
		{"too few served", 1000, 1, 0.98, false},
		{"nobody came", 0, 0, 1, false},
	} {
		r := &Report{Latency: Quantiles{Count: tt.count, P99: tt.p99}, GoodShare: tt.good}
		if got := (Bound{"p99", 50 * time.Millisecond}).Held(r); got != tt.held {
			t.Errorf("%s: held %v", tt.name, got)
		}
	}
}
