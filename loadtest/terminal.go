package loadtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"bpnt/iso"
)

// terminal is one simulated EDC. All of it belongs to its own goroutine.
type terminal struct {
	cfg      *Config
	outlet   *Outlet
	recorder *recorder
	codec    *iso.Codec
	random   *rand.Rand
	line     line
	journal  journal

	identity []byte // DE41 and DE42 as on the wire
	scale    int64  // minor units of the link in a rupiah
	stan     int32  // of the next message
	used     int    // STANs taken
	batch    int32  // DE60
	closed   int    // batches closed, those of earlier runs too
	batches  []Batch
	shopped  time.Time // when the last family had left
	atc      uint16
	left     []int64   // whole rupiah each card's family may still spend
	free     time.Time // since when the terminal could have sent something
	answers  int       // counted for the sample that is decoded strictly
	frame    []byte    // scratch
}

func newTerminal(cfg *Config, codec *iso.Codec, o *Outlet, r *recorder, random *rand.Rand) *terminal {
	t := &terminal{
		cfg: cfg, outlet: o, recorder: r, random: random,
		identity: fmt.Appendf(nil, "%s%-15s", o.TID, o.MID),
		scale:    1, codec: codec,
		stan: cfg.FirstSTAN, batch: cfg.FirstBatch, left: make([]int64, len(o.Cards)),
	}
	t.line = line{addr: cfg.Addr, recorder: r}
	for range cfg.Dialect.AmountDecimals {
		t.scale *= 10
	}
	copy(t.line.tid[:], o.TID)
	for i := range t.left {
		t.left[i] = cfg.Funds
	}
	return t
}

// serve takes families until the doors close. With a nil queue it takes the next one at once.
func (t *terminal) serve(open, hard context.Context, queue <-chan time.Time) {
	defer t.line.close()
	if !t.online(hard, open) {
		return
	}
	t.shop(open, hard, queue)
	if t.cfg.Settle {
		t.shopped = time.Now()
		t.closeBatch(hard)
	}
}

func (t *terminal) shop(open, hard context.Context, queue <-chan time.Time) {
	for {
		intended, ok := nextFamily(open, queue)
		if !ok {
			return
		}
		t.visit(open, hard, intended)
		if t.cfg.Settle && t.journal.full() {
			t.closeBatch(hard)
		}
	}
}

func nextFamily(open context.Context, queue <-chan time.Time) (time.Time, bool) {
	if queue == nil {
		return time.Now(), open.Err() == nil
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
	c := &t.outlet.Cards[card]
	if t.chance(t.cfg.Inquiries) {
		m := message{mti: mtiPurchase, code: codeInquiry, stan: t.nextSTAN()}
		t.ask(open, hard, classInquiry, m, c, intended)
		intended = t.free
	}
	t.purchase(open, hard, card, intended)
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
		if t.reverse(hard, m, c) {
			sale.reverse()
		}
	case a.approved():
		t.approved(open, hard, m, c, sale, a, card)
	default:
		sale.decline()
		t.again(open, hard, m, c, a)
		t.rest(open, a)
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
	t.left[card] -= m.amount
	t.again(hard, hard, m, c, a)
	switch {
	case t.chance(t.cfg.Reversals):
		sale.reopen()
		if t.reverse(hard, m, c) {
			sale.reverse()
			t.left[card] += m.amount
		}
	case t.chance(t.cfg.Voids):
		t.void(open, hard)
	}
}

// again sends a share of the answered purchases once more: the answer must be the same one. A repeat without answer
// changes nothing, since the purchase itself was answered.
func (t *terminal) again(open, hard context.Context, m message, c *Card, first answer) {
	if !t.chance(t.cfg.Repeats) {
		return
	}
	m.mti = mtiPurchaseRepeat
	a, fate := t.ask(open, hard, classRepeat, m, c, time.Now())
	if fate == fateAnswered && (a.code != first.code || a.rrn != first.rrn) {
		t.recorder.count(countAltered)
	}
}

// chooseTries bounds the search for a family that has money left.
const chooseTries = 16

// choose finds a family at random, rather one that can pay for something.
func (t *terminal) choose() int {
	card := t.random.IntN(len(t.left))
	for range chooseTries {
		if t.left[card] >= amountStep {
			break
		}
		card = t.random.IntN(len(t.left))
	}
	return card
}

// amount is a random multiple of 500 that the family has, or one of 500 that will be refused.
func (t *terminal) amount(card int) int64 {
	steps := min(t.cfg.AmountMax, t.left[card]) / amountStep
	if steps < 1 {
		return amountStep
	}
	return amountStep * (1 + t.random.Int64N(steps))
}

// chance draws for a share of the mix.
func (t *terminal) chance(share float64) bool { return share > 0 && t.random.Float64() < share }

func (t *terminal) nextSTAN() int32 {
	stan := t.stan
	t.used++
	t.stan = stan%stanMax + 1
	return stan
}
