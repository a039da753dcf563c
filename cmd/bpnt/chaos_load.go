package main

import (
	"context"
	"strings"

	"bpnt/iso"
	"bpnt/loadtest"
)

// drains tells whether all terminals hold the cards of the same families and race for their money, as in every fourth
// campaign: then messages of one account come at the same time, and an order must be found.
func (w *chaosWorld) drains() bool { return w.seed%4 == 0 }

func (w *chaosWorld) makeFleet(context.Context) (err error) {
	var m mix
	if w.drains() {
		m.Workload = workloadDrain
	}
	w.fleet, err = m.fleet(w.quiet(), w.jakarta, w.jakarta.TerminalCount())
	return err
}

// loadConfig is what the terminals do. Addresses take turns, so that a terminal that lost its connection tries the
// other gateway: a reversal finds its original wherever it comes in.
func (w *chaosWorld) loadConfig() loadtest.Config {
	c := loadtest.DefaultConfig()
	var addresses []string
	for _, p := range w.proxies {
		addresses = append(addresses, p.Addr().String())
	}
	c.Addr = strings.Join(addresses, ",")
	c.Duration, c.Warmup, c.Seed = w.cmd.Duration+2*chaosRecovery, 0, w.seed // the campaign closes the doors
	c.Arrivals = loadtest.Arrivals{Shape: loadtest.ShapePoisson, Rate: w.cmd.Rate}
	c.Inquiries, c.Repeats, c.Reversals, c.Voids, c.Disputes = 0.3, 0.05, 0.03, 0.05, 0.05
	c.Settle, c.Fresh, c.BatchMax = true, true, chaosBatch
	c.Funds = chaosMonths * chaosMonth
	c.AnswerTimeout, c.ResolveTimeout = w.cmd.Timeout, chaosRecovery
	c.Witness, c.WitnessShare = w.witness.See, chaosWitness
	c.Dialect, c.Doubles = iso.EDC(), true // the wire duplicates
	if w.seed%4 == 2 {                     // terminals behind concentrators: a line that breaks hits many
		c.Lines = chaosLines
	}
	if w.drains() { // a void that is undone when the money is spent makes a debtor, which a race takes for money too much
		c.Drain, c.Voids, c.Funds, c.WitnessShare = true, 0, chaosMonth, 1
	}
	return c
}

// chaosWitness is the share of the families for whose messages an order is looked for.
const chaosWitness = 0.25

// chaosBatch makes terminals settle every few seconds, in the midst of it all.
const chaosBatch = 40

// chaosLines are the connections of all terminals of a campaign whose terminals share them.
const chaosLines = 4
