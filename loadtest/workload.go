package loadtest

import (
	"errors"
	"fmt"
	"io"
)

// validateWorkload refuses what would contradict itself.
func (c Config) validateWorkload() error {
	return errors.Join(
		refuse(c.Lines < 0, "the number of lines must not be negative"),
		refuse(c.Copies < 0 || c.Copies > CopiesMax, "a purchase can be sent in 1 to %d copies", CopiesMax),
		refuse(c.Copies > 1 && c.Reversals+c.Voids > 0,
			"copies go with neither reversals nor voids: a copy that comes after one is rightly answered otherwise"),
		refuse(c.Month && c.Arrivals.Open(), "in a month families come as terminals are free: it has no arrivals and no rate"),
		refuse(c.Month && c.Drain, "a month and a drain exclude each other: in a month a family comes once"),
		refuse(c.Month && c.Idle > 0, "a month has no idle terminals: their families would never come"),
	)
}

// validateFor finds what would otherwise show as strange answers, or none, later.
func (c Config) validateFor(fleet []Outlet) error {
	if err := validateFleet(fleet); err != nil {
		return err
	}
	n := len(fleet)
	return errors.Join(
		refuse(c.Lines > n, "%d lines for %d terminals: a line needs a terminal", c.Lines, n),
		refuse(c.Lines > 0 && n > c.Lines*linePorts,
			"%d terminals on %d lines are more than %d on one, which is all that a gateway reads of a connection at once: "+
				"%d lines are enough", n, c.Lines, linePorts, (n+linePorts-1)/linePorts),
		c.validateDrain(fleet),
		CheckFiles(c.Connections(n)),
	)
}

// validateDrain wants the same families at every terminal, in the same order.
func (c Config) validateDrain(fleet []Outlet) error {
	if !c.Drain {
		return nil
	}
	first := fleet[0].Cards
	for _, o := range fleet[1:] {
		for i := range first {
			if len(o.Cards) != len(first) || o.Cards[i].Family != first[i].Family {
				return fmt.Errorf("in a drain all terminals hold the cards of the same families; %s has others", o.TID)
			}
		}
	}
	return nil
}

// Connections is how many a run makes.
func (c Config) Connections(terminals int) int {
	switch {
	case c.Lines > 0:
		return c.Lines
	case c.Copies > 1:
		return terminals * copyTrunks
	}
	return terminals
}

// Workload is what only some workloads find; nil where a run had none of it.
type Workload struct {
	Lines  int     `json:"lines,omitempty"`
	Copies *Copies `json:"copies,omitempty"`
	Drain  *Drain  `json:"drain,omitempty"`
	Month  *Month  `json:"month,omitempty"`
}

func (r *run) workload() Workload {
	return Workload{
		Lines: r.cfg.Lines, Copies: r.between.copies(), Drain: r.purses.report(), Month: r.month(),
	}
}

// families is how many there are; in a drain every terminal has the same.
func (r *run) families() (n int) {
	if r.purses != nil {
		return len(r.purses.each)
	}
	for _, t := range r.terminals {
		n += len(t.outlet.Cards)
	}
	return n
}

func (w Workload) write(to io.Writer) {
	w.Copies.write(to)
	w.Drain.write(to)
	w.Month.write(to)
}

// Fault is an error where the host did what no host may: it answered copies of one message differently, or let a family
// spend more or less than it had.
func (w Workload) Fault() error { return errors.Join(w.Copies.fault(), w.Drain.fault()) }
