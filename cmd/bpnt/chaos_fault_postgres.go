package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"bpnt/loadtest/chaos"
)

func diskFull(w *chaosWorld) (chaos.Nemesis, error) {
	if !w.disk.mounted {
		return chaos.Nemesis{}, fmt.Errorf("%s", w.disk.why)
	}
	return chaos.Nemesis{
		Inject: func(context.Context, *rand.Rand) error { return w.disk.fill() },
		Heal:   func(context.Context) error { return w.disk.free() },
	}, nil
}

func clockJump(w *chaosWorld) (chaos.Nemesis, error) {
	if w.clock.library == "" {
		return chaos.Nemesis{}, fmt.Errorf("libfaketime is not installed (apt-get install faketime; --faketime names it)")
	}
	return chaos.Nemesis{
		Inject: func(_ context.Context, random *rand.Rand) error { return w.clock.jump(random) },
		Heal:   func(context.Context) error { return w.clock.set(0) },
	}, nil
}

func postgresDown(end func(*chaosPostgres, context.Context, *rand.Rand) error) func(*chaosWorld) (chaos.Nemesis, error) {
	return func(w *chaosWorld) (chaos.Nemesis, error) {
		down := &held{undo: w.server.unhold}
		return chaos.Nemesis{Inject: func(ctx context.Context, random *rand.Rand) error {
			down.take()
			return end(w.server, ctx, random)
		}, Heal: down.heal}, nil
	}
}

func postgresFreeze(w *chaosWorld) (chaos.Nemesis, error) {
	return chaos.Nemesis{Inject: w.server.freeze, Heal: w.server.thaw}, nil
}

func postgresBackend(w *chaosWorld) (chaos.Nemesis, error) {
	return chaos.Nemesis{Inject: w.server.backend}, nil
}

// sessionsMax is how many sessions of gateways are ended or cancelled at once: up to all of them.
const sessionsMax = 16

func sessionEnd(w *chaosWorld) (chaos.Nemesis, error) {
	return chaos.Nemesis{Inject: func(ctx context.Context, random *rand.Rand) error {
		_, err := w.stranger.Terminate(ctx, gatewayApplication, 1+random.IntN(sessionsMax))
		return err
	}}, nil
}

func sessionCancel(w *chaosWorld) (chaos.Nemesis, error) {
	return chaos.Nemesis{Inject: func(ctx context.Context, random *rand.Rand) error {
		_, err := w.stranger.Cancel(ctx, gatewayApplication, 1+random.IntN(sessionsMax))
		return err
	}}, nil
}

// gatewayApplication is what a gateway's sessions call themselves.
const gatewayApplication = "bpnt gateway"

func bucketLock(w *chaosWorld) (chaos.Nemesis, error) {
	return hold(func(ctx context.Context, random *rand.Rand) (func(), error) {
		return w.stranger.HoldBucket(ctx, random.IntN(chaosBuckets))
	}), nil
}

func oldSnapshot(w *chaosWorld) (chaos.Nemesis, error) {
	return hold(func(ctx context.Context, _ *rand.Rand) (func(), error) { return w.stranger.HoldSnapshot(ctx) }), nil
}

func vacuum(w *chaosWorld, ctx context.Context) error { return w.stranger.Clean(ctx) }

func checkpoint(w *chaosWorld, ctx context.Context) error { return w.stranger.Checkpoint(ctx) }
