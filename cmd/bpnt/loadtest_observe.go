package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"bpnt/ledger"
	"bpnt/loadtest"
)

// observer measures beside a load test what the wire does not show: the bare commit, processor time by process, growth of
// log and database, and the gateway's own figures.
type observer struct {
	page          metricsPage
	parties       []party
	unseen        []string
	probe         *ledger.Probe // nil for none
	meter         *ledger.Meter // nil for none
	before, after reading
}

// party is a process, or several, whose processor time is asked for.
type party struct {
	name  string
	usage func() (loadtest.Usage, error)
}

// observed says where to look. What is empty is not looked at.
type observed struct {
	url      string // of the database
	dataDir  string // of the private Postgres, whose processes are on this machine
	admin    string // host:port of the gateway's admin page
	gateway  int    // process id of the gateway
	together bool   // the gateway is in this process
	probe    bool   // time bare commits
}

// newObserver connects where there is something to see. What cannot be seen is in the report and stops nobody.
func newObserver(ctx context.Context, w observed) (*observer, error) {
	o := &observer{page: metricsPage(w.admin)}
	if err := o.check(ctx, w); err != nil {
		return nil, err
	}
	o.watchProcesses(w)
	if w.url == "" {
		o.missing("bare commit, WAL and database: no --data-dir with a running Postgres, no --database-url")
		return o, nil
	}
	var err error
	if o.meter, err = ledger.OpenMeter(ctx, w.url); err != nil {
		return nil, err
	}
	if !w.probe {
		return o, nil
	}
	if o.probe, err = ledger.OpenProbe(ctx, w.url); err != nil {
		o.missing("bare commit: %v", err)
	}
	return o, nil
}

// check refuses what was asked for and is not there, so that nobody waits for a run to learn it.
func (o *observer) check(ctx context.Context, w observed) error {
	if w.admin != "" {
		if _, err := o.page.fetch(ctx); err != nil {
			return usage("--admin %s: %w", w.admin, err)
		}
	}
	if w.gateway != 0 {
		if _, err := loadtest.ProcessUsage(w.gateway); err != nil {
			return usage("--gateway-pid %d: %w", w.gateway, err)
		}
	}
	return nil
}

func (o *observer) missing(format string, args ...any) {
	o.unseen = append(o.unseen, fmt.Sprintf(format, args...))
}

func (o *observer) watchProcesses(w observed) {
	self := party{"load generator", loadtest.SelfUsage}
	if w.together {
		self.name = "load generator and gateway (one process)"
	}
	o.parties = append(o.parties, self)
	switch {
	case w.gateway > 0:
		o.parties = append(o.parties, party{"gateway", func() (loadtest.Usage, error) { return loadtest.ProcessUsage(w.gateway) }})
	case !w.together:
		o.missing("the gateway's processor time: --gateway-pid names its process")
	}
	if pid := postmaster(w.dataDir); pid > 0 {
		o.parties = append(o.parties, party{"Postgres", func() (loadtest.Usage, error) { return loadtest.TreeUsage(pid) }})
	} else {
		o.missing("Postgres's processor time: --data-dir names the folder of one that runs on this machine")
	}
	if w.admin == "" {
		o.missing("stages and round trips: --admin names the gateway's admin page")
	}
}

// postmaster is the process id of the private Postgres in a data folder; 0 where none runs.
func postmaster(dataDir string) int {
	text, err := os.ReadFile(filepath.Join(dataDir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return 0
	}
	return pid
}

// into hangs the observer into a run's configuration. A nil observer sees nothing.
func (o *observer) into(ctx context.Context, cfg *loadtest.Config) {
	if o == nil {
		return
	}
	if o.probe != nil {
		cfg.Probe = o.probe.Commit
	}
	cfg.Measured = func(begun bool) {
		r := o.read(context.WithoutCancel(ctx))
		if begun {
			o.before, o.after = r, reading{}
		} else {
			o.after = r
		}
	}
}

// complete adds to a report what was seen during its measured time.
func (o *observer) complete(ctx context.Context, report *loadtest.Report) {
	if o == nil {
		return
	}
	report.Environment = loadtest.NewEnvironment(commandLine(os.Args))
	if o.meter != nil {
		version, settings, err := o.meter.Server(ctx)
		if err != nil {
			o.missing("Postgres's version and settings: %v", err)
		}
		report.Environment.Postgres = version
		for _, s := range settings {
			report.Environment.Settings = append(report.Environment.Settings, loadtest.Setting(s))
		}
	}
	report.Cost = o.cost(report)
}

// close ends the connections and removes the probe's table.
func (o *observer) close(ctx context.Context) (err error) {
	if o.probe != nil {
		err = o.probe.Close(ctx)
	}
	if o.meter != nil {
		err = errors.Join(err, o.meter.Close(ctx))
	}
	return err
}
