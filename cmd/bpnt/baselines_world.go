package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"bpnt/gateway/pin"
	"bpnt/ledger"
	"bpnt/ledger/baseline"
	"bpnt/ledger/localpg"
	"bpnt/loadtest"
)

// baselineWorld is the one server on which everything is measured, with a ledger, the small tables of package baseline
// and pgbench's on it, as far as the measurements need them.
type baselineWorld struct {
	cmd     *baselinesCmd
	streams *streams
	dir     string
	jakarta ledger.Jakarta
	server  *localpg.Server
	meter   *ledger.Meter
	undo    []func() error // what close has to do, in this order backwards

	// Of the ledger; nil where nobody measures it.
	keys     *pin.Keystore
	operator *ledger.Ledger
	before   ledger.AuditReport // less what was posted without a terminal
	fleet    []loadtest.Outlet  // one terminal for each outlet
	crowd    []loadtest.Outlet  // those of measurement h
	runs     []*loadtest.Report
	alone    *postAlone

	small *baseline.Books // nil likewise
	codec *codecPair
}

const pgbenchDatabase = "pgbench"

// build starts the server and fills it. What was begun is undone where it fails.
func (c *baselinesCmd) build(ctx context.Context, s *streams) (w *baselineWorld, err error) {
	w = &baselineWorld{cmd: c, streams: s}
	if w.jakarta, err = c.jakarta(); err != nil {
		return nil, err
	}
	if err = w.fill(ctx); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *baselineWorld) fill(ctx context.Context) error {
	if err := w.start(ctx); err != nil {
		return err
	}
	for _, part := range []struct {
		letters string
		make    func(context.Context) error
	}{
		{"a", w.makePgbench}, {"bcd", w.makeSmall}, {"efgh", w.makeLedger}, {"i", w.makeCodec},
	} {
		if !w.cmd.wants(part.letters) {
			continue
		}
		if err := part.make(ctx); err != nil {
			return err
		}
	}
	return nil
}

// close undoes everything, the latest first.
func (w *baselineWorld) close() (err error) {
	for len(w.undo) > 0 {
		last := len(w.undo) - 1
		err = errors.Join(err, w.undo[last]())
		w.undo = w.undo[:last]
	}
	return err
}

func (w *baselineWorld) later(undo func()) {
	w.undo = append(w.undo, func() error { undo(); return nil })
}

// start makes a folder and runs the private server in it, durable as always.
func (w *baselineWorld) start(ctx context.Context) (err error) {
	if w.dir, err = os.MkdirTemp("", "bpnt-baselines-"); err != nil {
		return err
	}
	w.undo = append(w.undo, func() error { return os.RemoveAll(w.dir) })
	if err := os.Chmod(w.dir, 0o755); err != nil { // root's Postgres runs as somebody else
		return err
	}
	w.server, err = localpg.Start(ctx, localpg.Config{DataDir: filepath.Join(w.dir, "postgres"), Settings: w.cmd.Set})
	if err != nil {
		return fmt.Errorf("the private Postgres did not start: %w", err)
	}
	w.undo = append(w.undo, func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		return w.server.Stop(ctx)
	})
	if err := w.server.EnsureDatabase(ctx, databaseName); err != nil {
		return err
	}
	if w.meter, err = ledger.OpenMeter(ctx, w.server.URL(databaseName)); err == nil {
		w.undo = append(w.undo, func() error { return w.meter.Close(context.WithoutCancel(ctx)) })
	}
	return err
}

// makePgbench fills pgbench's own tables, at scale 20 where there are at least 200,000 families.
func (w *baselineWorld) makePgbench(ctx context.Context) error {
	if err := w.server.EnsureDatabase(ctx, pgbenchDatabase); err != nil {
		return err
	}
	scale := max(1, min(20, w.cmd.Families/10_000))
	_, err := w.pgbench(ctx, "-i", "-q", "-s", strconv.Itoa(scale))
	w.streams.say("pgbench's tables: scale %d", scale)
	return err
}

// makeSmall makes the tables of package baseline, with the same cards as the ledger's.
func (w *baselineWorld) makeSmall(ctx context.Context) (err error) {
	cards := make([]baseline.Card, w.jakarta.Families)
	for i := range cards {
		// Any scattered hash and any value of a PIN will do: these tables know no keys.
		digits := w.jakarta.Card(i).PAN
		cards[i] = baseline.Card{PAN: scattered(digits), PINValue: int32(i%999_999) + 1}
	}
	if w.small, err = baseline.Make(ctx, w.server.URL(databaseName), cards); err != nil {
		return err
	}
	w.later(w.small.Close)
	w.streams.say("small tables: %d families", len(cards))
	return nil
}

// makeLedger makes a ledger whose families can pay for everything that is measured.
func (w *baselineWorld) makeLedger(ctx context.Context) (err error) {
	if w.keys, err = loadOrCreateKeys(w.streams, w.keysDir()); err != nil {
		return err
	}
	url := w.server.URL(databaseName)
	if err := ledger.Migrate(ctx, url, ledger.MigrateOptions{KeyFingerprint: w.keys.Fingerprint()}); err != nil {
		return err
	}
	w.operator, err = ledger.Open(ctx, ledger.Options{URL: url, Role: ledger.RoleOperator, AppName: "bpnt baselines"})
	if err != nil {
		return err
	}
	w.later(w.operator.Close)
	if err := seed(ctx, w.streams, w.operator, w.keys, w.jakarta, demoLink); err != nil {
		return err
	}
	if _, err := disburse(ctx, w.streams, w.operator, "BPNT", 0, baselineGrant, int64(w.jakarta.Families)); err != nil {
		return err
	}
	if err := ledger.Tidy(ctx, url); err != nil {
		return err
	}
	if w.before, err = w.operator.Audit(ctx, nil); err != nil {
		return err
	}
	return w.makeFleets(ctx)
}

const (
	baselineGrant = 90_000_000 // whole rupiah a family: no run can spend it
	baselineFunds = 2_000_000  // of which terminals let it spend so much in each run
)

func (w *baselineWorld) keysDir() string { return filepath.Join(w.dir, "keys") }

// environment is this machine and what its Postgres is told.
func (w *baselineWorld) environment(ctx context.Context) (*loadtest.Environment, error) {
	e := loadtest.NewEnvironment(commandLine(os.Args))
	version, settings, err := w.meter.Server(ctx)
	e.Postgres = version
	for _, set := range settings {
		e.Settings = append(e.Settings, loadtest.Setting(set))
	}
	return e, err
}
