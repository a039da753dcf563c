package main

import (
	"context"
	"fmt"
	"time"

	"bpnt/ledger"
	"bpnt/loadtest"
)

// reading is everything at one moment.
type reading struct {
	at     time.Time
	usage  []loadtest.Usage // as parties
	growth ledger.Growth
	page   metrics
	failed []string
}

// readTimeout bounds one look at everything.
const readTimeout = 5 * time.Second

func (o *observer) read(ctx context.Context) reading {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	r := reading{at: time.Now()}
	failed := func(what string, err error) {
		if err != nil {
			r.failed = append(r.failed, fmt.Sprintf("%s: %v", what, err))
		}
	}
	for _, p := range o.parties {
		used, err := p.usage()
		failed(p.name, err)
		r.usage = append(r.usage, used)
	}
	var err error
	if o.meter != nil {
		r.growth, err = o.meter.Growth(ctx)
		failed("WAL and database", err)
	}
	if o.page != "" {
		r.page, err = o.page.fetch(ctx)
		failed("the gateway's figures", err)
	}
	return r
}

// cost is what lies between the two readings of a run.
func (o *observer) cost(report *loadtest.Report) *loadtest.Cost {
	c := &loadtest.Cost{Redemptions: report.Results.Approved(), Unseen: o.unseen}
	if o.before.at.IsZero() || o.after.at.IsZero() {
		c.Unseen = append(c.Unseen, "processor time: the run was broken off before its measured time")
		return c
	}
	c.Unseen = append(append(c.Unseen, o.before.failed...), o.after.failed...)
	if len(c.Unseen) > len(o.unseen) {
		return c
	}
	during := o.after.at.Sub(o.before.at)
	messages := int64(report.MessagesPerS * report.MeasuredS)
	for i, p := range o.parties {
		c.Processes = append(c.Processes,
			loadtest.NewProcessCost(p.name, o.after.usage[i].Sub(o.before.usage[i]), during, c.Redemptions, messages))
	}
	c.DatabaseBefore, c.DatabaseAfter = o.before.growth.DatabaseBytes, o.after.growth.DatabaseBytes
	c.WALBytes = ratio(float64(o.after.growth.WALBytes-o.before.growth.WALBytes), float64(c.Redemptions))
	moved := o.after.page.since(o.before.page)
	c.RoundTrips, c.Stages = ratio(moved.attempts(), float64(c.Redemptions)), moved.stages()
	return c
}
