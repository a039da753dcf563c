package lane

import (
	"math"
	"time"
)

// pace is how long a batch takes, from its being taken out of the queue to the last of its answers: a weighted mean of
// the latest ones.
//
// It counts batches and not requests. A batch of one takes nearly as long as one of a hundred, for both wait for one
// commit; so the time of a request in a quiet hour would foretell a wait that no burst ever has. What is asked of it is
// how long a queue lasts that is longer than a batch, and such a queue makes every batch a full one.
type pace struct {
	batch time.Duration // 0 before the first
}

// paceWeight is how many batches it takes, about, until the pace believes what they say. One batch that waited half a
// second for the disk among others of 20 ms does not make a queue of sixteen batches look long.
const paceWeight = 4

func (p *pace) observe(took time.Duration) {
	if p.batch == 0 {
		p.batch = took
		return
	}
	p.batch += (took - p.batch) / paceWeight
}

// left is how long the batch in flight is expected to go on. Of one that is overdue nothing is known but that: it may
// be overdue as long again.
func (p pace) left(elapsed time.Duration) time.Duration { return (p.batch - elapsed).Abs() }

// wait is how long a request will be in the lane that has n before it in the queue, and a batch before those that goes
// on for left.
func (p pace) wait(n, batchMax int, left time.Duration) time.Duration {
	return left + time.Duration(n/batchMax+1)*p.batch
}

// places is how long a queue may be whose last request is still answered within patience. It is never less than a batch:
// a lane that took nothing would never learn that its database is fast again.
func (p pace) places(patience time.Duration, batchMax int, left time.Duration) int {
	if p.batch == 0 {
		return math.MaxInt
	}
	batches := max(1, (patience-left)/p.batch)
	return int(min(batches, time.Duration(math.MaxInt/batchMax))) * batchMax
}
