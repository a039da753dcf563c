package loadtest

import (
	"context"
	"sync"
	"time"

	"bpnt/iso"
)

// concentrator is what stands between terminals and the trunks that they share: with Config.Lines that many for all of
// them; with Config.Copies alone a few for each.
type concentrator struct {
	cfg    *Config
	dialer *dialer
	tally  *tally
	codec  *iso.Codec
	trunks []*trunk
	ports  []*port
	ended  chan struct{} // closed to stop the clock
	clock  sync.WaitGroup
}

func newConcentrator(cfg *Config, d *dialer, t *tally, codec *iso.Codec) *concentrator {
	c := &concentrator{cfg: cfg, dialer: d, tally: t, codec: codec, ended: make(chan struct{})}
	for range cfg.Lines {
		c.addTrunk()
	}
	return c
}

func (c *concentrator) addTrunk() *trunk {
	t := &trunk{dialer: c.dialer, recorder: c.tally.of(len(c.trunks)), ports: map[[8]byte]*port{}}
	c.trunks = append(c.trunks, t)
	return t
}

// plug gives a terminal its line.
func (c *concentrator) plug(i int, o *Outlet) line {
	e := ear{recorder: c.tally.of(i), codec: c.codec}
	copy(e.tid[:], o.TID)
	if c.cfg.Lines == 0 && c.cfg.Copies <= 1 {
		return &ownLine{ear: e, dialer: c.dialer}
	}
	p := &port{ear: e, verdicts: make(chan verdict, 1), trunks: c.trunksOf(i)}
	for _, t := range p.trunks {
		t.ports[e.tid] = p
	}
	c.ports = append(c.ports, p)
	return p
}

// trunksOf are the terminal's own trunk and, for copies, a few more.
func (c *concentrator) trunksOf(i int) (trunks []*trunk) {
	if c.cfg.Lines == 0 {
		for range copyTrunks {
			trunks = append(trunks, c.addTrunk())
		}
		return trunks
	}
	n := 1
	if c.cfg.Copies > 1 {
		n = min(copyTrunks, c.cfg.Lines)
	}
	for k := range n {
		trunks = append(trunks, c.trunks[(i+k)%c.cfg.Lines])
	}
	return trunks
}

// start starts the terminals' clock: it looks at all of them sixteen times in their patience, which saves each a timer
// for each message.
func (c *concentrator) start() {
	if len(c.ports) == 0 {
		return
	}
	c.clock.Go(func() {
		tick := time.NewTicker(max(time.Millisecond, c.cfg.AnswerTimeout/patienceSteps))
		defer tick.Stop()
		for {
			select {
			case <-c.ended:
				return
			case now := <-tick.C:
				for _, p := range c.ports {
					p.expire(now)
				}
			}
		}
	})
}

// close waits a moment for the answers to copies that are still under way, closes the trunks and waits for all that
// was started.
func (c *concentrator) close(hard context.Context) {
	if c.cfg.Copies > 1 {
		pause(hard, copiesGrace)
	}
	var closing sync.WaitGroup
	for _, t := range c.trunks {
		closing.Go(t.close)
	}
	closing.Wait()
	close(c.ended)
	c.clock.Wait()
}

// copies sums up what became of copies; nil where none were sent.
func (c *concentrator) copies() *Copies {
	if c.cfg.Copies <= 1 {
		return nil
	}
	sum := new(Copies)
	for _, p := range c.ports {
		sum.add(p.ear.history.copies)
	}
	return sum
}
