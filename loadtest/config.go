package loadtest

import (
	"errors"
	"fmt"
	"time"

	"bpnt/iso"
)

// Config says how to load. The zero value of a share turns that part of the mix off.
type Config struct {
	Addr string // host:port of the gateway's EDC link

	Duration time.Duration // measured time, after Warmup
	Warmup   time.Duration // cut off from latencies and rates, not from the money
	Rate     float64       // visits per second over all terminals; 0 for closed loop
	Poisson  bool          // exponential gaps between arrivals instead of equal ones
	Seed     uint64        // of arrivals, choice of families, amounts and mix

	Inquiries float64 // share of visits that begin with a balance inquiry
	Repeats   float64 // share of answered purchases that are sent once more as 0201
	Reversals float64 // share of approved purchases and voids whose answer the terminal loses on purpose, and reverses
	Voids     float64 // share of approved purchases after which the outlet voids one of its latest
	Settle    bool    // terminals close their batch at the end, and whenever it is full
	Disputes  float64 // share of those batches from whose totals the terminal leaves a sale out, so that it must upload

	AmountMax int64 // whole rupiah; amounts are multiples of 500 up to this and up to what the family has left
	Funds     int64 // whole rupiah a family may spend during the run

	AnswerTimeout  time.Duration // the terminal's patience with one message
	ResolveTimeout time.Duration // time after the run in which open purchases are reversed

	FirstSTAN  int32  // STAN of each terminal's first message
	FirstBatch int32  // DE60 of each terminal's first batch
	NII        uint16 // DE24 and the destination of the TPDU
	Dialect    iso.Dialect
	Chip       bool // purchases carry DE55 with a counting 9F36, and DE22 0051

	Progress func(Snapshot) // called every second; nil for none
}

// DefaultConfig is a closed loop of twenty seconds, one inquiry to each purchase, against the Indonesian EDC dialect.
// The ratio is that of the outlets: balance inquiry, swipe, PIN, buy (MicroSave, 2018).
func DefaultConfig() Config {
	return Config{
		Duration: 20 * time.Second, Warmup: 2 * time.Second, Seed: 1,
		Inquiries: 1, Repeats: 0.01, Reversals: 0.01,
		AmountMax: 20_000, Funds: 110_000,
		AnswerTimeout: 30 * time.Second, ResolveTimeout: time.Minute,
		FirstSTAN: 1, FirstBatch: 1, NII: 1, Dialect: iso.EDC(),
	}
}

// Validate refuses what cannot be run, in words for the person at the shell.
func (c Config) Validate() error {
	return errors.Join(
		positive("duration", c.Duration), positive("answer timeout", c.AnswerTimeout),
		share("inquiries", c.Inquiries), share("repeats", c.Repeats), share("reversals", c.Reversals),
		share("voids", c.Voids), share("disputes", c.Disputes),
		refuse(c.Warmup < 0, "the warm-up is negative"),
		refuse(c.ResolveTimeout < 0, "the time to resolve is negative"),
		refuse(c.Rate < 0 || c.Rate > rateMax, "the rate must be 0 (closed loop) to %d visits per second", int(rateMax)),
		refuse(c.AmountMax < amountStep, "the largest amount must be at least %d rupiah", amountStep),
		refuse(c.FirstSTAN < 1 || c.FirstSTAN > stanMax, "the first STAN must be 1 to %d", stanMax),
		refuse(c.FirstBatch < 1 || c.FirstBatch > batchMax, "the first batch must be 1 to %d", batchMax),
	)
}

// Limits of the generator itself.
const (
	rateMax      = 1e6 // visits per second: above it the gap between arrivals is below the pacer's resolution
	stanMax      = 999_999
	batchMax     = 999_999
	batchSales   = 999 // what a terminal sells before it must settle: DE63 counts a batch's sales in three digits
	voidReach    = 32  // how many sales back an outlet finds out that it was mistaken
	amountStep   = 500
	strictEvery  = 256  // one answer in so many is decoded strictly as well
	familyQueue  = 1024 // arrivals handed to terminals ahead of need; the rest waits in the schedule
	dialTimeout  = 5 * time.Second
	retryWaitMin = 50 * time.Millisecond
	retryWaitMax = time.Second
)

func refuse(bad bool, format string, args ...any) error {
	if !bad {
		return nil
	}
	return fmt.Errorf(format, args...)
}

func positive(what string, d time.Duration) error {
	return refuse(d <= 0, "the %s must be longer than zero", what)
}

func share(what string, s float64) error {
	return refuse(s < 0 || s > 1, "the share of %s must be 0 to 1", what)
}
