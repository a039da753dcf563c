package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"bpnt/iso"
	"bpnt/loadtest/faults"
)

// proxyCmd is the faulty network alone, in front of any host.
type proxyCmd struct {
	Listen  string `default:"127.0.0.1:9000" help:"Where terminals, or a switch, connect to: host:port."`
	To      string `required:"" placeholder:"HOST:PORT" help:"The host that they want to reach."`
	Faults  string `default:"mobile" placeholder:"SPEC" help:"What happens to frames: mobile, rough, none, or kinds with their shares (see below)."`
	Seed    uint64 `default:"1" help:"Same seed and same order of bytes: same faults."`
	Framing string `default:"edc" enum:"edc,ascii4" help:"Length in front of a message: edc (two bytes) or ascii4 (four ASCII digits)."`
	JSON    bool   `help:"Print the counts as one JSON object at the end."`
}

func (proxyCmd) Help() string {
	return `The proxy runs until it is interrupted, says every second what it has done, and prints a table at the end. It keeps,
logs and prints nothing of what passes. What is no frame passes unchanged.

  bpnt loadtest proxy --to 127.0.0.1:8583
  bpnt loadtest proxy --listen 127.0.0.1:9000 --to 127.0.0.1:8583 --faults rough --seed 7
  bpnt loadtest proxy --to 127.0.0.1:8600 --framing ascii4 --faults cut=0.01,drop=0.02

` + faultsHelp
}

func (c *proxyCmd) Run(ctx context.Context, s *streams) error {
	plan, err := faults.ParsePlan(c.Faults)
	if err != nil {
		return usage("--faults: %w", err)
	}
	plan.Seed = c.Seed
	p, err := faults.Start(ctx, faults.Config{Listen: c.Listen, Target: c.To, Plan: plan, Framing: c.framing()})
	if err != nil {
		return usage("%w", err)
	}
	s.say("%s -> %s, faults %s, seed %d; Ctrl-C ends it", p.Addr(), c.To, plan, c.Seed)
	if answers(ctx, c.To) != nil {
		s.say("nobody listens at %s: until somebody does, every connection is reset", c.To)
	}
	watchFaults(ctx, s, p)
	if err := p.Close(); err != nil {
		return err
	}
	return c.print(s, p, plan)
}

// print is the end: the counts, and an error where nothing that passed was a frame.
func (c *proxyCmd) print(s *streams, p *faults.Proxy, plan faults.Plan) (err error) {
	frames, strange := p.Traffic()
	if c.JSON {
		err = printJSON(s.out, struct {
			Plan    string                `json:"plan"`
			Seed    uint64                `json:"seed"`
			Frames  int64                 `json:"frames"`
			Strange int64                 `json:"strange_bytes"`
			Faults  map[faults.Kind]int64 `json:"injected"`
		}{plan.String(), c.Seed, frames, strange, p.Counts()})
	} else {
		faultTable(s.out, plan, p.Counts())
		fmt.Fprintf(s.out, "%d frames passed, and %d bytes that are none\n", frames, strange)
	}
	if err == nil && frames == 0 && strange > 0 {
		err = fmt.Errorf("%d bytes passed and no frame was among them, so nothing was injected: give the link's --framing", strange)
	}
	return err
}

func (c *proxyCmd) framing() iso.Framing {
	if c.Framing == "ascii4" {
		return iso.SwitchDialect().Framing()
	}
	return iso.EDC().Framing()
}

// watchFaults shows the counts until ctx is done: one line that is redrawn on a terminal, a line now and then elsewhere.
func watchFaults(ctx context.Context, s *streams, p *faults.Proxy) {
	var shown string
	every(ctx, time.Second, func() {
		frames, strange := p.Traffic()
		line := fmt.Sprintf("%d connections, %d frames; %s", p.Connections(), frames, faultLine(p.Counts()))
		if strange > 0 {
			line += fmt.Sprintf("; %d bytes are no frames (--framing?)", strange)
		}
		switch {
		case s.tty:
			fmt.Fprintf(s.err, "\r\033[K%s", line)
		case line != shown:
			s.say("%s", line)
		}
		shown = line
	})
	if s.tty {
		fmt.Fprintln(s.err)
	}
}

// faultLine is "cut 3, drop 1", in the order of all kinds.
func faultLine(counts map[faults.Kind]int64) string {
	var words []string
	for _, k := range faults.Kinds {
		if counts[k] > 0 {
			words = append(words, fmt.Sprintf("%s %d", k, counts[k]))
		}
	}
	if len(words) == 0 {
		return "no fault yet"
	}
	return strings.Join(words, ", ")
}

// faultTable is every kind of the plan, and how often it came.
func faultTable(w io.Writer, plan faults.Plan, counts map[faults.Kind]int64) {
	rows := [][]string{{"fault", "share", "injected"}}
	for _, k := range faults.Kinds {
		if f := plan.Faults[k]; f.Share > 0 {
			rows = append(rows, []string{string(k), fmt.Sprintf("%g", f.Share), fmt.Sprint(counts[k])})
		}
	}
	grid(w, "lrr", rows)
}
