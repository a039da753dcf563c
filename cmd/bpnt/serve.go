package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os/signal"
	"syscall"

	"github.com/coreos/go-systemd/v22/daemon"

	"bpnt/gateway"
)

type serveCmd struct {
	storage
	Config   string     `help:"Links and limits (TOML); without it one EDC link on 127.0.0.1:8583."`
	Admin    string     `default:"127.0.0.1:9583" help:"Address of /metrics, /healthz and /readyz; empty for none."`
	Disk     string     `help:"Folder whose disk is watched (bpnt_disk_free_bytes); the private Postgres's where not given."`
	LogLevel slog.Level `default:"info" help:"debug, info, warn or error."`
	LogJSON  bool       `name:"log-json" help:"Log JSON lines."`
}

func (serveCmd) Help() string {
	return `Stops on SIGTERM or Ctrl-C: takes nothing new, answers what it has, flushes the lanes. A second signal ends it at once,
which is safe too: what was not answered is settled by the terminals' reversals.

Sockets that systemd opened (LISTEN_FDS) are used in the place of own ones: FileDescriptorName is the name of the link, or
"admin". They stay open while bpnt is restarted, so that nobody is refused (deploy/bpnt.socket).

  bpnt serve --database-url postgres://bpnt@db/bpnt --keys /etc/bpnt/keys --config /etc/bpnt/links.toml`
}

func (c *serveCmd) Run(ctx context.Context, s *streams) (err error) {
	signal.Ignore(syscall.SIGPIPE) // of a log whose reader is gone
	log := newPatientLog(s.err)
	defer log.close()
	patient := *s
	patient.err = log
	return c.serve(ctx, &patient)
}

func (c *serveCmd) serve(ctx context.Context, s *streams) (err error) {
	config, err := c.links()
	if err != nil {
		return err
	}
	sockets, err := inherited()
	if err != nil {
		return err
	}
	if err := harden(); err != nil {
		return err
	}
	keys, err := loadKeys(c.keysDir())
	if err != nil {
		return err
	}
	url, stop, err := c.database(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	h, err := startHost(ctx, url, cmp.Or(c.Disk, c.disk()), keys, config, c.Admin, sockets, c.logger(s))
	if err != nil {
		return err
	}
	notify(daemon.SdNotifyReady)
	aside, done := context.WithCancel(ctx)
	defer done()
	go watchdog(aside)
	select {
	case <-ctx.Done():
		notify(daemon.SdNotifyStopping)
	case <-h.ended:
	}
	return h.close()
}

func (c *serveCmd) links() (gateway.Config, error) {
	if c.Config == "" {
		return gateway.DefaultConfig(), nil
	}
	config, err := gateway.LoadConfig(c.Config)
	if err != nil {
		return config, usage("--config %s: %w", c.Config, err)
	}
	return config, nil
}

func (c *serveCmd) logger(s *streams) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogJSON {
		return slog.New(slog.NewJSONHandler(s.err, options))
	}
	return slog.New(slog.NewTextHandler(s.err, options))
}

// notify tells systemd, where it is there. Nobody else waits for it.
func notify(state string) { _, _ = daemon.SdNotify(false, state) }

// watchdog tells systemd twice per interval that the process lives, where the unit asks for it.
func watchdog(ctx context.Context) {
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil || interval == 0 {
		return
	}
	every(ctx, interval/2, func() { notify(daemon.SdNotifyWatchdog) })
}
