package lane

import "time"

// watch ends requests at their deadlines, also while run is held up by an attempt. The alarm is lazy: it is set
// earlier when an earlier deadline comes in, never later, and when it rings watch looks for the next deadline. With
// a deadline of 20 s it rings about once in 20 s, whatever the load.
func (l *Lane[Q, A]) watch() {
	defer close(l.watched)
	for {
		select {
		case <-l.ring():
			l.expire()
		case <-l.rearm:
		case <-l.stopped:
			return
		}
	}
}

func (l *Lane[Q, A]) ring() <-chan time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.alarm.IsZero() {
		return nil
	}
	return time.After(time.Until(l.alarm))
}

// wakeBy sees to it that watch looks at the deadline. The caller holds mu.
func (l *Lane[Q, A]) wakeBy(deadline time.Time) {
	if !l.alarm.IsZero() && !deadline.Before(l.alarm) {
		return
	}
	l.alarm = deadline
	select {
	case l.rearm <- struct{}{}:
	default: // watch has yet to look at the last one, and will then see this one
	}
}

// expire ends what is late: Refused in the queue, Silent in flight.
func (l *Lane[Q, A]) expire() {
	l.mu.Lock()
	now := time.Now()
	refused := l.waiting.takeLate(now)
	silent := l.silence(now)
	l.alarm = l.earliest()
	l.mu.Unlock()
	l.end(refused, Refused)
	l.end(silent, Silent)
}

// silence marks the late requests in flight as ended and returns them. The caller holds mu.
func (l *Lane[Q, A]) silence(now time.Time) (silent []item[Q]) {
	for i := range l.flight {
		if it := &l.flight[i]; !it.ended && it.late(now) {
			silent = append(silent, *it)
			it.ended = true
		}
	}
	return silent
}

// earliest is the next deadline of those not ended yet, or zero. The caller holds mu.
func (l *Lane[Q, A]) earliest() (first time.Time) {
	consider := func(it *item[Q]) {
		if !it.ended && (first.IsZero() || it.deadline.Before(first)) {
			first = it.deadline
		}
	}
	for i := range l.flight {
		consider(&l.flight[i])
	}
	for _, q := range l.waiting.queues() {
		for i := range q.n {
			consider(q.at(i))
		}
	}
	return first
}
