package lane

import "time"

// reserve is the part of the queue, one in so many, that only requests without a patience may use.
const reserve = 8

// Room is how many more requests Submit would take now on these terms; less than 1 for none.
func (l *Lane[Q, A]) Room(t Terms) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.room(t)
}

// room is Room. What has less than a batch before it is looked at without a clock. The caller holds mu.
func (l *Lane[Q, A]) room(t Terms) int {
	free, ahead := l.free(t), l.waiting.ahead(t.Behind)
	if t.Patience == Patient || min(ahead, l.waiting.n()) < l.config.BatchMax {
		return free
	}
	return min(free, l.pace.places(t.Patience, l.config.BatchMax, l.left())-ahead)
}

// free is how many places are left, however long it takes. The caller holds mu.
func (l *Lane[Q, A]) free(t Terms) int {
	free := l.config.Depth - l.waiting.n()
	if t.Patience != Patient {
		free -= l.config.Depth / reserve
	}
	return free
}

// left is how long the batch in flight is expected to go on. The caller holds mu.
func (l *Lane[Q, A]) left() time.Duration {
	if l.began.IsZero() {
		return 0
	}
	return l.pace.left(time.Since(l.began))
}

// Wait is how long a request that came now would be in the lane, behind nobody but those who came before it.
func (l *Lane[Q, A]) Wait() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pace.wait(l.waiting.ahead(false), l.config.BatchMax, l.left())
}

// Pressed tells whether more waits than the next batch can take.
func (l *Lane[Q, A]) Pressed() bool { return l.Depth() > l.config.BatchMax }

// paced notes how long a batch took. One that was not posted, or whose outcome became unknown, tells nothing of the pace.
func (l *Lane[Q, A]) paced(size int, fate Fate) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if size > 0 && fate != Unknown && fate != NotPosted {
		l.pace.observe(time.Since(l.began))
	}
	l.began = time.Time{}
}
