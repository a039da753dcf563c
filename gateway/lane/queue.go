package lane

import "time"

// item is a request on its way through the lane.
type item[Q any] struct {
	q        Q
	deadline time.Time
	ended    bool // Done was called for it; guarded by Lane.mu while the item is in flight
}

func (it *item[Q]) late(now time.Time) bool { return !it.deadline.After(now) }

// queue is a ring of fixed size that can be filled from both ends. It never allocates after newQueue.
type queue[Q any] struct {
	ring  []item[Q]
	first int
	n     int
}

func newQueue[Q any](size int) queue[Q] { return queue[Q]{ring: make([]item[Q], size)} }

func (u *queue[Q]) at(i int) *item[Q] { return &u.ring[(u.first+i)%len(u.ring)] }

func (u *queue[Q]) pushBack(it item[Q]) {
	*u.at(u.n) = it
	u.n++
}

// pushFront puts items before all others and keeps their order.
func (u *queue[Q]) pushFront(items []item[Q]) {
	u.first = (u.first - len(items) + len(u.ring)) % len(u.ring)
	u.n += len(items)
	for i := range items {
		*u.at(i) = items[i]
	}
}

func (u *queue[Q]) popFront() item[Q] {
	slot := u.at(0)
	it := *slot
	*slot = item[Q]{}
	u.first = (u.first + 1) % len(u.ring)
	u.n--
	return it
}

// takeLate removes the items whose deadline has passed, appends them to late and keeps the order of the rest.
func (u *queue[Q]) takeLate(now time.Time, late []item[Q]) []item[Q] {
	for range u.n {
		if it := u.popFront(); it.late(now) {
			late = append(late, it)
		} else {
			u.pushBack(it)
		}
	}
	return late
}
