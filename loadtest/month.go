package loadtest

import (
	"fmt"
	"io"
	"math/bits"
	"time"
)

// order is a random order of 0 to n-1 that is computed and not stored, since a country has 18.8 million families: a
// Feistel network over the next even power of two, walked on where it leads out of the range.
type order struct {
	n    uint64
	half int // bits
	keys [4]uint64
}

func newOrder(n int, draw func() uint64) order {
	o := order{n: uint64(n), half: (bits.Len64(uint64(n)) + 1) / 2}
	for i := range o.keys {
		o.keys[i] = draw()
	}
	return o
}

// at is the i-th of the order.
func (o order) at(i int) int {
	v := o.shuffle(uint64(i))
	for v >= o.n {
		v = o.shuffle(v)
	}
	return int(v)
}

func (o order) shuffle(v uint64) uint64 {
	mask := uint64(1)<<o.half - 1
	left, right := v>>o.half, v&mask
	for _, key := range o.keys {
		mixed := (right ^ key) * 0x9E3779B97F4A7C15
		left, right = right, left^(mixed>>32)&mask
	}
	return left<<o.half | right
}

// Month is how long it took until every family had come once.
type Month struct {
	Families int64   `json:"families"` // that have come
	Minutes  float64 `json:"minutes"`  // from the first family to the last answer, warm-up included
}

// monthMax is longer than any run of a month: there, the families end the run.
const monthMax = 24 * time.Hour

// month is nil in a run that the clock ends.
func (r *run) month() *Month {
	if !r.cfg.Month {
		return nil
	}
	m := &Month{Minutes: r.ended.Sub(r.start).Minutes()}
	for _, t := range r.terminals {
		m.Families += int64(t.visits)
	}
	return m
}

func (m *Month) write(w io.Writer) {
	if m != nil {
		fmt.Fprintf(w, "month\t%d families came, in %.2f minutes\n", m.Families, m.Minutes)
	}
}
