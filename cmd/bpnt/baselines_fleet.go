package main

import (
	"context"

	"bpnt/loadtest"
)

// makeFleets makes what plays against the gateway, and what posts without it.
func (w *baselineWorld) makeFleets(ctx context.Context) (err error) {
	if w.cmd.wants("fg") {
		if w.fleet, err = w.makeFleet(w.jakarta.Outlets); err != nil {
			return err
		}
	}
	if w.cmd.wants("h") {
		if w.crowd, err = w.makeFleet(w.jakarta.Terminals); err != nil {
			return err
		}
	}
	if !w.cmd.wants("e") {
		return nil
	}
	if w.alone, err = newPostAlone(ctx, w); err == nil {
		w.later(w.alone.books.Close)
	}
	return err
}

// makeFleet deals all families to the area's first terminals.
func (w *baselineWorld) makeFleet(terminals int) ([]loadtest.Outlet, error) {
	stands := make([]stand, terminals)
	for k := range stands {
		stands[k] = stand{terminal: k, first: k, step: terminals, end: w.jakarta.Families}
	}
	bar := newProgress(w.streams, "PIN blocks made", int64(w.jakarta.Families))
	fleet, err := makeFleet(w.jakarta, stands, bar.set)
	bar.done(int64(w.jakarta.Families))
	return fleet, err
}
