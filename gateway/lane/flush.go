package lane

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	// busyRetries is how often a batch that was rolled back for a passing reason is posted again.
	busyRetries = 3
	// busyPause is the longest wait before such a retry; the wait is drawn at random so that lanes part.
	busyPause = 40 * time.Millisecond
)

// run posts one batch after the other until the lane is closed and empty.
func (l *Lane[Q, A]) run() {
	defer close(l.stopped)
	for l.take() {
		l.flush()
	}
}

// take waits for requests and moves the next batch into flight. It is false when there will be no more.
func (l *Lane[Q, A]) take() bool {
	l.mu.Lock()
	for l.waiting.n() == 0 && !l.closing {
		l.gather.Wait()
	}
	if l.waiting.n() == 0 {
		l.mu.Unlock()
		return false
	}
	l.began = time.Now()
	late := l.load(l.nextSize(), l.began)
	l.mu.Unlock()
	l.end(late, Refused)
	return true
}

// nextSize is how many requests the next batch may hold.
func (l *Lane[Q, A]) nextSize() int {
	last := len(l.splits) - 1
	if last < 0 {
		return l.config.BatchMax
	}
	size := l.splits[last]
	l.splits = l.splits[:last]
	return size
}

// load moves up to size requests into flight and returns those that came too late for it.
func (l *Lane[Q, A]) load(size int, now time.Time) (late []item[Q]) {
	for l.waiting.n() > 0 && len(l.flight) < size {
		if it := l.waiting.pop(); it.late(now) {
			late = append(late, it)
		} else {
			l.flight = append(l.flight, it)
		}
	}
	return late
}

// flush brings the batch in flight to its end.
func (l *Lane[Q, A]) flush() {
	size := len(l.flight)
	answers, fate := l.try()
	switch fate {
	case Committed:
		l.answer(answers)
	case Unknown:
		l.resolve()
	case Rejected:
		l.halve()
	case Busy:
		l.end(l.detach(), Refused)
	case NotPosted:
		l.end(l.detach(), Refused)
		l.away()
	}
	l.paced(size, fate)
}

// try posts the batch until its fate is certain, unknown, or not worth another attempt.
func (l *Lane[Q, A]) try() ([]Answer[A], Fate) {
	for attempts := 1; ; attempts++ {
		if l.shrink() == 0 {
			return nil, Committed
		}
		answers, fate := l.attempt()
		switch {
		case fate == Busy && attempts <= busyRetries:
			l.pause(rand.N(busyPause), l.ctx.Done())
		case fate == NotPosted && attempts == 1: // most likely a pooled connection that had gone stale
		default:
			return answers, fate
		}
	}
}

// shrink takes the requests that were ended meanwhile out of a batch of which nothing can have been posted.
func (l *Lane[Q, A]) shrink() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.flight[:0]
	for i := range l.flight {
		if !l.flight[i].ended {
			kept = append(kept, l.flight[i])
		}
	}
	clear(l.flight[len(kept):])
	l.flight = kept
	return len(kept)
}

// attempt calls Post once for the batch in flight.
func (l *Lane[Q, A]) attempt() ([]Answer[A], Fate) {
	l.fill()
	answers, err := l.post()
	fate := Committed
	switch {
	case err != nil:
		fate = l.config.Fate(err)
	case len(answers) != len(l.batch):
		fate = Unknown // it committed, but nobody can tell what
	}
	l.config.Meter.Attempted(len(l.batch), fate)
	return answers, fate
}

func (l *Lane[Q, A]) fill() {
	l.batch = l.batch[:0]
	for i := range l.flight {
		l.batch = append(l.batch, l.flight[i].q)
	}
}

// post calls Post. A panic there is an unknown outcome like any other: the statement may be on its way.
func (l *Lane[Q, A]) post() (answers []Answer[A], err error) {
	ctx, cancel := context.WithTimeout(l.ctx, l.config.AttemptTimeout)
	defer cancel()
	defer func() {
		if recover() != nil { // not quoted: the value may hold a request
			answers, err = nil, errPanic
		}
	}()
	return l.config.Post(ctx, l.batch)
}

// answer ends the requests of a committed batch and queues the ones to be posted again before all others.
func (l *Lane[Q, A]) answer(answers []Answer[A]) {
	if again := l.deliver(l.detach(), answers); len(again) > 0 {
		l.requeue(again)
	}
}

// deliver calls Done for what was answered and returns the rest, in order, at the front of the same array.
func (l *Lane[Q, A]) deliver(items []item[Q], answers []Answer[A]) []item[Q] {
	again := items[:0]
	for i := range items {
		it := items[i]
		switch {
		case answers[i].Again && i == 0 && !it.ended:
			// Nobody stood before it, so this is a fault of Post. Without this a batch of one would spin for ever.
			l.config.Done(it.q, answers[i].Value, Poisoned)
		case answers[i].Again && !it.ended:
			again = append(again, it)
		case !it.ended:
			l.config.Done(it.q, answers[i].Value, Answered)
		}
	}
	return again
}

// halve sends a rejected batch round again in two halves, or ends the culprit that is left alone.
func (l *Lane[Q, A]) halve() {
	items := l.detach()
	if len(items) == 1 {
		l.end(items, Poisoned)
		return
	}
	l.splits = append(l.splits, len(items)-len(items)/2, len(items)/2)
	l.pushFront(items)
}

// requeue puts requests back before all others; while a culprit is looked for they make a batch of their own.
func (l *Lane[Q, A]) requeue(items []item[Q]) {
	if len(l.splits) > 0 {
		l.splits = append(l.splits, len(items))
	}
	l.pushFront(items)
}

func (l *Lane[Q, A]) pushFront(items []item[Q]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting.back.pushFront(items)
}

// detach takes the batch out of flight: from here on watch leaves its requests alone.
func (l *Lane[Q, A]) detach() []item[Q] {
	l.mu.Lock()
	defer l.mu.Unlock()
	items := l.flight
	l.flight = l.flight[:0]
	return items
}

// end calls Done for those requests that have not been ended yet.
func (l *Lane[Q, A]) end(items []item[Q], how Ending) {
	var none A
	for i := range items {
		if !items[i].ended {
			l.config.Done(items[i].q, none, how)
		}
	}
}
