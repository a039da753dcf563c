package faults

import (
	"context"
	"errors"
	"math"
	"net"
	"time"
)

// accept takes connections until ctx is done. An error ends it only where the listener was closed: there is always a
// next connection.
func (p *Proxy) accept(ctx context.Context) {
	closing := context.AfterFunc(ctx, func() { p.listener.Close() })
	defer closing()
	door := door{dice: newDice(p.config.Plan.Seed, math.MaxUint64/2, Requests)}
	for number := uint64(0); p.slot(ctx); number++ {
		conn, err := p.listener.AcceptTCP()
		if err == nil && door.refuses(p, time.Now()) {
			reset(conn)
			err = errRefused
		}
		if err != nil {
			<-p.slots
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if !errors.Is(err, errRefused) {
				pause(ctx, acceptPause)
			}
			continue
		}
		t := &tunnel{proxy: p, number: number, terminal: conn}
		t.script, t.scripted = p.nextScript()
		p.running.Go(func() {
			defer func() { <-p.slots }()
			t.carry(ctx)
		})
	}
}

var errRefused = errors.New("refused")

// slot waits until there is room for one more connection.
func (p *Proxy) slot(ctx context.Context) bool {
	select {
	case p.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// door refuses connections for a while. It belongs to the goroutine that accepts.
type door struct {
	dice
	until time.Time
}

func (d *door) refuses(p *Proxy, now time.Time) bool {
	wait, shut := d.dice.refuses(p.plan.Load())
	if shut && now.After(d.until) {
		d.until = now.Add(wait)
	}
	if now.After(d.until) {
		return false
	}
	p.counts[Refuse].Add(1)
	return true
}

// reset closes with an RST, so that the other end hears "connection reset" and not the end of a conversation.
func reset(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	_ = conn.Close()
}

// pause waits, and is false where ctx was done before.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
