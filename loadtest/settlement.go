package loadtest

import (
	"context"
	"fmt"
	"io"
	"iter"
	"time"

	"bpnt/iso"
)

// Batch is what a terminal had in a batch that it closed, or tried to close: the truth as it knows it, whatever totals
// it sent.
type Batch struct {
	TID      string    `json:"tid"`
	Number   int32     `json:"number"` // DE60
	Sales    int64     `json:"sales"`  // approved, and neither reversed nor voided
	SalesIDR int64     `json:"sales_idr"`
	Fate     BatchFate `json:"fate"`
	// Cleared says that an earlier run, or a visit by hand, left it, and that what was in it is not known here.
	Cleared bool `json:"cleared,omitempty"`
}

// BatchFate is what the host said of a batch.
type BatchFate string

const (
	// BatchAgreed: the totals were the host's, 00.
	BatchAgreed BatchFate = "agreed"
	// BatchDisputed: they were not (95). The terminal uploaded its sales, and the trailer closed the batch with 00.
	BatchDisputed BatchFate = "disputed"
	// BatchRefused: the settlement or its trailer was answered with something else.
	BatchRefused BatchFate = "refused"
	// BatchOpen: no final answer came, or a sale of the batch may stand either way, and with that nobody settles.
	BatchOpen BatchFate = "open"
)

// Settlement sums up the batches that the run's own sales are in.
type Settlement struct {
	Batches  int     `json:"batches"`
	Agreed   int     `json:"agreed"`
	Disputed int     `json:"disputed"`
	Refused  int     `json:"refused"`
	Open     int     `json:"open"`
	Uploads  int64   `json:"uploads"`
	Sales    int64   `json:"sales"` // in batches that were closed
	SalesIDR int64   `json:"sales_idr"`
	Seconds  float64 `json:"seconds"` // from the end of shopping to the last terminal's last answer
}

// Batches yields every batch that a terminal closed or tried to close, terminal by terminal, in order.
func (p *Report) Batches() iter.Seq[Batch] {
	return func(yield func(Batch) bool) {
		for _, t := range p.terminals {
			for _, b := range t.batches {
				if !yield(b) {
					return
				}
			}
		}
	}
}

func (r *run) settlement(uploads int64) *Settlement {
	s := &Settlement{Uploads: uploads}
	var last time.Time
	for _, t := range r.terminals {
		last = later(last, t.shopped)
		for _, b := range t.batches {
			if !b.Cleared {
				s.add(b)
			}
		}
	}
	s.Seconds = r.ended.Sub(last).Seconds()
	return s
}

func (s *Settlement) add(b Batch) {
	s.Batches++
	switch b.Fate {
	case BatchAgreed:
		s.Agreed++
	case BatchDisputed:
		s.Disputed++
	case BatchRefused:
		s.Refused++
	case BatchOpen:
		s.Open++
	}
	if b.Closed() {
		s.Sales += b.Sales
		s.SalesIDR += b.SalesIDR
	}
}

// Closed tells whether the host said that the batch is closed.
func (b Batch) Closed() bool { return b.Fate == BatchAgreed || b.Fate == BatchDisputed }

func (s *Settlement) write(w io.Writer) {
	if s == nil {
		return
	}
	fmt.Fprintf(w, "batches\t%d: %d agreed, %d disputed (%d uploads), %d refused, %d open\n",
		s.Batches, s.Agreed, s.Disputed, s.Uploads, s.Refused, s.Open)
	fmt.Fprintf(w, "settled\t%d sales, %s, within %.1f s after the last family\n", s.Sales, iso.Rupiah(s.SalesIDR), s.Seconds)
}

// totals is one pair of DE63.
type totals struct {
	count  int64
	amount int64 // whole rupiah
}

func sum(sales []*entry) totals {
	s := totals{count: int64(len(sales))}
	for _, e := range sales {
		s.amount += e.amount()
	}
	return s
}

// clearBatch closes what an earlier run, or a visit by hand, left in the terminal's batch. The terminal knows nothing
// of that: its totals are zero, and where they differ the host's win.
func (t *terminal) clearBatch(hard context.Context) {
	b := Batch{TID: t.outlet.TID, Number: t.batch, Cleared: true}
	b.Fate = t.settle(hard, nil)
	t.batches = append(t.batches, b)
}

// closeBatch settles the open batch, unless the terminal did nothing in it. For a share of them the terminal forgets its last sale.
func (t *terminal) closeBatch(hard context.Context) {
	if t.journal.blank() {
		return
	}
	sales, known := t.journal.standing()
	truth := sum(sales)
	b := Batch{TID: t.outlet.TID, Number: t.batch, Sales: truth.count, SalesIDR: truth.amount, Fate: BatchOpen}
	if known {
		if len(sales) > 0 && t.chance(t.cfg.Disputes) {
			sales = sales[:len(sales)-1]
		}
		b.Fate = t.settle(hard, sales)
	}
	t.batches = append(t.batches, b)
}

// settle sends the totals of these sales. After 95 it uploads them one by one, and the trailer closes the batch.
func (t *terminal) settle(hard context.Context, sales []*entry) BatchFate {
	m := message{mti: mtiSettlement, code: codeSettlement, stan: t.nextSTAN(), totals: sum(sales)}
	a, heard := t.insist(hard, classSettlement, m, nil, settled)
	fate := BatchAgreed
	if heard && a.totalsDiffer() {
		fate = BatchDisputed
		t.upload(hard, sales)
		m.mti, m.code, m.stan = mtiSettlement, codeTrailer, t.nextSTAN()
		a, heard = t.insist(hard, classTrailer, m, nil, settled)
	}
	switch {
	case !heard:
		return BatchOpen
	case !a.approved():
		return BatchRefused
	}
	t.recorder.count(countBatches)
	t.journal.nextBatch()
	t.batch = t.batch%batchMax + 1
	t.closed++
	return fate
}

// settled tells whether an answer ends the asking: everything does but 91.
func settled(a answer) bool { return !a.unavailable() }

// upload sends the sales, each until it is answered. What the host says to one changes nothing: it keeps its totals.
func (t *terminal) upload(hard context.Context, sales []*entry) {
	for i, e := range sales {
		m := message{mti: mtiUpload, stan: t.nextSTAN(), amount: e.amount(), rrn: e.rrn, original: e.stan}
		if i < len(sales)-1 {
			m.code = moreFollow
		}
		if _, heard := t.insist(hard, classUpload, m, &t.outlet.Cards[e.card], settled); !heard {
			return
		}
	}
}

// NextSTAN is one that no terminal of the run has used, for a run that follows.
func (p *Report) NextSTAN() int32 {
	return p.unused(p.terminals[0].cfg.FirstSTAN, stanMax, func(t *terminal) int { return t.used })
}

// NextBatch is a batch number that no terminal of the run has used.
func (p *Report) NextBatch() int32 {
	return p.unused(p.terminals[0].cfg.FirstBatch, batchMax, func(t *terminal) int { return t.closed + 1 })
}

func (p *Report) unused(first int32, last int, used func(*terminal) int) int32 {
	most := 0
	for _, t := range p.terminals {
		most = max(most, used(t))
	}
	return int32((int(first)-1+most)%last) + 1
}
