package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"bpnt/gateway/pin"
	"bpnt/ledger"
	"bpnt/ledger/disturb"
	"bpnt/loadtest"
	"bpnt/loadtest/faults"
	"bpnt/loadtest/linear"
)

// chaosWorld is the estate of one campaign, in a folder of its own:
//
//	terminals ─► proxy ─► gateway 1 ─┐
//	         └─► proxy ─► gateway 2 ─┴─► Postgres on a disk of its own
type chaosWorld struct {
	cmd      *chaosCmd
	streams  *streams
	seed     uint64
	dir      string
	jakarta  ledger.Jakarta
	disk     *chaosDisk
	clock    *chaosClock
	server   *chaosPostgres
	keys     *pin.Keystore
	books    *ledger.Ledger
	stranger disturb.Database
	gateways []*chaosGateway
	proxies  []*faults.Proxy
	fleet    []loadtest.Outlet
	witness  *linear.Witness // of what a share of the families see

	before   ledger.AuditReport
	load     *loadtest.Report // when Play has returned
	approved atomic.Int64     // so far, as terminals saw it
	lastLook atomic.Int64     // violations of the last audit; -1 while there was none

	undo []func() error // what close has to do, in this order backwards
}

// The gateways of a campaign and what families have, in whole rupiah.
const (
	chaosGateways  = 2
	chaosProgramme = "BPNT"
	chaosPittance  = 20_000  // for a month without a rule
	chaosMonth     = 200_000 // for one with
	chaosMonths    = 10      // of those, but for every eighth family
	chaosPoor      = 8
)

// build makes the world. What was begun is undone where it fails.
func (c *chaosCmd) build(ctx context.Context, s *streams, seed uint64) (w *chaosWorld, err error) {
	w = &chaosWorld{cmd: c, streams: s, seed: seed, witness: linear.NewWitness()}
	w.lastLook.Store(auditNone)
	area := area{Seed: seed, Families: c.Families, Outlets: (c.Terminals + 1) / 2, Terminals: c.Terminals}
	if w.jakarta, err = area.jakarta(); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{
		w.makeFolder, w.startPostgres, w.makeLedger, w.startGateways, w.startProxies, w.makeFleet,
	} {
		if err = step(ctx); err != nil {
			return nil, errors.Join(err, w.stop(), w.remove(false))
		}
	}
	return w, nil
}

// stop ends everything that runs, the latest first. Gateways that do not drain cleanly by now are an error.
func (w *chaosWorld) stop() (err error) {
	for len(w.undo) > 0 {
		last := len(w.undo) - 1
		err = errors.Join(err, w.undo[last]())
		w.undo = w.undo[:last]
	}
	return err
}

// remove takes disk and folder away. What is on the disk in memory is copied out where it shall be kept.
func (w *chaosWorld) remove(keep bool) (err error) {
	if w.disk != nil {
		err = w.disk.close(keep)
	}
	if keep || w.dir == "" {
		return err
	}
	return errors.Join(err, os.RemoveAll(w.dir))
}

func (w *chaosWorld) later(undo func() error) { w.undo = append(w.undo, undo) }

func (w *chaosWorld) makeFolder(context.Context) (err error) {
	if w.dir, err = os.MkdirTemp(w.cmd.Dir, "bpnt-chaos-"); err != nil {
		return usage("the campaign's folder cannot be made (--dir names another place): %w", plain(err))
	}
	if err := os.Chmod(w.dir, 0o755); err != nil { // root's Postgres runs as somebody else
		return err
	}
	w.disk, err = newChaosDisk(filepath.Join(w.dir, "postgres"), w.diskBytes())
	return err
}

// diskBytes holds an area's books, their WAL, what is sold during the campaign, and little else.
func (w *chaosWorld) diskBytes() int64 {
	const empty, family, sale = 256 << 20, 16 << 10, 4 << 10
	return empty + int64(w.cmd.Families)*family + int64(w.cmd.Rate*w.cmd.Duration.Seconds())*sale
}

func (w *chaosWorld) startPostgres(ctx context.Context) (err error) {
	w.clock = newChaosClock(w.cmd.Faketime, filepath.Join(w.dir, "clock"))
	w.server, err = startChaosPostgres(ctx, w.disk.dir, w.clock.env())
	if err != nil {
		return fmt.Errorf("the private Postgres did not start: %w", err)
	}
	w.later(w.server.close)
	w.stranger = disturb.Database(w.server.url)
	return nil
}

// makeLedger makes the books, and pays the families.
func (w *chaosWorld) makeLedger(ctx context.Context) (err error) {
	if err := pin.Create(w.keysDir()); err != nil {
		return err
	}
	if w.keys, err = loadKeys(w.keysDir()); err != nil {
		return err
	}
	options := ledger.MigrateOptions{Buckets: chaosBuckets, KeyFingerprint: w.keys.Fingerprint()}
	if err := ledger.Migrate(ctx, w.server.url, options); err != nil {
		return err
	}
	w.books, err = ledger.Open(ctx, ledger.Options{
		URL: w.server.url, Role: ledger.RoleOperator, AppName: "bpnt chaos", Operator: "chaos",
	})
	if err != nil {
		return err
	}
	w.later(func() error { w.books.Close(); return nil })
	if err := seed(ctx, w.quiet(), w.books, w.keys, w.jakarta, demoLink); err != nil {
		return err
	}
	if err := w.pay(ctx); err != nil {
		return err
	}
	if err := ledger.Tidy(ctx, w.server.url); err != nil {
		return err
	}
	w.before, err = w.books.Audit(ctx, nil)
	return err
}

// chaosBuckets is more than a small ledger needs, so that a lock that is held stops a part of the families only.
const chaosBuckets = 3

func (w *chaosWorld) startGateways(ctx context.Context) error {
	for n := range chaosGateways {
		g, err := startChaosGateway(ctx, w, n+1)
		if err != nil {
			return err
		}
		w.gateways = append(w.gateways, g)
		w.later(g.close)
	}
	return nil
}

// startProxies puts a fault proxy before each gateway. None of them does anything yet.
func (w *chaosWorld) startProxies(ctx context.Context) error {
	for n, g := range w.gateways {
		plan := faults.Plan{Seed: w.seed + uint64(n)}
		p, err := faults.Start(context.WithoutCancel(ctx), faults.Config{Listen: "127.0.0.1:0", Target: g.edc, Plan: plan})
		if err != nil {
			return err
		}
		w.proxies = append(w.proxies, p)
		w.later(p.Close)
	}
	return nil
}

func (w *chaosWorld) keysDir() string { return filepath.Join(w.dir, "keys") }

// quiet are streams without progress: a campaign of seconds has a line a second of its own.
func (w *chaosWorld) quiet() *streams {
	return &streams{out: &strings.Builder{}, err: &strings.Builder{}}
}

func (w *chaosWorld) tell(format string, args ...any) { w.streams.say("  "+format, args...) }

// either is one of the gateways.
func (w *chaosWorld) either(random *rand.Rand) *chaosGateway {
	return w.gateways[random.IntN(len(w.gateways))]
}
