package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"bpnt/ledger"
)

// targetCmd is what the programme's office wants to reach.
type targetCmd struct {
	Set  targetSetCmd  `cmd:"" help:"Note how many outlets of a kind shall be active at the end of a month."`
	List targetListCmd `cmd:"" help:"List the targets that hold."`
}

type targetSetCmd struct {
	storage
	Kind    string `required:"" enum:"e_warong,kube_jasa" help:"e_warong or kube_jasa."`
	Month   int32  `required:"" placeholder:"YYYYMM" help:"Month at whose end the target is looked at."`
	Outlets int32  `required:"" help:"Outlets that shall be active by then."`
}

func (targetSetCmd) Help() string {
	return `A later target for the same month replaces an earlier one; both stay in the books. bpnt ledger report outlets compares.

  bpnt ledger target set --kind e_warong --month 201712 --outlets 70
  bpnt ledger target set --kind kube_jasa --month 201712 --outlets 71`
}

func (c *targetSetCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		if err := books.SetTarget(ctx, ledger.Target{Kind: c.Kind, Month: c.Month, Outlets: c.Outlets}); err != nil {
			return err
		}
		s.say("target for %d: %d outlets of kind %s", c.Month, c.Outlets, c.Kind)
		return nil
	})
}

type targetListCmd struct {
	storage
	JSON bool `help:"Print the targets as JSON."`
}

func (targetListCmd) Help() string {
	return `By month.

  bpnt ledger target list --json`
}

func (c *targetListCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		targets, err := books.Targets(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, targets)
		}
		writeTargets(s.out, targets)
		return nil
	})
}

func writeTargets(w io.Writer, targets []ledger.Target) {
	if len(targets) == 0 {
		fmt.Fprintln(w, "no targets: bpnt ledger target set notes one")
		return
	}
	rows := [][]string{{"month", "kind", "outlets"}}
	for _, t := range targets {
		rows = append(rows, []string{strconv.Itoa(int(t.Month)), t.Kind, strconv.Itoa(int(t.Outlets))})
	}
	grid(w, "llr", rows)
}
