package lane

import "time"

// backlog is what waits: first what came back from a batch, then the two queues.
//
// Of what stands in behind one request goes before every seven of front, so neither can keep the other out: a flood in
// behind costs those in front an eighth of the lane, and a lane full of them leaves that eighth to it.
type backlog[Q any] struct {
	back, front, behind queue[Q]
	turn                int
}

// turns is how many requests there are between two of behind while both queues wait, it included.
const turns = 8

func newBacklog[Q any](depth, batchMax int) backlog[Q] {
	return backlog[Q]{back: newQueue[Q](batchMax), front: newQueue[Q](depth), behind: newQueue[Q](depth)}
}

func (b *backlog[Q]) queues() [3]*queue[Q] { return [...]*queue[Q]{&b.back, &b.front, &b.behind} }

func (b *backlog[Q]) n() int { return b.back.n + b.front.n + b.behind.n }

// ahead is how many go before a request that comes now. Of those that will come to the front while one waits behind,
// nobody knows: so it counts on a front that stays as busy as it is.
func (b *backlog[Q]) ahead(behind bool) int {
	first := b.back.n + b.front.n
	switch {
	case behind && b.front.n > 0:
		return first + turns*b.behind.n
	case behind:
		return b.n()
	}
	return first + min(b.behind.n, first/(turns-1))
}

func (b *backlog[Q]) push(it item[Q], behind bool) {
	if behind {
		b.behind.pushBack(it)
	} else {
		b.front.pushBack(it)
	}
}

func (b *backlog[Q]) pop() item[Q] {
	switch {
	case b.back.n > 0:
		return b.back.popFront()
	case b.behind.n == 0:
		return b.front.popFront()
	case b.front.n == 0:
		return b.behind.popFront()
	}
	if b.turn = (b.turn + 1) % turns; b.turn == 0 {
		return b.behind.popFront()
	}
	return b.front.popFront()
}

func (b *backlog[Q]) takeLate(now time.Time) (late []item[Q]) {
	for _, q := range b.queues() {
		late = q.takeLate(now, late)
	}
	return late
}
