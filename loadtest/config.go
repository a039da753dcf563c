package loadtest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bpnt/iso"
)

// Config says how to load. The zero value of a share turns that part of the mix off.
type Config struct {
	Addr string // host:port of the gateway's EDC link; several with commas between them take turns

	Duration time.Duration // measured time, after Warmup
	Warmup   time.Duration // cut off from latencies and rates, not from the money
	Arrivals Arrivals      // when families come; the zero value is a closed loop
	Seed     uint64        // of arrivals, choice of families, amounts and mix

	Inquiries float64 // share of visits that begin with a balance inquiry
	Repeats   float64 // share of answered purchases that are sent once more as 0201
	Reversals float64 // share of approved purchases and voids whose answer the terminal loses on purpose, and reverses
	Voids     float64 // share of approved purchases after which the outlet voids one of its latest
	Settle    bool    // terminals close their batch at the end, and whenever it is full
	BatchMax  int     // sales after which a terminal settles; 0 for as many as its totals can count
	Fresh     bool    // the terminals' batches are known to be empty: nobody closes one before the clock starts
	Disputes  float64 // share of those batches from whose totals the terminal leaves a sale out, so that it must upload

	Lines   int     // TCP connections that all terminals share through concentrators; 0 for a connection each
	Idle    float64 // share of the terminals that serve nobody and ask for a balance once in idleGap
	Copies  int     // how often each purchase is sent, over several connections at once; 0 and 1 for once
	Drain   bool    // families are at several terminals, which race for their purses; the account of a family is joint
	Doubles bool    // the network may bring a message twice: a 91 is the word on one copy, and the terminal reverses
	Month   bool    // every family comes once, and the run ends when all have been; Duration is not looked at

	AmountMax int64 // whole rupiah; amounts are multiples of 500 up to this and up to what the family has left
	Funds     int64 // whole rupiah a family may spend during the run

	AnswerTimeout  time.Duration // the terminal's patience with one message
	ResolveTimeout time.Duration // time after the run in which open purchases are reversed

	FirstSTAN  int32  // STAN of each terminal's first message
	FirstBatch int32  // DE60 of each terminal's first batch
	NII        uint16 // DE24 and the destination of the TPDU
	Dialect    iso.Dialect
	Chip       bool // purchases carry DE55 with a counting 9F36, and DE22 0051

	Connecting func(terminals int) // called ten times a second until all are connected that can be; nil for none
	Progress   func(Snapshot)      // called every second; nil for none
	Measured   func(begun bool)    // called when the measured time begins (true) and when it ends (false); nil for none

	Witness      func(Seen) // shown every message of a share of the families, by many goroutines; nil for none
	WitnessShare float64    // of the families

	Probe     func(context.Context) error // timed beside the load, ProbeRate times a second; nil for none
	ProbeRate float64
}

// DefaultConfig is a closed loop of twenty seconds, one inquiry to each purchase, against the Indonesian EDC dialect.
// The ratio is that of the outlets: balance inquiry, swipe, PIN, buy (MicroSave, 2018).
func DefaultConfig() Config {
	return Config{
		Duration: 20 * time.Second, Warmup: 2 * time.Second, Seed: 1,
		Inquiries: 1, Repeats: 0.01, Reversals: 0.01,
		AmountMax: 20_000, Funds: 110_000, ProbeRate: 50,
		AnswerTimeout: 30 * time.Second, ResolveTimeout: time.Minute,
		FirstSTAN: 1, FirstBatch: 1, NII: 1, Dialect: iso.EDC(),
	}
}

// Validate refuses what cannot be run, in words for the person at the shell.
func (c Config) Validate() error {
	return errors.Join(
		refuse(c.Duration <= 0 && !c.Month, "the duration must be longer than zero"),
		positive("answer timeout", c.AnswerTimeout),
		share("inquiries", c.Inquiries), share("repeats", c.Repeats), share("reversals", c.Reversals),
		share("voids", c.Voids), share("disputes", c.Disputes), share("idle terminals", c.Idle),
		share("watched families", c.WitnessShare),
		c.validateWorkload(),
		refuse(c.BatchMax < 0 || c.BatchMax > batchSales, "the largest batch must be 1 to %d sales, 0 for %[1]d", batchSales),
		refuse(c.Warmup < 0, "the warm-up is negative"),
		refuse(c.ResolveTimeout < 0, "the time to resolve is negative"),
		c.Arrivals.validate(),
		refuse(c.Probe != nil && (c.ProbeRate < 1 || c.ProbeRate > probeRateMax), "the rate of bare commits must be 1 to %d a second", probeRateMax),
		refuse(c.AmountMax < amountStep, "the largest amount must be at least %d rupiah", amountStep),
		refuse(c.FirstSTAN < 1 || c.FirstSTAN > stanMax, "the first STAN must be 1 to %d", stanMax),
		refuse(c.FirstBatch < 1 || c.FirstBatch > batchMax, "the first batch must be 1 to %d", batchMax),
	)
}

// Limits of the generator itself.
const (
	rateMax        = 1e6  // visits per second: above it the gap between arrivals is below the pacer's resolution
	probeRateMax   = 1000 // bare commits per second: beside the load, not a load
	stanMax        = 999_999
	batchMax       = 999_999
	batchSales     = 999 // what a terminal sells before it must settle: DE63 counts a batch's sales in three digits
	voidReach      = 32  // how many sales back an outlet finds out that it was mistaken
	amountStep     = 500
	strictEvery    = 256  // one answer in so many is decoded strictly as well
	linePorts      = 64   // terminals on one line: gateways read no more messages of a connection at once
	familyQueue    = 1024 // arrivals handed to terminals ahead of need; the rest waits in the schedule
	dialTimeout    = 5 * time.Second
	setters        = 64 // terminals that connect, or clear their batch, at the same time
	patienceSteps  = 16 // how finely waits are watched: what is late by less than a sixteenth of the patience may pass
	dialsPerSecond = 2000
	copiesGrace    = 500 * time.Millisecond // after the run, for the answers to copies
	retryWaitMin   = 50 * time.Millisecond
	retryWaitMax   = time.Second
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
