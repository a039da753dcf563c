package loadtest

import (
	"context"
	"time"
)

// fate is what became of one message on the wire.
type fate uint8

const (
	fateUnsent   fate = iota // no connection before the doors closed: the host cannot know of it
	fateSilent               // sent at least in part, and not answered
	fateAnswered             // answered
)

// ask sends one message and waits for its answer. It connects first where the line is down, and gives that up when
// open is done: nobody begins something new after the doors closed.
func (t *terminal) ask(open, hard context.Context, k class, m message, c *Card, intended time.Time) (answer, fate) {
	if !t.online(hard, open) {
		return answer{}, fateUnsent
	}
	t.frame = t.appendFrame(t.frame[:0], m, c)
	o, watched := observation{class: k, intended: intended, free: t.free, sent: time.Now()}, t.cfg.watches(k, c)
	a, ok := t.line.exchange(t.frame, expectation{
		mti: (m.mti &^ 1) | 0x10, stan: m.stan, amount: m.amount * t.scale,
		until: o.sent.Add(t.cfg.AnswerTimeout), patience: t.cfg.AnswerTimeout, copies: t.copies(k), watched: watched,
	})
	o.ended = time.Now()
	t.free = o.ended
	o.code = a.code
	t.recorder.observe(o)
	if watched {
		t.tell(m, c, o, a)
	}
	if !ok {
		return answer{}, fateSilent
	}
	return a, fateAnswered
}

// copies is how often a message is sent.
func (t *terminal) copies(k class) int {
	if k == classPurchase {
		return max(1, t.cfg.Copies)
	}
	return 1
}

// online tells whether there is a connection, making one where it can. The time that takes is the host's doing and not
// the generator's lag.
func (t *terminal) online(hard, open context.Context) bool {
	if t.line.connected() {
		return true
	}
	ok := t.line.connect(hard, open)
	t.free = time.Now()
	return ok
}
