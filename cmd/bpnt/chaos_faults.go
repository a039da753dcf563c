package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"bpnt/loadtest/chaos"
)

// fault is a nemesis before it has a world.
type fault struct {
	name string
	says string
	hold chaos.Span
	make func(*chaosWorld) (chaos.Nemesis, error) // an error says why it is left out here
}

func holds(from, to time.Duration) chaos.Span { return chaos.Span{Min: from, Max: to} }

// chaosFaults are all that a campaign may do. What others may hinder stands behind it, since they are healed in this
// order.
var chaosFaults = []fault{
	{"disk-full", "its disk is filled to the last page", holds(500*time.Millisecond, 4*time.Second), diskFull},
	{"clock-jump", "its clock jumps, up to ten minutes", holds(time.Second, 6*time.Second), clockJump},
	{"postgres-freeze", "SIGSTOP to all its processes", holds(200*time.Millisecond, 6*time.Second), postgresFreeze},
	{"postgres-kill", "SIGKILL to the postmaster", holds(0, 2*time.Second), postgresDown((*chaosPostgres).kill)},
	{"postgres-immediate", "immediate stop, and a start that recovers", holds(0, time.Second), postgresDown((*chaosPostgres).immediate)},
	{"postgres-fast", "fast restart, as an operator does it", holds(0, time.Second), postgresDown((*chaosPostgres).fast)},
	{"postgres-backend", "SIGKILL to one of its processes", holds(0, 0), postgresBackend},
	{"session-end", "pg_terminate_backend of gateways' sessions", holds(0, 0), sessionEnd},
	{"session-cancel", "pg_cancel_backend of what gateways' sessions do", holds(0, 0), sessionCancel},
	{"bucket-lock", "a stranger holds a bucket's lock", holds(200*time.Millisecond, 6*time.Second), bucketLock},
	{"snapshot", "a session keeps an old snapshot", holds(2*time.Second, 10*time.Second), oldSnapshot},
	{"vacuum", "VACUUM ANALYZE of everything", holds(0, 0), atOnce(vacuum)},
	{"checkpoint", "CHECKPOINT", holds(0, 0), atOnce(checkpoint)},
	{"gateway-kill", "SIGKILL to a gateway", holds(0, 3*time.Second), gatewayKill},
	{"gateway-freeze", "SIGSTOP to a gateway", holds(200*time.Millisecond, 5*time.Second), gatewayFreeze},
	{"gateway-restart", "SIGTERM to a gateway, and a start", holds(0, 500*time.Millisecond), gatewayRestart},
	{"rolling-restart", "SIGTERM to each gateway in turn", holds(0, 0), rollingRestart},
	{"wire-mobile", "the faults of a mobile network on every line", holds(2*time.Second, 8*time.Second), wire("mobile")},
	{"wire-rough", "faults of every kind on every line", holds(2*time.Second, 8*time.Second), wire("rough")},
	{"wire-break", "every connection is reset", holds(0, 0), wireBreak},
	{"wire-refuse", "one gateway refuses connections", holds(500*time.Millisecond, 4*time.Second), wireOne("refuse=1:100ms")},
	{"wire-swallow", "all bytes to and from one gateway vanish", holds(500*time.Millisecond, 4*time.Second), wireOne("half-open=1:4s")},
	{"dial-storm", "two thousand connections that say nothing", holds(500*time.Millisecond, 3*time.Second), dialStorm},
	{"operator-month", "a month of another programme is disbursed to every family", holds(0, 0), operatorMonth},
	{"operator-cards", "ten families that shop get other cards", holds(0, 0), operatorCards},
	{"operator-batches", "forgotten batches are closed", holds(0, 0), atOnce(closeForgotten)},
}

var faultNames = namesOf(chaosFaults)

func namesOf(all []fault) (names []string) {
	for _, f := range all {
		names = append(names, f.name)
	}
	return names
}

// faultList is for --help.
func faultList() string {
	var b strings.Builder
	b.WriteString("Faults, of Postgres unless they say otherwise:\n")
	for _, f := range chaosFaults {
		fmt.Fprintf(&b, "  %-18s  %s\n", f.name, f.says)
	}
	return b.String()
}

// nemeses are those that were asked for and can be had here; left has the others that were asked for, and why.
func (w *chaosWorld) nemeses() (all []chaos.Nemesis, left map[string]string) {
	wanted, _ := w.cmd.wanted(faultNames) // checked before the world was made
	left = map[string]string{}
	for _, name := range wanted {
		for _, f := range chaosFaults {
			if f.name != name {
				continue
			}
			n, err := f.make(w)
			if err != nil {
				left[f.name] = err.Error()
				continue
			}
			n.Name, n.Hold = f.name, f.hold
			all = append(all, n)
		}
	}
	return all, left
}

// atOnce is a nemesis that lasts no longer than its injection.
func atOnce(do func(*chaosWorld, context.Context) error) func(*chaosWorld) (chaos.Nemesis, error) {
	return func(w *chaosWorld) (chaos.Nemesis, error) {
		return chaos.Nemesis{Inject: func(ctx context.Context, _ *rand.Rand) error { return do(w, ctx) }}, nil
	}
}

// held undoes once for each time that it was taken, however often it is asked.
type held struct {
	mu   sync.Mutex
	n    int
	undo func(context.Context) error
}

func (h *held) take() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n++
}

func (h *held) heal(ctx context.Context) (err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ; h.n > 0 && err == nil; h.n-- {
		err = h.undo(ctx)
	}
	return err
}

// hold is a nemesis whose injection returns what ends it.
func hold(take func(ctx context.Context, random *rand.Rand) (release func(), err error)) chaos.Nemesis {
	var mu sync.Mutex
	var releases []func()
	return chaos.Nemesis{
		Inject: func(ctx context.Context, random *rand.Rand) error {
			release, err := take(ctx, random)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			releases = append(releases, release)
			return nil
		},
		Heal: func(context.Context) error {
			mu.Lock()
			defer mu.Unlock()
			for _, release := range releases {
				release()
			}
			releases = nil
			return nil
		},
	}
}
