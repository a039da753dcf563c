package loadtest

import "fmt"

// drainShown is how much of the time after the measured one is in the pictures, in seconds.
const drainShown = 1

// runSeconds is the series without the time in which terminals only resolve and settle, in as many points as a picture
// can show.
func (p *Report) runSeconds() []Second {
	series := p.Seconds
	for len(series) > 0 && series[len(series)-1].At > p.ends+drainShown {
		series = series[:len(series)-1]
	}
	return thin(series, pointsMax)
}

// pointsMax is about a point to three units of a picture's width.
const pointsMax = 200

// thin folds neighbours: rates are their mean, latencies their worst.
func thin(series []Second, most int) []Second {
	fold := (len(series) + most - 1) / most
	if fold <= 1 {
		return series
	}
	var thinned []Second
	for i := 0; i < len(series); i += fold {
		thinned = append(thinned, foldSeconds(series[i:min(i+fold, len(series))]))
	}
	return thinned
}

func foldSeconds(some []Second) Second {
	var f Second
	n := float64(len(some))
	for _, s := range some {
		f.At = s.At
		f.Ended += s.Ended / n
		f.Good += s.Good / n
		f.Late += s.Late / n
		f.Declined += s.Declined / n
		f.Shed += s.Shed / n
		f.Unanswered += s.Unanswered / n
		f.P50, f.P99 = max(f.P50, s.P50), max(f.P99, s.P99)
		f.BareP50, f.BareP99 = max(f.BareP50, s.BareP50), max(f.BareP99, s.BareP99)
	}
	return f
}

// String is the second in a line.
func (s Second) String() string {
	text := fmt.Sprintf("%.0f s: %s good/s, %s ended/s, p50 %.2f ms, p99 %.2f ms", s.At, grouped(s.Good), grouped(s.Ended), s.P50, s.P99)
	if s.BareP99 > 0 {
		text += fmt.Sprintf(", bare commit p99 %.2f ms", s.BareP99)
	}
	return text
}
