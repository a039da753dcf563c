package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

type baselinesCmd struct {
	area
	Rounds   int               `default:"3" help:"How often everything is measured; the result is the median."`
	Duration time.Duration     `default:"10s" help:"Time of each measurement."`
	Only     []string          `placeholder:"LETTERS" help:"Measure only these: a,g."`
	Lines    int               `default:"16" help:"Concentrators' lines of measurement h."`
	Set      map[string]string `placeholder:"NAME=VALUE;..." help:"Postgres settings over those of a private server."`
	Report   string            `type:"path" placeholder:"FILE" help:"Write the result as a page with bars (HTML) too."`
	JSON     bool              `help:"Print the result as JSON."`
}

func (baselinesCmd) Help() string {
	return `One private Postgres, one run, back to back in each round; ratios are to pgbench in the same round, and the result is
the median of the rounds. What is measured:

  a  pgbench's TPC-B, prepared, 32 clients
  b  a transaction per message: SELECT FOR UPDATE, UPDATE, INSERT; 32 connections
  c  a transaction per message: one statement with a conditional UPDATE; 32 connections
  d  one statement per batch of 50, 200, 500 on the same small tables; 2 connections
  e  the ledger's post() alone, batches of 60, 200, 500, all buckets at once
  f  the gateway with batches of one, a terminal for each outlet
  g  the gateway with lanes, the same terminals
  h  the gateway with lanes, --terminals (1000) behind concentrators
  i  the codec, ours and moov's message on its stock BCD: one purchase read and written

b to d do a part of the job without its wire; f to h are terminals, gateway and Postgres, each in processes of its own, so that
processor time can be told apart. Afterwards the books are held against the terminals and audited.

  bpnt loadtest baselines
  bpnt loadtest baselines --only a,g --rounds 5 --duration 15s --report baselines.html
  bpnt loadtest baselines --only e --set "wal_compression=off"`
}

// The least that the measurements need: batches of 500 different cards in each bucket and on each connection, with room.
const (
	baselineFamiliesMin = 2000
	baselineTerminals   = 1000
	baselineLetters     = "abcdefghi"
)

func (c *baselinesCmd) Run(ctx context.Context, s *streams) (err error) {
	if err := c.validate(); err != nil {
		return err
	}
	w, err := c.build(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	result, err := w.measureAll(ctx, s)
	if err != nil {
		return err
	}
	if err := w.prove(ctx, s, result); err != nil {
		return err
	}
	return c.publish(s, result)
}

func (c *baselinesCmd) validate() error {
	if c.Rounds < 1 || c.Duration < 100*time.Millisecond {
		return usage("--rounds must be at least 1 and --duration at least 100ms")
	}
	if c.Families < baselineFamiliesMin {
		return usage("--families must be at least %d: the largest batches need as many different cards", baselineFamiliesMin)
	}
	if c.Terminals == 0 {
		c.Terminals = max(baselineTerminals, c.Outlets)
	}
	if c.Lines < 1 || c.Terminals < c.Lines {
		return usage("--lines must be at least 1 and --terminals at least --lines")
	}
	for _, letter := range c.Only {
		if len(letter) != 1 || !strings.Contains(baselineLetters, letter) {
			return usage("--only takes letters from a to i, such as a,g; %q is none (--help lists them)", letter)
		}
	}
	return checkPage(c.Report)
}

// wants tells whether one of these measurements is asked for.
func (c *baselinesCmd) wants(letters string) bool {
	return len(c.Only) == 0 || slices.ContainsFunc(c.Only, func(l string) bool { return strings.Contains(letters, l) })
}

// measureAll goes through all measurements in every round, and shows each as it comes.
func (w *baselineWorld) measureAll(ctx context.Context, s *streams) (*baselineResult, error) {
	result := &baselineResult{Families: w.cmd.Families, Outlets: w.cmd.Outlets}
	var err error
	if result.Environment, err = w.environment(ctx); err != nil {
		return nil, err
	}
	for round := range w.cmd.Rounds {
		var pgbench float64
		for _, m := range w.measurements() {
			f, err := m.run(ctx)
			if ctx.Err() != nil {
				return nil, errors.New("broken off: there are no medians to show")
			}
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", m.letter, m.name, err)
			}
			if m.letter == "a" {
				pgbench = f[perSecond]
			}
			f.relate(pgbench, result.Environment.CPUs)
			result.add(m.letter, m.name, f)
			s.say("round %d  %s  %s", round+1, m.letter, f.line(m.name))
		}
	}
	result.conclude()
	return result, nil
}
