package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"bpnt/loadtest"
)

// comparison is purchases alone against the mix, in one run.
type comparison struct {
	Rounds []comparedRound `json:"rounds"`
	Alone  comparedRate    `json:"alone"` // the medians
	Mix    comparedRate    `json:"mix"`
	// MessagesRatio and RedemptionsRatio are the mix over purchases alone: the medians of the rounds' own ratios, so that
	// what slows the machine down for a while does not count.
	MessagesRatio    float64 `json:"messages_ratio"`
	RedemptionsRatio float64 `json:"redemptions_ratio"`
	Proof            *proof  `json:"proof,omitempty"`
}

type comparedRound struct {
	Alone comparedRate `json:"alone"`
	Mix   comparedRate `json:"mix"`
}

// comparedRate is what one window reached.
type comparedRate struct {
	Messages    float64 `json:"messages_per_s"`
	Redemptions float64 `json:"redemptions_per_s"`
	P50         float64 `json:"p50_ms"`
	P99         float64 `json:"p99_ms"`
	Settling    float64 `json:"settling_s"`
}

// compare lets windows of both kinds take turns. What begins takes turns too, since books grow and machines tire.
func (c *loadtestCmd) compare(ctx context.Context, s *streams, cfg loadtest.Config, fleet []loadtest.Outlet) error {
	w := &windows{c.newSequence(s, cfg, fleet, 2*c.Compare)}
	var result comparison
	p, err := c.proved(ctx, s, func() ([]*loadtest.Report, error) {
		var err error
		result.Rounds, err = w.rounds(ctx)
		return w.reports, err
	})
	if err != nil {
		return err
	}
	result.Proof = p
	result.conclude()
	return c.printComparison(s, &result)
}

// windows are a comparison under way.
type windows struct{ *sequence }

func (w *windows) rounds(ctx context.Context) (rounds []comparedRound, err error) {
	for i := range w.c.Compare {
		var r comparedRound
		kinds := []func() error{
			func() error { return w.rate(ctx, "purchases alone", alone(w.next), &r.Alone) },
			func() error { return w.rate(ctx, "the mix", w.next, &r.Mix) },
		}
		if i%2 == 1 {
			slices.Reverse(kinds)
		}
		for _, window := range kinds {
			if err := window(); err != nil {
				return nil, err
			}
		}
		rounds = append(rounds, r)
	}
	return rounds, nil
}

func (w *windows) rate(ctx context.Context, name string, cfg loadtest.Config, to *comparedRate) error {
	report, err := w.play(ctx, fmt.Sprintf("window %d of %d: %s", w.plays+1, 2*w.c.Compare, name), cfg)
	if err != nil {
		return err
	}
	*to = comparedRate{
		Messages: report.MessagesPerS, Redemptions: report.RatePerS, P50: report.Latency.P50, P99: report.Latency.P99,
		Settling: report.Settlement.Seconds,
	}
	return nil
}

// conclude takes the medians.
func (r *comparison) conclude() {
	var alone, mix []comparedRate
	for _, round := range r.Rounds {
		alone, mix = append(alone, round.Alone), append(mix, round.Mix)
	}
	r.Alone, r.Mix = medians(alone), medians(mix)
	r.MessagesRatio = median(r.Rounds, func(x comparedRound) float64 { return ratio(x.Mix.Messages, x.Alone.Messages) })
	r.RedemptionsRatio = median(r.Rounds, func(x comparedRound) float64 { return ratio(x.Mix.Redemptions, x.Alone.Redemptions) })
}

func median[T any](all []T, figure func(T) float64) float64 {
	var figures []float64
	for _, x := range all {
		figures = append(figures, figure(x))
	}
	slices.Sort(figures)
	return (figures[(len(figures)-1)/2] + figures[len(figures)/2]) / 2
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// medians are those of each figure by itself.
func medians(rates []comparedRate) comparedRate {
	return comparedRate{
		Messages:    median(rates, func(r comparedRate) float64 { return r.Messages }),
		Redemptions: median(rates, func(r comparedRate) float64 { return r.Redemptions }),
		P50:         median(rates, func(r comparedRate) float64 { return r.P50 }),
		P99:         median(rates, func(r comparedRate) float64 { return r.P99 }),
		Settling:    median(rates, func(r comparedRate) float64 { return r.Settling }),
	}
}

func (c *loadtestCmd) printComparison(s *streams, r *comparison) error {
	if c.JSON {
		if err := printJSON(s.out, r); err != nil {
			return err
		}
	} else if err := r.write(s.out); err != nil {
		return err
	}
	if r.Proof != nil {
		return r.Proof.verdict()
	}
	return nil
}

func (r *comparison) write(w io.Writer) error {
	rows := [][]string{{"round", "window", "messages/s", "redemptions/s", "p50 ms", "p99 ms", "settling s"}}
	for i, round := range r.Rounds {
		rows = append(rows, round.Alone.row(fmt.Sprint(i+1), "purchases alone"), round.Mix.row("", "the mix"))
	}
	rows = append(rows, r.Alone.row("median", "purchases alone"), r.Mix.row("", "the mix"))
	grid(w, "llrrrrr", rows)
	fmt.Fprintf(w, "\nthe mix against purchases alone: %.2f of the messages/s, %.2f of the redemptions/s\n",
		r.MessagesRatio, r.RedemptionsRatio)
	if r.Proof == nil {
		return nil
	}
	return r.Proof.write(w)
}

func (r comparedRate) row(round, name string) []string {
	figure := func(v float64) string { return fmt.Sprintf("%.1f", v) }
	return []string{
		round, name, fmt.Sprintf("%.0f", r.Messages), fmt.Sprintf("%.0f", r.Redemptions), figure(r.P50), figure(r.P99),
		figure(r.Settling),
	}
}
