package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"
	"time"

	"bpnt/ledger/disturb"
	"bpnt/ledger/localpg"
)

// chaosPostgres is a private Postgres that is started again whenever it has ended, as a service manager would, unless
// it is held down.
type chaosPostgres struct {
	config localpg.Config
	url    string

	mu     sync.Mutex // one who starts or stops it at a time
	server *localpg.Server
	frozen []int // processes that were stopped; they may have ended
	down   int   // how many want it to stay down
	starts int

	stop    context.CancelFunc
	watcher sync.WaitGroup
}

// chaosSettings are a small durable server: its disk is small too, so WAL must be given back soon.
func chaosSettings() map[string]string {
	settings := localpg.TestSettings()
	settings["fsync"] = "on"
	settings["max_wal_size"], settings["min_wal_size"] = "96MB", "32MB"
	settings["restart_after_crash"] = "on"
	return settings
}

func startChaosPostgres(ctx context.Context, dir string, env []string) (*chaosPostgres, error) {
	p := &chaosPostgres{config: localpg.Config{DataDir: dir, Settings: chaosSettings(), EndWithParent: true, Env: env}}
	var err error
	if p.server, err = localpg.Start(ctx, p.config); err != nil {
		return nil, err
	}
	if err := p.server.EnsureDatabase(ctx, databaseName); err != nil {
		return nil, errors.Join(err, p.server.Kill())
	}
	p.url, p.starts = p.server.URL(databaseName), 1
	ctx, p.stop = context.WithCancel(context.WithoutCancel(ctx))
	p.watcher.Go(func() { every(ctx, superviseEvery, func() { p.supervise(ctx) }) })
	return p, nil
}

// superviseEvery is how often a process that ended is noticed.
const superviseEvery = 100 * time.Millisecond

// supervise starts it where it has ended and nobody holds it down. A start that fails, as on a full disk, is tried
// again.
func (p *chaosPostgres) supervise(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server != nil && lives(p.server.Pid()) || p.down > 0 || ctx.Err() != nil {
		return
	}
	p.bury()
	ctx, cancel := context.WithTimeout(ctx, chaosRecovery)
	defer cancel()
	if server, err := localpg.Start(ctx, p.config); err == nil {
		p.server = server
		p.starts++
	}
}

// bury lets go of a server that has ended, or ends it. What was frozen must run to notice that its postmaster is gone.
func (p *chaosPostgres) bury() {
	if p.server == nil {
		return
	}
	pids := append(children(p.server.Pid()), p.frozen...)
	signalAll(syscall.SIGKILL, p.server.Pid())
	signalAll(syscall.SIGCONT, pids...)
	_ = p.server.Kill() // waits for its processes; the next start is patient with those that linger
	p.server, p.frozen = nil, nil
}

// hold keeps it down until unhold.
func (p *chaosPostgres) hold(end func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down++
	end()
}

func (p *chaosPostgres) unhold(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = max(0, p.down-1)
	return nil
}

// kill is SIGKILL to the postmaster; it stays down until unhold.
func (p *chaosPostgres) kill(context.Context, *rand.Rand) error {
	p.hold(p.bury)
	return nil
}

// immediate is a stop without a checkpoint: the next start recovers.
func (p *chaosPostgres) immediate(context.Context, *rand.Rand) error {
	p.hold(func() { p.shutdown(syscall.SIGQUIT) })
	return nil
}

// fast is an operator's restart: sessions are ended, what is open is rolled back, a checkpoint is written.
func (p *chaosPostgres) fast(context.Context, *rand.Rand) error {
	p.hold(func() { p.shutdown(syscall.SIGINT) })
	return nil
}

// shutdownMax is how long a stop may take before it becomes a kill, as service managers have it.
const shutdownMax = 5 * time.Second

func (p *chaosPostgres) shutdown(signal syscall.Signal) {
	if p.server == nil {
		return
	}
	p.continueAll()
	pid := p.server.Pid()
	signalAll(signal, pid)
	for end := time.Now().Add(shutdownMax); lives(pid) && time.Now().Before(end); {
		time.Sleep(superviseEvery / 10)
	}
	p.bury()
}

// backend kills one server process that serves a session, whatever it is doing: the postmaster then ends all others,
// and recovers.
func (p *chaosPostgres) backend(_ context.Context, random *rand.Rand) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil {
		return disturb.ErrAway
	}
	pids := children(p.server.Pid())
	if len(pids) == 0 {
		return errors.New("there is no session")
	}
	signalAll(syscall.SIGKILL, pids[random.IntN(len(pids))])
	return nil
}

// freeze stops the postmaster, so that there are no new processes, and then all others.
func (p *chaosPostgres) freeze(context.Context, *rand.Rand) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil {
		return disturb.ErrAway
	}
	signalAll(syscall.SIGSTOP, p.server.Pid())
	p.frozen = append(children(p.server.Pid()), p.server.Pid())
	signalAll(syscall.SIGSTOP, p.frozen...)
	return nil
}

func (p *chaosPostgres) thaw(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.continueAll()
	return nil
}

func (p *chaosPostgres) continueAll() {
	signalAll(syscall.SIGCONT, p.frozen...)
	p.frozen = nil
}

// close ends it for good.
func (p *chaosPostgres) close() error {
	p.stop()
	p.watcher.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil {
		return nil
	}
	p.continueAll()
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := p.server.Stop(ctx); err != nil {
		return fmt.Errorf("the private Postgres at the end of the campaign: %w", err)
	}
	return nil
}
