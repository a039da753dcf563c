package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"bpnt/loadtest/chaos"
)

type chaosCmd struct {
	Seed      uint64        `default:"1" help:"What the schedule of faults, the load and the wire's faults are drawn from."`
	Seeds     int           `default:"1" help:"So many campaigns one after the other, from --seed on; a row for each."`
	Duration  time.Duration `default:"30s" help:"Time of shopping of one campaign; in its last fifth there are no more faults."`
	Gap       time.Duration `default:"1s" help:"Mean time between two faults."`
	Only      []string      `placeholder:"FAULT" help:"These faults only, by name or by the first letters of names, such as postgres- or wire-."`
	Rate      float64       `default:"150" help:"Families per second over all terminals."`
	Families  int           `default:"3000" help:"Families of the area; every eighth has hardly any money."`
	Terminals int           `default:"48" help:"Terminals, spread over two gateways."`
	Timeout   time.Duration `default:"3s" help:"A terminal's patience with one message; the gateways' deadline is two thirds of it."`
	Faketime  string        `placeholder:"LIB" help:"libfaketime.so.1, with which Postgres's clock is made to jump; looked for where its package puts it."`
	Dir       string        `placeholder:"DIR" help:"Folder in which the private folders are made; the temporary one where not given. As root it must be open to others."`
	Keep      bool          `help:"Keep logs and books of good campaigns too."`
	Report    string        `placeholder:"FILE" help:"Write the reports as JSON, too."`
	JSON      bool          `help:"Print the reports as JSON."`
}

func (chaosCmd) Help() string {
	return `Sets up a private Postgres (as root on a small disk of its own, in memory), two gateways on one ledger and a fault proxy
before each of them, lets terminals shop, reverse, void and settle, and hurts all of it meanwhile: kills, freezes and
restarts gateways and Postgres, ends sessions, fills the disk, holds locks, breaks lines. The schedule is drawn from
--seed. With seeds 4, 8, 12 … all terminals race for the money of the same families; with seeds 2, 6, 10 … they share a
few lines. Every two seconds, and at the end, all invariants of the books are checked; at the end each sale of each
terminal is looked up in them. What must be 0 stands last. The exit status is 1 where it is not, or where the estate did
not recover; then the folder is kept, and the command that runs the seed again is printed.

  bpnt loadtest chaos --seed 7 --duration 1m
  bpnt loadtest chaos --seeds 20 --duration 3m --report chaos.json
  bpnt loadtest chaos --only postgres-kill,gateway-kill --duration 15s

` + faultList()
}

// auditEvery is the time between two audits of a campaign; recovery is what everything may take to answer again.
const (
	chaosAuditEvery = 2 * time.Second
	chaosRecovery   = 90 * time.Second
)

func (c *chaosCmd) Run(ctx context.Context, s *streams) error {
	if err := c.check(); err != nil {
		return err
	}
	var reports []*chaos.Report
	var failed error
	for i := range c.Seeds {
		report, err := c.campaign(ctx, s, c.Seed+uint64(i))
		if err != nil {
			return errors.Join(failed, err)
		}
		reports = append(reports, report)
		failed = errors.Join(failed, c.verdict(report))
		if !c.JSON {
			c.print(s, report)
		}
		if ctx.Err() != nil {
			failed = errors.Join(failed, fmt.Errorf("broken off in campaign %d of %d", i+1, c.Seeds))
			break
		}
	}
	return errors.Join(c.conclude(s, reports), failed)
}

// check refuses what cannot be run before anything is made.
func (c *chaosCmd) check() error {
	if c.Seeds < 1 || c.Terminals < 2 || c.Families < c.Terminals || c.Rate <= 0 {
		return usage("--seeds must be at least 1, --terminals 2, --families as many as --terminals, and --rate above 0")
	}
	if c.Timeout < time.Second {
		return usage("--timeout must be at least 1s")
	}
	if _, err := c.wanted(faultNames); err != nil {
		return err
	}
	if c.Faketime != "" { // a loader that does not find it goes on without, and no clock would jump
		if info, err := os.Stat(c.Faketime); err != nil || !info.Mode().IsRegular() {
			return usage("--faketime %s: there is no such file", c.Faketime)
		}
	}
	if err := c.config(0, nil).Validate(); err != nil {
		return usage("%w", err)
	}
	return checkPage(c.Report)
}

// wanted are the names that --only asks for; all where it says nothing.
func (c *chaosCmd) wanted(all []string) (names []string, err error) {
	if len(c.Only) == 0 {
		return all, nil
	}
	for _, start := range c.Only {
		before := len(names)
		for _, name := range all {
			if strings.HasPrefix(name, start) {
				names = append(names, name)
			}
		}
		if len(names) == before {
			return nil, usage("--only %s: there is no such fault; there are %s", start, strings.Join(all, ", "))
		}
	}
	return names, nil
}

func (c *chaosCmd) config(seed uint64, tell func(string, ...any)) chaos.Config {
	return chaos.Config{
		Seed: seed, Duration: c.Duration, Gap: c.Gap, Audits: chaosAuditEvery, Recovery: chaosRecovery, Tell: tell,
	}
}

// campaign is one seed, from an empty folder to a report. Its error says that it could not be played.
func (c *chaosCmd) campaign(ctx context.Context, s *streams, seed uint64) (*chaos.Report, error) {
	w, err := c.build(ctx, s, seed)
	if err != nil {
		return nil, err
	}
	warned := context.AfterFunc(ctx, func() {
		s.say("stopping; a second signal would leave %s behind, and what is mounted in it", w.dir)
	})
	defer warned()
	nemeses, left := w.nemeses()
	if len(nemeses) == 0 { // its zeros would prove nothing
		return nil, errors.Join(noneLeft(left), w.stop(), c.tidy(s, w, false))
	}
	report, err := chaos.Run(ctx, c.config(seed, w.tell), w, nemeses)
	stopped := w.stop()
	if err != nil {
		return nil, errors.Join(err, stopped, c.tidy(s, w, true))
	}
	report.LeftOut = left
	if stopped != nil {
		report.Trouble = append(report.Trouble, stopped.Error())
	}
	return report, c.tidy(s, w, c.Keep || report.Failed() != nil)
}

// noneLeft refuses a campaign of which every fault that was asked for has to be left out.
func noneLeft(left map[string]string) error {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(left)) {
		all = append(all, name+": "+left[name])
	}
	return usage("no fault that was asked for can be injected here: %s", strings.Join(all, "; "))
}

// tidy removes the campaign's folder, or says where it is.
func (c *chaosCmd) tidy(s *streams, w *chaosWorld, keep bool) error {
	if keep {
		s.say("logs and books of seed %d are kept in %s", w.seed, w.dir)
	}
	return w.remove(keep)
}

// verdict is nil for a good campaign; else it says what was wrong, and how to run it again.
func (c *chaosCmd) verdict(r *chaos.Report) error {
	if err := r.Failed(); err != nil {
		return fmt.Errorf("seed %d: %w\nrun it again with: %s", r.Seed, err, c.again(r.Seed))
	}
	return nil
}

// again is the command that plays one seed once more.
func (c *chaosCmd) again(seed uint64) string {
	line := fmt.Sprintf("bpnt loadtest chaos --seed %d --duration %v --gap %v --rate %g --families %d --terminals %d --timeout %v",
		seed, c.Duration, c.Gap, c.Rate, c.Families, c.Terminals, c.Timeout)
	if len(c.Only) > 0 {
		line += " --only " + strings.Join(c.Only, ",")
	}
	if c.Faketime != "" {
		line += " --faketime " + c.Faketime
	}
	return line
}

func (c *chaosCmd) print(s *streams, r *chaos.Report) {
	fmt.Fprintln(s.out, r.Headline())
	for _, t := range r.Tables() {
		fmt.Fprintln(s.out)
		grid(s.out, t.Sides, t.Rows)
	}
	fmt.Fprintln(s.out)
}

// conclude prints what all campaigns have in common, and writes the file.
func (c *chaosCmd) conclude(s *streams, reports []*chaos.Report) error {
	if len(reports) > 1 && !c.JSON {
		table := chaos.Summary(reports)
		grid(s.out, table.Sides, table.Rows)
	}
	var err error
	if c.JSON {
		err = printJSON(s.out, reports)
	}
	if c.Report == "" {
		return err
	}
	file, fileErr := os.Create(c.Report)
	if fileErr != nil {
		return errors.Join(err, usage("the report cannot be written: %w", plain(fileErr)))
	}
	return errors.Join(err, printJSON(file, reports), file.Close())
}
