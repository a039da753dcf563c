package loadtest

import (
	"context"
	"time"
)

// void cancels one of the terminal's latest sales, as an outlet does that typed a wrong amount. Where the answer does
// not come, or for a share of the answers is lost, the terminal reverses the void, and the sale stands again.
func (t *terminal) void(open, hard context.Context) {
	sale := t.journal.recent(t.random)
	c := &t.outlet.Cards[sale.card]
	m := message{
		mti: mtiPurchase, code: codeVoid, stan: t.nextSTAN(), amount: sale.amount(), rrn: sale.rrn, original: sale.stan,
	}
	sale.reopen()
	t.unclear(int(sale.card))
	a, fate := t.ask(open, hard, classVoid, m, c, time.Now())
	lost := fate == fateSilent || t.hollow(a) || a.approved() && t.chance(t.cfg.Reversals)
	switch {
	case lost && !t.reverse(hard, m, c):
		return
	case !lost && a.approved():
		sale.void()
		t.spend(int(sale.card), -sale.amount())
		return
	}
	sale.stand()
}
