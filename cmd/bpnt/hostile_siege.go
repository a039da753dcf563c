package main

import (
	"context"
	"fmt"
	"slices"

	"bpnt/loadtest"
	"bpnt/loadtest/hostile"
)

// siege is a run of bpnt loadtest hostile.
type siege struct {
	*sequence // of the honest terminals' windows
	c         *hostileCmd
	honest    *loadtestCmd
	attacks   []hostile.Attack
	attack    hostile.Config
	hands     *hands
}

// playAll plays attack after attack.
func (w *siege) playAll(ctx context.Context, result *hostileReport) error {
	for _, a := range w.attacks {
		told, err := w.playOne(ctx, a)
		if err != nil {
			return err
		}
		result.Attacks = append(result.Attacks, told)
	}
	return nil
}

// playOne lets windows with and without the attack take turns, and who begins takes turns too.
func (w *siege) playOne(ctx context.Context, a hostile.Attack) (*hostileResult, error) {
	told := &hostileResult{Attack: a.Name}
	for round := range w.c.Rounds {
		var r hostileRound
		kinds := []func() error{
			func() (err error) { r.Alone, err = w.window(ctx, a.Name+": the honest alone", nil, nil); return err },
			func() (err error) { r.Attacked, err = w.window(ctx, a.Name+": attacked", &a, told); return err },
		}
		if round%2 == 1 {
			slices.Reverse(kinds)
		}
		for _, window := range kinds {
			if err := window(); err != nil {
				return nil, err
			}
		}
		told.Rounds = append(told.Rounds, r)
	}
	told.conclude()
	return told, nil
}

// window plays the honest terminals, and an attack beside them where there is one.
func (w *siege) window(ctx context.Context, name string, a *hostile.Attack, told *hostileResult) (hostileWindow, error) {
	seen := newHostileWatch(ctx, w.c.watchedGateway)
	attacked, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		if a == nil {
			ended <- nil
			return
		}
		tally, err := hostile.Run(attacked, w.attack, *a)
		told.add(tally)
		ended <- err
	}()
	next := w.next
	next.Measured = seen.measured
	report, err := w.play(ctx, fmt.Sprintf("window %d of %d, %s", w.plays+1, 2*w.c.Rounds*len(w.attacks), name), next)
	stop()
	if wrong := <-ended; err == nil {
		err = wrong
	}
	seen.end()
	if err != nil {
		return hostileWindow{}, err
	}
	return seen.window(report), nil
}

// hostileWindow is what the honest terminals and the gateway did in one window.
type hostileWindow struct {
	P50         float64            `json:"p50_ms"`
	P99         float64            `json:"p99_ms"`
	LagP99      float64            `json:"generator_lag_p99_ms"` // where this is not small, so much of the latencies is the generator's
	GoodputPerS float64            `json:"goodput_per_s"`
	GoodShare   float64            `json:"good_share"`
	Cores       float64            `json:"gateway_cores"`         // processor time over time; 0 where it is not known
	Before      int64              `json:"memory_before_bytes"`   // resident; 0 where it is not known
	Peak        int64              `json:"memory_peak_bytes"`     // likewise
	After       int64              `json:"memory_after_bytes"`    // likewise
	Connections float64            `json:"connections_most"`      // open at the gateway; 0 where it is not known
	Closed      map[string]float64 `json:"closed,omitempty"`      // connections, by the gateway's reason
	Unseen      []string           `json:"not_seen,omitempty"`    // and why
	Results     loadtest.Results   `json:"honest_purchases"`      // how they ended
	Unresolved  int                `json:"honest_without_a_fate"` // purchases that may stand in the books either way
}
