package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"bpnt/loadtest/hostile"
)

// hostileReport is what bpnt loadtest hostile found.
type hostileReport struct {
	Attacks []*hostileResult `json:"attacks"`
	Proof   *proof           `json:"proof,omitempty"`
}

// hostileResult is one attack. Ratios are the medians of the rounds' own ratios, so that what slows the machine down for
// a while does not count.
type hostileResult struct {
	Attack   string         `json:"attack"`
	Rounds   []hostileRound `json:"rounds"`
	Alone    hostileWindow  `json:"alone"` // the median round's
	Attacked hostileWindow  `json:"attacked"`
	P50Ratio float64        `json:"p50_ratio"`
	P99Ratio float64        `json:"p99_ratio"`
	// What an action and a byte of the attackers cost the gateway beyond the honest; 0 where that is not known.
	CPUPerAction float64         `json:"gateway_cpu_us_per_action"`
	CPUPerByte   float64         `json:"gateway_cpu_us_per_byte"`
	Tallies      []hostile.Tally `json:"attackers"`
}

// hostileRound is two windows beside each other.
type hostileRound struct {
	Alone    hostileWindow `json:"alone"`
	Attacked hostileWindow `json:"attacked"`
}

// add keeps what the attackers saw in one window.
func (r *hostileResult) add(t *hostile.Tally) {
	if t != nil {
		r.Tallies = append(r.Tallies, *t)
	}
}

// conclude takes the medians: the round in the middle by p99 stands for both kinds of windows.
func (r *hostileResult) conclude() {
	r.P50Ratio = median(r.Rounds, func(x hostileRound) float64 { return ratio(x.Attacked.P50, x.Alone.P50) })
	r.P99Ratio = median(r.Rounds, hostileRound.p99Ratio)
	inOrder := slices.SortedFunc(slices.Values(r.Rounds), func(a, b hostileRound) int { return cmp.Compare(a.p99Ratio(), b.p99Ratio()) })
	r.Alone, r.Attacked = inOrder[len(inOrder)/2].Alone, inOrder[len(inOrder)/2].Attacked
	r.costs()
}

func (x hostileRound) p99Ratio() float64 { return ratio(x.Attacked.P99, x.Alone.P99) }

// costs divides the processor time beyond that of the honest alone by what the attackers did meanwhile.
func (r *hostileResult) costs() {
	extra := median(r.Rounds, func(x hostileRound) float64 { return x.Attacked.Cores - x.Alone.Cores })
	var actions, bytes, seconds float64
	for _, t := range r.Tallies {
		actions, bytes, seconds = actions+float64(t.Actions), bytes+float64(t.Bytes), seconds+t.Seconds
	}
	r.CPUPerAction, r.CPUPerByte = ratio(1e6*extra*seconds, actions), ratio(1e6*extra*seconds, bytes)
}

// fault is what no gateway may do, and what it did.
func (r *hostileReport) fault() error {
	var wrong []error
	for _, a := range r.Attacks {
		for _, t := range a.Tallies {
			wrong = append(wrong, t.Fault())
		}
	}
	if r.Proof != nil {
		wrong = append(wrong, r.Proof.verdict())
	}
	return errors.Join(wrong...)
}

func (c *hostileCmd) print(s *streams, r *hostileReport) error {
	if c.JSON {
		return errors.Join(printJSON(s.out, r), r.fault())
	}
	r.write(s.out)
	if r.Proof != nil {
		if err := r.Proof.write(s.out); err != nil {
			return err
		}
	}
	return r.fault()
}

// write prints three tables that line up: what the honest felt, what the gateway paid, what the attackers got.
func (r *hostileReport) write(w io.Writer) {
	felt := [][]string{{"honest terminals", "p50 ms", "attacked", "ratio", "p99 ms", "attacked", "ratio", "goodput/s", "attacked", "unanswered", "lag p99 ms", "attacked"}}
	paid := [][]string{{"gateway", "cores", "attacked", "us/action", "us/byte", "MB before", "peak", "after", "connections", "closed, by reason"}}
	got := [][]string{{"attackers", "actions/s", "connects", "failed", "open", "closed on", "bytes", "answers, by DE39"}}
	for _, a := range r.Attacks {
		felt, paid = append(felt, a.felt()), append(paid, a.paid())
		got = append(got, a.got())
	}
	grid(w, "lrrrrrrrrrrr", felt)
	fmt.Fprintln(w)
	grid(w, "lrrrrrrrrl", paid)
	fmt.Fprintln(w)
	grid(w, "lrrrrrrl", got)
	for _, a := range r.Attacks {
		for _, unseen := range slices.Concat(a.Alone.Unseen, a.Attacked.Unseen) {
			fmt.Fprintf(w, "not seen: %s\n", unseen)
		}
	}
}

func (r *hostileResult) felt() []string {
	return []string{
		r.Attack, fmt.Sprintf("%.2f", r.Alone.P50), fmt.Sprintf("%.2f", r.Attacked.P50), fmt.Sprintf("%.2fx", r.P50Ratio),
		fmt.Sprintf("%.2f", r.Alone.P99), fmt.Sprintf("%.2f", r.Attacked.P99), fmt.Sprintf("%.2fx", r.P99Ratio),
		fmt.Sprintf("%.0f", r.Alone.GoodputPerS), fmt.Sprintf("%.0f", r.Attacked.GoodputPerS), fmt.Sprint(r.Attacked.Results.Unanswered),
		fmt.Sprintf("%.2f", r.Alone.LagP99), fmt.Sprintf("%.2f", r.Attacked.LagP99),
	}
}

func (r *hostileResult) paid() []string {
	mega := func(bytes int64) string { return fmt.Sprintf("%.1f", float64(bytes)/1e6) }
	return []string{
		r.Attack, fmt.Sprintf("%.2f", r.Alone.Cores), fmt.Sprintf("%.2f", r.Attacked.Cores), fmt.Sprintf("%.1f", r.CPUPerAction),
		fmt.Sprintf("%.2f", r.CPUPerByte), mega(r.Attacked.Before), mega(r.Attacked.Peak), mega(r.Attacked.After),
		fmt.Sprintf("%.0f", r.Attacked.Connections), listed(r.Attacked.Closed),
	}
}

// got is of all rounds together.
func (r *hostileResult) got() []string {
	var sum hostile.Tally
	answers := map[string]int64{}
	for _, t := range r.Tallies {
		sum.Actions, sum.Seconds, sum.Connects, sum.Failed = sum.Actions+t.Actions, sum.Seconds+t.Seconds, sum.Connects+t.Connects, sum.Failed+t.Failed
		sum.OpenMost, sum.Closed, sum.Bytes = max(sum.OpenMost, t.OpenMost), sum.Closed+t.Closed, sum.Bytes+t.Bytes
		for code, n := range t.Answers {
			answers[code] += n
		}
	}
	return []string{
		r.Attack, fmt.Sprintf("%.0f", ratio(float64(sum.Actions), sum.Seconds)), fmt.Sprint(sum.Connects), fmt.Sprint(sum.Failed),
		fmt.Sprint(sum.OpenMost), fmt.Sprint(sum.Closed), fmt.Sprint(sum.Bytes), listed(answers),
	}
}

// listed is "names figure, name figure", the names in order.
func listed[N int64 | float64](figures map[string]N) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(figures)) {
		all = append(all, fmt.Sprintf("%s %.0f", name, float64(figures[name])))
	}
	return strings.Join(all, ", ")
}
