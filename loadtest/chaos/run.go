package chaos

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Estate is what is hurt: terminals, gateways, the books.
type Estate interface {
	// Play lets the terminals shop until ctx ends, and returns when they have resolved what they do not know, as far as
	// they can.
	Play(ctx context.Context) error
	// Approved is how many purchases were approved so far.
	Approved() int64
	// Audit names what is broken in the books; an error says that they could not be looked at.
	Audit(ctx context.Context) (broken []string, err error)
	// Ready is nil where every part of the estate answers.
	Ready(ctx context.Context) error
	// Judge holds what terminals believe against the books, when all is over, and writes it into the report.
	Judge(ctx context.Context, report *Report) error
}

// Config says how long and how hard.
type Config struct {
	Seed     uint64
	Duration time.Duration // of both phases; the terminals need some more to resolve
	Gap      time.Duration // mean time between two faults
	Audits   time.Duration // time between two audits
	Recovery time.Duration // in which everything must answer once the faults have stopped

	Tell func(format string, args ...any) // a line for people; nil for none
}

// livenessPart of the duration, one in so many, is without faults.
const livenessPart = 5

// safety is how long faults are injected.
func (c Config) safety() time.Duration { return c.Duration - c.Duration/livenessPart }

// Validate refuses what cannot be run, in words for the person at the shell.
func (c Config) Validate() error {
	var all []error
	for _, d := range []struct {
		what string
		d    time.Duration
	}{
		{"duration", c.Duration},
		{"gap between faults", c.Gap},
		{"gap between audits", c.Audits},
		{"time to recover", c.Recovery},
	} {
		if d.d <= 0 {
			all = append(all, fmt.Errorf("the %s must be longer than zero", d.what))
		}
	}
	return errors.Join(all...)
}

// campaign is one under way.
type campaign struct {
	cfg     Config
	estate  Estate
	nemeses []Nemesis
	report  *Report
	start   time.Time

	mu   sync.Mutex // guards the report's counts and open
	open map[int]bool
}

// Run plays one campaign. Whatever it returns, every nemesis was healed, or the error and the report say which was not.
// The error speaks of the campaign itself; what the estate did wrong is in the report.
func Run(ctx context.Context, cfg Config, estate Estate, nemeses []Nemesis) (*Report, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	c := &campaign{
		cfg: cfg, estate: estate, nemeses: nemeses, report: newReport(cfg, nemeses), start: time.Now(), open: map[int]bool{},
	}
	open, closeDoors := context.WithCancel(ctx)
	defer closeDoors()
	played := make(chan error, 1)
	go func() { played <- estate.Play(open) }()
	audits, stop := context.WithCancel(ctx)
	defer stop()
	var aside sync.WaitGroup
	aside.Go(func() { c.auditOften(audits) })
	c.hurt(ctx)
	c.recover(ctx)
	c.trade(ctx)
	closeDoors()
	err := <-played
	stop()
	aside.Wait()
	c.report.Seconds = time.Since(c.start).Seconds()
	c.report.Interrupted = ctx.Err() != nil
	return c.report, errors.Join(err, estate.Judge(context.WithoutCancel(ctx), c.report))
}

// trade lets the estate work without faults, and longer where nothing is approved: a terminal may still wait for an answer
// that will not come, and then it reverses before it sells again.
func (c *campaign) trade(ctx context.Context) {
	before, from := c.estate.Approved(), time.Now()
	sleep(ctx, c.cfg.Duration-c.cfg.safety())
	for c.estate.Approved() == before && time.Since(from) < c.cfg.Recovery && sleep(ctx, healPause) {
	}
	c.report.ApprovedAfter = c.estate.Approved() - before
}

func (c *campaign) tell(format string, args ...any) {
	if c.cfg.Tell != nil {
		c.cfg.Tell("%6.1f s  "+format, append([]any{time.Since(c.start).Seconds()}, args...)...)
	}
}
