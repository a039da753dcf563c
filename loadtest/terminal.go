package loadtest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// terminal is one simulated EDC. All of it belongs to its own goroutine.
type terminal struct {
	cfg      *Config
	outlet   *Outlet
	recorder *recorder
	random   *rand.Rand
	line     line
	journal  journal
	purses   *purses // joint with other terminals; nil where families have a terminal each
	order    order   // of families, in a month

	identity []byte // DE41 and DE42 as on the wire
	scale    int64  // minor units of the link in a rupiah
	stan     int32  // of the next message
	used     int    // STANs taken
	batch    int32  // DE60
	closed   int    // batches closed, those of earlier runs too
	batches  []Batch
	shopped  time.Time // when the last family had left
	atc      uint16
	idles    bool
	visits   int       // families that have come
	left     []int32   // what each card's family may still spend, in steps of amountStep
	free     time.Time // since when the terminal could have sent something
	frame    []byte    // scratch
}

func newTerminal(cfg *Config, o *Outlet, l line, r *recorder, random *rand.Rand) *terminal {
	t := &terminal{
		cfg: cfg, outlet: o, line: l, recorder: r, random: random,
		identity: fmt.Appendf(nil, "%s%-15s", o.TID, o.MID),
		scale:    1,
		stan:     cfg.FirstSTAN, batch: cfg.FirstBatch, left: make([]int32, len(o.Cards)),
	}
	for range cfg.Dialect.AmountDecimals {
		t.scale *= 10
	}
	for i := range t.left {
		t.left[i] = steps(cfg.Funds)
	}
	if cfg.Month {
		t.order = newOrder(len(o.Cards), random.Uint64)
		t.journal.entries = make([]entry, 0, len(o.Cards))
	}
	return t
}

// steps is an amount in steps of amountStep, rounded down.
func steps(amount int64) int32 { return int32(min(amount/amountStep, math.MaxInt32)) }

// serve takes families until the doors close. With a nil queue it takes the next one at once.
func (t *terminal) serve(open, hard context.Context, queue <-chan time.Time) {
	defer t.line.close()
	if !t.online(hard, open) {
		return
	}
	if t.idles {
		t.idle(open, hard)
	} else {
		t.shop(open, hard, queue)
	}
	if t.cfg.Settle {
		t.shopped = time.Now()
		t.closeBatch(hard)
	}
}

func (t *terminal) shop(open, hard context.Context, queue <-chan time.Time) {
	t.free = time.Now()
	for !t.cfg.Month || t.visits < len(t.outlet.Cards) {
		intended, ok := t.nextFamily(open, queue)
		if !ok {
			return
		}
		t.visit(open, hard, intended)
		if t.cfg.Settle && t.journal.full(cmp.Or(t.cfg.BatchMax, batchSales)) {
			t.closeBatch(hard)
		}
	}
}

// nextFamily is the intended time of the next visit: in a closed loop the moment since when the terminal is free.
func (t *terminal) nextFamily(open context.Context, queue <-chan time.Time) (time.Time, bool) {
	if queue == nil {
		return t.free, open.Err() == nil
	}
	select {
	case <-open.Done():
		return time.Time{}, false
	case intended, ok := <-queue:
		return intended, ok
	}
}

// visit is one family at the counter.
func (t *terminal) visit(open, hard context.Context, intended time.Time) {
	card := t.choose()
	t.visits++
	if t.chance(t.cfg.Inquiries) {
		t.inquire(open, hard, &t.outlet.Cards[card], intended)
		intended = t.free
	}
	t.purchase(open, hard, card, intended)
}

func (t *terminal) inquire(open, hard context.Context, c *Card, intended time.Time) {
	m := message{mti: mtiPurchase, code: codeInquiry, stan: t.nextSTAN()}
	t.ask(open, hard, classInquiry, m, c, intended)
}

// purchase sells once and writes down what came of it.
func (t *terminal) purchase(open, hard context.Context, card int, intended time.Time) {
	c := &t.outlet.Cards[card]
	t.atc++
	m := message{mti: mtiPurchase, code: codePurchase, stan: t.nextSTAN(), amount: t.amount(card), atc: t.atc}
	t.journal.open(card, m.stan, m.amount)
	sale := t.journal.last()
	a, fate := t.ask(open, hard, classPurchase, m, c, intended)
	switch {
	case fate == fateUnsent:
		sale.decline()
		t.recorder.unserved(intended)
	case fate == fateSilent:
		t.undo(hard, m, c, sale)
	case a.approved():
		t.approved(open, hard, m, c, sale, a, card)
	case t.hollow(a):
		t.undo(hard, m, c, sale)
		t.rest(open, a)
	default:
		sale.decline()
		t.refused(card, m.amount, a)
		t.again(open, hard, m, c, a)
		t.rest(open, a)
	}
}

// hollow tells whether an answer is a 91 to a message of which there may be another copy: then it is true of the one that
// was answered.
func (t *terminal) hollow(a answer) bool {
	return a.unavailable() && (t.cfg.Copies > 1 || t.cfg.Doubles)
}

// undo reverses a purchase that may stand.
func (t *terminal) undo(hard context.Context, m message, c *Card, sale *entry) {
	t.unclear(int(sale.card))
	if t.reverse(hard, m, c) {
		sale.reverse()
	}
}

// rest is the operator who reads "try again later" and does not press the button a thousand times a second.
func (t *terminal) rest(open context.Context, a answer) {
	if a.unavailable() {
		pause(open, retryWaitMax)
		t.free = time.Now()
	}
}

// approved books the sale; for a share of them the terminal sends the message again, loses the answer, or voids a sale.
func (t *terminal) approved(open, hard context.Context, m message, c *Card, sale *entry, a answer, card int) {
	sale.approve(a.rrn)
	t.spend(card, m.amount)
	t.again(hard, hard, m, c, a)
	switch {
	case t.chance(t.cfg.Reversals):
		sale.reopen()
		if t.undo(hard, m, c, sale); sale.fate == fateReversed {
			t.spend(card, -m.amount)
		}
	case t.chance(t.cfg.Voids):
		t.void(open, hard)
	}
}

// again sends a share of the answered purchases once more: the answer must be the same one. A repeat without answer
// changes nothing, since the purchase itself was answered. After a 91 nothing was posted and the repeat would be a new
// purchase, which might be approved: it is not sent, because this purchase is written off already.
func (t *terminal) again(open, hard context.Context, m message, c *Card, first answer) {
	if first.unavailable() || !t.chance(t.cfg.Repeats) {
		return
	}
	m.mti = mtiPurchaseRepeat
	a, fate := t.ask(open, hard, classRepeat, m, c, time.Now())
	if fate == fateAnswered && (a.code != first.code || a.rrn != first.rrn) {
		t.recorder.count(countAltered)
	}
}

// chance draws for a share of the mix.
func (t *terminal) chance(share float64) bool { return share > 0 && t.random.Float64() < share }

func (t *terminal) nextSTAN() int32 {
	stan := t.stan
	t.used++
	t.stan = stan%stanMax + 1
	return stan
}
