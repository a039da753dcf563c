package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"

	"bpnt/loadtest/chaos"
)

func gatewayKill(w *chaosWorld) (chaos.Nemesis, error) { return gatewayDown(w, syscall.SIGKILL), nil }

func gatewayRestart(w *chaosWorld) (chaos.Nemesis, error) {
	return gatewayDown(w, syscall.SIGTERM), nil
}

func gatewayDown(w *chaosWorld, signal syscall.Signal) chaos.Nemesis {
	n := &gatewayNemesis{world: w}
	return chaos.Nemesis{
		Inject: func(_ context.Context, random *rand.Rand) error {
			_ = n.choose(random).hold(signal) // how it ended is the signal's doing, or in its log
			return nil
		},
		Heal: func(context.Context) error { return n.heal((*chaosGateway).unhold) },
	}
}

func gatewayFreeze(w *chaosWorld) (chaos.Nemesis, error) {
	n := &gatewayNemesis{world: w}
	return chaos.Nemesis{
		Inject: func(_ context.Context, random *rand.Rand) error { n.choose(random).freeze(); return nil },
		Heal:   func(context.Context) error { return n.heal((*chaosGateway).thaw) },
	}, nil
}

// rollingRestart restarts one gateway after the other, each when the one before is ready again.
func rollingRestart(w *chaosWorld) (chaos.Nemesis, error) {
	return chaos.Nemesis{Inject: func(ctx context.Context, _ *rand.Rand) error {
		for _, g := range w.gateways {
			_ = g.hold(syscall.SIGTERM) // how it ended is in its log
			g.unhold()
			if err := g.awaitReady(ctx); err != nil {
				return fmt.Errorf("the restarted gateway is not ready yet: %w", err)
			}
		}
		return nil
	}}, nil
}

// gatewayNemesis lets a fault choose one of the gateways, and remember which.
type gatewayNemesis struct {
	world *chaosWorld
	mu    sync.Mutex
	hurt  []*chaosGateway
}

// choose is one of them, noted for the healing.
func (n *gatewayNemesis) choose(random *rand.Rand) *chaosGateway {
	n.mu.Lock()
	defer n.mu.Unlock()
	g := n.world.either(random)
	n.hurt = append(n.hurt, g)
	return g
}

// heal undoes it for all that were chosen.
func (n *gatewayNemesis) heal(undo func(*chaosGateway)) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, g := range n.hurt {
		undo(g)
	}
	n.hurt = nil
	return nil
}
