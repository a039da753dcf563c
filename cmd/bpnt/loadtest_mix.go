package main

import (
	"fmt"
	"time"

	"bpnt/loadtest"
)

// mix is what the simulated families and terminals do; demo has the same flags.
type mix struct {
	Workload  string   `default:"spread" enum:"spread,realistic,hot-outlet,duplicates,drain,the25th,month" help:"What families and terminals do: ${enum} (see below). The shares change any of them."`
	Inquiries *float64 `help:"Share of visits that begin with a balance inquiry (0; realistic and the25th: 1, as outlets see it)."`
	Repeats   *float64 `help:"Share of answered purchases that are sent once more (0.01)."`
	Reversals *float64 `help:"Share of approved purchases and voids whose answer the terminal loses, and reverses (0.01; duplicates and drain: 0)."`
	Voids     *float64 `help:"Share of approved purchases after which the outlet voids one (0; realistic and the25th: 0.02)."`
	Disputes  *float64 `help:"Share of settled batches whose totals lack a sale, so that the terminal uploads (0; realistic and the25th: 0.02)."`
	Settle    bool     `help:"Terminals close their batch at the end, and whenever it is full (realistic and the25th: always)."`
	Rate      float64  `default:"0" help:"Families per second over all terminals (open loop); 0 for as fast as answers come."`
	Arrivals  string   `default:"" enum:",constant,poisson,ramp,the25th" help:"How they come: constant gaps, poisson (random ones), ramp (from nothing to --rate), the25th (a disbursement day in short, --rate its peak)."`
	Lines     int      `default:"0" help:"TCP connections that the terminals share through concentrators; 0 for one each."`
	Idle      float64  `default:"0" help:"Share of terminals that only stay connected, and ask for a balance now and then."`
	AmountMax int64    `default:"20000" help:"Largest amount in whole rupiah; amounts are multiples of 500."`
	Chip      bool     `help:"Purchases carry chip data (DE55)."`
}

// workloads are the words for --help.
const workloads = `Workloads:
  spread       W1, purchases all over the area
  hot-outlet   W2, every terminal stands at one outlet; without --terminals the area is one outlet with --outlets terminals
  duplicates   W3, every purchase is sent in 64 copies over four connections at once; one may debit, all get its answer
  drain        W4, all terminals hold the cards of the same families and race for their purses until they are empty, and on
  realistic    W5, an inquiry before each purchase, voids, lost answers, and each terminal settles
  the25th      W6, realistic, and families come as on disbursement day; --rate is the peak (2350, the country's)
  month        every family of the area comes once, in random order; the run ends when all have been`

// The values of --workload that change more than shares.
const (
	workloadRealistic  = "realistic"
	workloadHotOutlet  = "hot-outlet"
	workloadDuplicates = "duplicates"
	workloadDrain      = "drain"
	workloadThe25th    = "the25th"
	workloadMonth      = "month"
)

// peakOfTheCountry is messages per second on disbursement day (DOMAIN A.12: 18.8 million families, three times the mean).
const peakOfTheCountry = 2350

// config is the mix as package loadtest takes it.
func (m mix) config() loadtest.Config {
	c := loadtest.DefaultConfig()
	c.Inquiries = 0
	m.apply(&c)
	c.Settle = c.Settle || m.Settle
	for _, set := range []struct{ share, to *float64 }{
		{m.Inquiries, &c.Inquiries},
		{m.Repeats, &c.Repeats},
		{m.Reversals, &c.Reversals},
		{m.Voids, &c.Voids},
		{m.Disputes, &c.Disputes},
	} {
		if set.share != nil {
			*set.to = *set.share
		}
	}
	c.Arrivals, c.Lines, c.Idle, c.AmountMax, c.Chip = m.arrivals(), m.Lines, m.Idle, m.AmountMax, m.Chip
	now := time.Now()
	c.FirstSTAN, c.FirstBatch = firstSTAN(now), firstBatch(now)
	return c
}

// apply sets what the workload is made of.
func (m mix) apply(c *loadtest.Config) {
	switch m.Workload {
	case workloadRealistic, workloadThe25th:
		c.Inquiries, c.Voids, c.Disputes, c.Settle = 1, 0.02, 0.02, true
	case workloadDuplicates:
		c.Copies, c.Repeats, c.Reversals = loadtest.CopiesMax, 0, 0
	case workloadDrain:
		c.Drain, c.Repeats, c.Reversals = true, 0, 0
	case workloadMonth:
		c.Month = true
	}
}

// arrivals are constant where only a rate was named.
func (m mix) arrivals() loadtest.Arrivals {
	a := loadtest.Arrivals{Shape: loadtest.Shape(m.Arrivals), Rate: m.Rate}
	if m.Workload == workloadThe25th && a.Shape == loadtest.ShapeClosed {
		a.Shape = loadtest.ShapeThe25th
	}
	if a.Shape == loadtest.ShapeThe25th && a.Rate == 0 {
		a.Rate = peakOfTheCountry
	}
	if a.Shape == loadtest.ShapeClosed && a.Rate != 0 {
		a.Shape = loadtest.ShapeConstant
	}
	return a
}

// lasting is how long a run is meant to take, in words.
func lasting(cfg loadtest.Config) string {
	if cfg.Month {
		return "until every family has come"
	}
	return fmt.Sprintf("for %s", cfg.Warmup+cfg.Duration)
}

// connecting shows terminals as they connect.
func connecting(s *streams, terminals int) func(int) {
	bar := newProgress(s, "terminals connected", int64(terminals))
	return func(n int) { bar.set(int64(n)) }
}

// place is the area for the workload: a hot outlet is the only one, where the number of terminals was not given.
func (m mix) place(a area) area {
	if m.Workload == workloadHotOutlet && a.Terminals == 0 {
		a.Outlets, a.Terminals = 1, a.Outlets
	}
	return a
}

// alone is a mix of nothing but purchases. Terminals settle all the same, outside of the measured time, so that the books
// stay in order.
func alone(c loadtest.Config) loadtest.Config {
	c.Inquiries, c.Repeats, c.Reversals, c.Voids, c.Disputes, c.Settle = 0, 0, 0, 0, 0, true
	return c
}

// The STANs of simulated terminals and of bpnt edc share the TIDs but not the numbers.
const (
	loadSTANs    = 850_000
	edcFirstSTAN = 900_001
)

// firstSTAN moves on two hundred a second, about as fast as a busy terminal uses them, so that a run on the same day does
// not begin with the STANs of the run before: a sale with the STAN, card and amount of an earlier one is its repeat.
func firstSTAN(now time.Time) int32 { return int32(now.UnixMilli()/5%loadSTANs) + 1 }

// loadBatches are half of the numbers that a batch can have.
const loadBatches = 499_999

// firstBatch moves on two a minute: a run does not begin with the number of the batch that the run before closed last.
func firstBatch(now time.Time) int32 { return int32(now.Unix()/60%loadBatches)*2 + 1 }
