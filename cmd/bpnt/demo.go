package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"bpnt/deploy"
	"bpnt/gateway"
	"bpnt/gateway/pin"
	"bpnt/ledger"
	"bpnt/loadtest"
)

type demoCmd struct {
	area
	mix
	DataDir  string        `help:"Folder to keep books and keys in; without it a temporary one, removed at the end."`
	Duration time.Duration `default:"20s" help:"Measured time of shopping."`
	Warmup   time.Duration `default:"1s" help:"Time before that which is not measured."`
	Amount   int64         `default:"200000" help:"Whole rupiah that each family gets."`
	BatchMax int           `default:"0" help:"Largest batch to the ledger; 1 for a gateway without group commit, 0 for the default."`
	Buckets  int           `default:"0" help:"Buckets of a new ledger; 0 for the default."`
	Listen   string        `default:"127.0.0.1:0" help:"Address of the EDC link."`
	Admin    string        `default:"127.0.0.1:0" help:"Address of /metrics, /healthz and /readyz."`
	Stay     bool          `help:"Stay up after the audit, until Ctrl-C."`
	watching
	observing
	JSON bool `help:"Print one JSON object on stdout; everything else goes to stderr."`
}

func (demoCmd) Help() string {
	return `Migrates a private Postgres, seeds and funds Jakarta's 212,948 families, starts the gateway, lets 253 terminals shop,
and audits the books against what the terminals believe. The exit status is 0 only where both agree to the rupiah.

  bpnt demo --duration 10s --json
  bpnt demo --stay --data-dir data
  bpnt demo --stay --observe
  bpnt demo --families 5000 --outlets 6 --duration 5s
  bpnt demo --workload the25th --rate 1000
  bpnt demo --rate 5000 --arrivals poisson --report report.html

` + workloads
}

// demo is one under way.
type demo struct {
	*demoCmd
	streams *streams
	jakarta ledger.Jakarta
	storage storage
	keys    *pin.Keystore
	url     string

	prometheus *deploy.Prometheus // nil where nobody looks
	nextSTAN   int32              // that no terminal has used yet, when the shop has closed
	nextBatch  int32
	fresh      bool // the books were empty: no terminal has a batch
}

func (c *demoCmd) Run(ctx context.Context, s *streams) (err error) {
	jakarta, err := c.place(c.area).jakarta()
	if err != nil {
		return err
	}
	if c.BatchMax < 0 || c.Amount < 1 {
		return usage("--batch-max must not be negative, --amount must be at least 1")
	}
	if err := c.possible(jakarta); err != nil {
		return usage("%w", err)
	}
	if err := errors.Join(checkPage(c.Report), c.observing.check(c.Admin)); err != nil {
		return err
	}
	dir, remove, err := c.folder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	c.Stay = c.Stay || c.Observe
	d := &demo{demoCmd: c, streams: s, jakarta: jakarta, storage: storage{DataDir: dir}}
	if d.keys, err = loadOrCreateKeys(s, d.storage.keysDir()); err != nil {
		return err
	}
	url, stop, err := d.storage.newDatabase(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	d.url = url
	return d.run(ctx)
}

// possible refuses what could not be run, before anything is made. The gateway has its own end of each connection.
func (c *demoCmd) possible(j ledger.Jakarta) error {
	cfg := c.load()
	return errors.Join(cfg.Validate(), loadtest.CheckFiles(2*cfg.Connections(len(c.stands(j, j.TerminalCount())))))
}

// load is what the terminals will do, but for the address.
func (c *demoCmd) load() loadtest.Config {
	cfg := c.config()
	cfg.Duration, cfg.Warmup, cfg.Funds = c.Duration, c.Warmup, c.Amount
	cfg.Settle = true // so that bpnt edc finds its terminal's batch empty
	return cfg
}

// folder is where the demo keeps its things. Postgres runs as another user where we are root, so that user must be
// able to enter; what is secret inside has a mode of its own.
func (c *demoCmd) folder() (dir string, remove func() error, err error) {
	if c.DataDir != "" {
		return c.DataDir, func() error { return nil }, os.MkdirAll(c.DataDir, 0o755)
	}
	dir, err = os.MkdirTemp("", "bpnt-demo-")
	if err != nil {
		return "", nil, err
	}
	return dir, func() error { return os.RemoveAll(dir) }, os.Chmod(dir, 0o755)
}

func (d *demo) run(ctx context.Context) error {
	if err := ledger.Migrate(ctx, d.url, ledger.MigrateOptions{Buckets: d.Buckets, KeyFingerprint: d.keys.Fingerprint()}); err != nil {
		return err
	}
	books, err := ledger.Open(ctx, ledger.Options{URL: d.url, Role: ledger.RoleOperator, AppName: "bpnt demo"})
	if err != nil {
		return err
	}
	defer books.Close()
	if err := d.fill(ctx, books); err != nil {
		return err
	}
	if err := ledger.Tidy(ctx, d.url); err != nil {
		return err
	}
	fleet, err := d.fleet(d.streams, d.jakarta, d.jakarta.TerminalCount())
	if err != nil {
		return err
	}
	return d.open(ctx, books, fleet)
}

// fill seeds an empty ledger, and funds the current month.
func (d *demo) fill(ctx context.Context, books *ledger.Ledger) error {
	_, err := books.Family(ctx, d.jakarta.FamilyID(d.jakarta.Families-1), 1)
	if errors.Is(err, ledger.ErrNotFound) {
		d.fresh = true
		err = seed(ctx, d.streams, books, d.keys, d.jakarta, demoLink)
	}
	if err != nil {
		return err
	}
	_, err = disburse(ctx, d.streams, books, "BPNT", 0, d.Amount, int64(d.jakarta.Families))
	return err
}

const demoLink = "edc"

// open starts the gateway, lets the terminals shop, and closes it again.
func (d *demo) open(ctx context.Context, books *ledger.Ledger, fleet []loadtest.Outlet) (err error) {
	config := gateway.DefaultConfig()
	config.Links[0].Name, config.Links[0].Listen = demoLink, d.Listen
	config.Links[0].Accounts = gateway.Accounts{"10": "PKH", "60": "BPNT"} // as on an Indonesian switch, for bpnt edc --account
	// All terminals come from this machine.
	config.Limits.ConnectionsPerAddress = max(config.Limits.ConnectionsPerAddress, d.load().Connections(len(fleet)))
	if d.BatchMax > 0 {
		config.Limits.BatchMax = d.BatchMax
	}
	log := slog.New(slog.NewTextHandler(d.streams.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	// The gateway outlives a Ctrl-C: the terminals must finish what they have under way.
	h, err := startHost(context.WithoutCancel(ctx), d.url, d.storage.disk(), d.keys, config, d.Admin, nil, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := d.writeProfile(h.gateway.Addr(demoLink).String()); err != nil {
		return err
	}
	stop, err := d.watch(ctx, h)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	verdict, err := d.shop(ctx, books, h, fleet)
	if err != nil {
		return err
	}
	d.hint(h)
	if d.Stay {
		err = d.stay(ctx, h, fleet)
	}
	return errors.Join(verdict, err)
}

// shop is the measured part and its proof. The verdict is nil where the books are right.
func (d *demo) shop(ctx context.Context, books *ledger.Ledger, h *host, fleet []loadtest.Outlet) (verdict, err error) {
	before, err := audited(ctx, d.streams, books)
	if err != nil {
		return nil, err
	}
	cfg := d.load()
	d.storage.takeNumbers(&cfg)
	cfg.Fresh = d.fresh
	cfg.Addr = h.gateway.Addr(demoLink).String()
	cfg.Progress, cfg.Connecting = (&live{s: d.streams}).show, connecting(d.streams, len(fleet))
	d.streams.say("%d terminals shop %s", len(fleet), lasting(cfg))
	report, err := d.watched(ctx, cfg, h, fleet)
	if err != nil {
		return nil, err
	}
	d.nextSTAN, d.nextBatch = report.NextSTAN(), report.NextBatch()
	d.storage.keepNumbers(report)
	d.streams.say("audit of the books …")
	p, err := prove(context.WithoutCancel(ctx), books, demoLink, before, report)
	if err != nil {
		return nil, err
	}
	report.Findings = p.findings()
	return p.verdict(), errors.Join(writePage(d.Report, report.WriteHTML), d.print(report, p))
}

func (d *demo) profilePath() string { return filepath.Join(d.storage.DataDir, "edc.json") }
