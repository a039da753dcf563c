package main

import (
	"context"
	"math/rand/v2"

	"bpnt/loadtest/chaos"
	"bpnt/loadtest/faults"
)

// wire puts a plan of faults on every line.
func wire(text string) func(*chaosWorld) (chaos.Nemesis, error) {
	return func(w *chaosWorld) (chaos.Nemesis, error) {
		plan, err := faults.ParsePlan(text)
		return chaos.Nemesis{
			Inject: func(context.Context, *rand.Rand) error { w.setPlans(plan); return nil },
			Heal:   w.calmWire,
		}, err
	}
}

func (w *chaosWorld) setPlans(plan faults.Plan) {
	for _, p := range w.proxies {
		p.SetPlan(plan)
	}
}

func (w *chaosWorld) calmWire(context.Context) error {
	w.setPlans(faults.Plan{Seed: w.seed})
	return nil
}

func wireBreak(w *chaosWorld) (chaos.Nemesis, error) {
	return chaos.Nemesis{Inject: func(context.Context, *rand.Rand) error {
		for _, p := range w.proxies {
			p.Break()
		}
		return nil
	}}, nil
}

// wireOne parts the terminals from one gateway.
func wireOne(text string) func(*chaosWorld) (chaos.Nemesis, error) {
	return func(w *chaosWorld) (chaos.Nemesis, error) {
		plan, err := faults.ParsePlan(text)
		return chaos.Nemesis{
			Inject: func(_ context.Context, random *rand.Rand) error {
				p := w.proxies[random.IntN(len(w.proxies))]
				p.SetPlan(plan)
				p.Break()
				return nil
			},
			Heal: w.calmWire,
		}, err
	}
}
