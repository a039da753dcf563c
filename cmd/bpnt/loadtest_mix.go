package main

import (
	"time"

	"bpnt/loadtest"
)

// mix is what the simulated families and terminals do; demo has the same flags.
type mix struct {
	Mix       string   `default:"purchases" enum:"purchases,realistic" help:"purchases; or realistic: an inquiry before each, voids, and each terminal settles. The shares below change either."`
	Inquiries *float64 `help:"Share of visits that begin with a balance inquiry (0; realistic: 1, as outlets see it)."`
	Repeats   *float64 `help:"Share of answered purchases that are sent once more (0.01)."`
	Reversals *float64 `help:"Share of approved purchases and voids whose answer the terminal loses, and reverses (0.01)."`
	Voids     *float64 `help:"Share of approved purchases after which the outlet voids one (0; realistic: 0.02)."`
	Disputes  *float64 `help:"Share of settled batches whose totals lack a sale, so that the terminal uploads (0; realistic: 0.02)."`
	Settle    bool     `help:"Terminals close their batch at the end, and whenever it is full (realistic: always)."`
	Rate      float64  `default:"0" help:"Families per second over all terminals (open loop); 0 for as fast as answers come."`
	Poisson   bool     `help:"Random gaps between arrivals instead of equal ones."`
	AmountMax int64    `default:"20000" help:"Largest amount in whole rupiah; amounts are multiples of 500."`
	Chip      bool     `help:"Purchases carry chip data (DE55)."`
}

const (
	mixPurchases = "purchases"
	mixRealistic = "realistic"
)

// config is the mix as package loadtest takes it.
func (m mix) config() loadtest.Config {
	c := loadtest.DefaultConfig()
	c.Inquiries, c.Repeats, c.Reversals = 0, 0.01, 0.01
	if m.Mix == mixRealistic {
		c.Inquiries, c.Voids, c.Disputes = 1, 0.02, 0.02
	}
	c.Settle = m.Settle || m.Mix == mixRealistic
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
	c.Rate, c.Poisson, c.AmountMax, c.Chip = m.Rate, m.Poisson, m.AmountMax, m.Chip
	now := time.Now()
	c.FirstSTAN, c.FirstBatch = firstSTAN(now), firstBatch(now)
	return c
}

// alone is a mix of nothing but purchases. Terminals settle all the same, outside of the measured time, so that the books
// stay in order.
func alone(c loadtest.Config) loadtest.Config {
	c.Inquiries, c.Repeats, c.Reversals, c.Voids, c.Disputes, c.Settle = 0, 0, 0, 0, 0, true
	return c
}

// The STANs of simulated terminals and of bpnt edc share the TIDs but not the numbers.
const (
	loadSTANs    = 400_000
	edcFirstSTAN = 900_001
)

// firstSTAN moves on a hundred a second, about as fast as a busy terminal uses them, so that a run on the same day does
// not begin with the STANs of the run before.
func firstSTAN(now time.Time) int32 { return int32(now.UnixMilli()/10%loadSTANs) + 1 }

// loadBatches are half of the numbers that a batch can have.
const loadBatches = 499_999

// firstBatch moves on two a minute: a run does not begin with the number of the batch that the run before closed last.
func firstBatch(now time.Time) int32 { return int32(now.Unix()/60%loadBatches)*2 + 1 }
