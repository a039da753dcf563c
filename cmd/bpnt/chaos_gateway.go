package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// chaosGateway is a gateway in a process of its own, which is started again whenever it has ended, unless it is held
// down.
type chaosGateway struct {
	gatewayChild // edc and admin; its cmd and ended are those of the process that runs now
	program      string
	args         []string
	log          *os.File
	counters     *gatewayCounters

	pid     atomic.Int64 // of the process that runs: it may be frozen and thawed while somebody waits for its end
	frozen  atomic.Bool
	freezes atomic.Int64
	hung    atomic.Int64 // how often it did not drain in time although nobody froze it

	mu     sync.Mutex
	down   int
	starts int
	begun  time.Time // of the process that runs

	stop    context.CancelFunc
	watcher sync.WaitGroup
}

// startChaosGateway runs gateway n on free ports and waits until it is ready.
func startChaosGateway(ctx context.Context, w *chaosWorld, n int) (*chaosGateway, error) {
	addresses, err := freeAddresses(ctx, 2)
	if err != nil {
		return nil, err
	}
	g := &chaosGateway{gatewayChild: gatewayChild{edc: addresses[0], admin: addresses[1]}}
	if g.program, err = os.Executable(); err != nil {
		return nil, err
	}
	config := filepath.Join(w.dir, fmt.Sprintf("links-%d.toml", n))
	if err := os.WriteFile(config, []byte(w.linksFile(g.edc)), 0o600); err != nil {
		return nil, err
	}
	if g.log, err = os.Create(filepath.Join(w.dir, fmt.Sprintf("gateway-%d.log", n))); err != nil {
		return nil, err
	}
	g.args = []string{
		"serve", "--database-url", w.server.url, "--keys", w.keysDir(), "--config", config, "--admin", g.admin,
		"--log-level", "warn",
	}
	g.counters = newGatewayCounters(metricsPage(g.admin))
	if err := g.run(); err != nil {
		return nil, errors.Join(err, g.log.Close())
	}
	ctx, g.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := g.await(ctx); err != nil {
		return nil, errors.Join(err, g.end(syscall.SIGKILL), g.log.Close())
	}
	g.watcher.Go(func() { every(ctx, superviseEvery, g.supervise) })
	g.watcher.Go(func() { g.counters.watch(ctx) })
	return g, nil
}

// linksFile is the default link with a deadline below the patience of these terminals, and attempts that are shorter
// still, so that faults of seconds make unknown outcomes.
func (w *chaosWorld) linksFile(edc string) string {
	deadline := w.cmd.Timeout * 2 / 3
	return fmt.Sprintf(`[[link]]
name = %q
listen = %q
deadline = %q
[link.dialect]
amount_decimals = 2
pan_pad = "left"
[limits]
attempt = %q
lookup = "1s"
shutdown = "5s"
`, demoLink, edc, deadline, deadline/2)
}

// run starts the process.
func (g *chaosGateway) run() error {
	g.cmd = exec.Command(g.program, g.args...)
	g.cmd.Stdout, g.cmd.Stderr = g.log, g.log
	g.cmd.SysProcAttr = tied(&syscall.SysProcAttr{Setpgid: true})
	g.ended = make(chan error, 1)
	started := make(chan error)
	cmd, ended := g.cmd, g.ended
	go func() {
		defer keepThread()()
		err := cmd.Start()
		if err == nil {
			g.pid.Store(int64(cmd.Process.Pid))
		}
		started <- err
		if err == nil {
			err = cmd.Wait()
			g.pid.CompareAndSwap(int64(cmd.Process.Pid), 0) // the number may be somebody else's now
		}
		ended <- err
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("run a gateway: %w", err)
	}
	g.starts, g.begun = g.starts+1, time.Now()
	return nil
}

// restartPause is the least time between two starts, as service managers have it.
const restartPause = 500 * time.Millisecond

// supervise starts the process where it has ended and nobody holds it down. While the database is away it ends again.
func (g *chaosGateway) supervise() {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case err := <-g.ended:
		g.ended <- err
	default:
		return
	}
	if g.down == 0 && time.Since(g.begun) > restartPause {
		g.counters.died()
		_ = g.run() // tried again
	}
}

// hold ends the process by a signal; it stays down until unhold.
func (g *chaosGateway) hold(signal syscall.Signal) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.down++
	return g.end(signal)
}

func (g *chaosGateway) unhold() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.down = max(0, g.down-1)
}

// drainMax is how long a gateway may take to end by SIGTERM: its own limit, and what Postgres may make it wait.
const drainMax = 15 * time.Second

// end signals and waits. A process that is frozen, or does not drain in time, is killed.
func (g *chaosGateway) end(signal syscall.Signal) error {
	before, cold := g.freezes.Load(), g.frozen.Load()
	_ = g.cmd.Process.Signal(signal) // it may have ended: Wait says how
	select {
	case err := <-g.ended:
		g.ended <- err
		return err
	case <-time.After(drainMax):
	}
	if !cold && g.freezes.Load() == before {
		g.hung.Add(1)
	}
	_ = g.cmd.Process.Kill()
	err := <-g.ended
	g.ended <- err
	return fmt.Errorf("the gateway did not end within %v of %v: %w", drainMax, signal, err)
}

func (g *chaosGateway) freeze() {
	g.freezes.Add(1)
	g.frozen.Store(true)
	signalAll(syscall.SIGSTOP, int(g.pid.Load()))
}

func (g *chaosGateway) thaw() {
	g.frozen.Store(false)
	signalAll(syscall.SIGCONT, int(g.pid.Load()))
}

// close drains it for good; it must end cleanly, since nothing is broken any more.
func (g *chaosGateway) close() error {
	g.stop()
	g.watcher.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.thaw()
	err := g.end(syscall.SIGTERM)
	if err != nil {
		err = fmt.Errorf("a gateway at the end of the campaign: %w", err)
	}
	return errors.Join(err, g.log.Close())
}
