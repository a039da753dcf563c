package loadtest

import (
	"context"
	"sync"
	"time"
)

// port is a terminal's place at trunks. Its terminal has one message in flight, as with a line of its own; the trunks'
// readers and the clock decide what became of it.
type port struct {
	trunks   []*trunk     // the first is its own, the others carry copies too
	verdicts chan verdict // room for one

	mu      sync.Mutex
	ear     ear
	waiting bool
	x       expectation
}

type verdict struct {
	answer
	ok bool
}

func (p *port) connected() bool {
	for _, t := range p.trunks {
		if !t.up() {
			return false
		}
	}
	return true
}

func (p *port) connect(hard, open context.Context) bool {
	for _, t := range p.trunks {
		if !t.connect(hard, open) {
			return false
		}
	}
	return true
}

func (p *port) exchange(frame []byte, x expectation) (answer, bool) {
	p.mu.Lock()
	p.x, p.waiting = x, true
	p.mu.Unlock()
	if !p.send(frame, x) {
		p.giveUp(countBroken, func(expectation) bool { return true })
	}
	v := <-p.verdicts
	return v.answer, v.ok
}

// send spreads the copies of a frame evenly over the trunks.
func (p *port) send(frame []byte, x expectation) bool {
	if x.copies <= 1 {
		return p.trunks[0].send(frame, 1, x)
	}
	sent := true
	for i, t := range p.trunks {
		if n := (x.copies + len(p.trunks) - 1 - i) / len(p.trunks); n > 0 {
			sent = t.send(frame, n, x) && sent
		}
	}
	return sent
}

// deliver is called by the readers of the trunks.
func (p *port) deliver(body []byte, a answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.waiting {
		p.ear.stray(a)
		return
	}
	if p.ear.accept(body, &a, p.x) {
		p.waiting = false
		p.verdicts <- verdict{a, true}
	}
}

// giveUp ends the wait for an answer, if there is one that is due.
func (p *port) giveUp(c counter, due func(expectation) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting && due(p.x) {
		p.waiting = false
		p.ear.recorder.count(c)
		p.ear.history.gaveUp(p.x)
		p.verdicts <- verdict{}
	}
}

// close does nothing: other terminals may still use the trunks.
func (p *port) close() {}

// expire gives up what was due at a moment.
func (p *port) expire(now time.Time) {
	p.giveUp(countTimeouts, func(x expectation) bool { return x.until.Before(now) })
}
