package e2e

import (
	"testing"

	"bpnt/ledger"
)

// TestResetMeetsAForwardedCard: a card whose hash points to another bucket is sent on there. That it was in the first
// bucket before does not make it a message that the gateway heard nothing of: after a terminal reset the same STAN is
// a new purchase and is debited, never the old approval shown again. TestModel found that it was.
func TestResetMeetsAForwardedCard(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	d := w.forwarded(c)
	w.disburse()
	e := w.dial()
	e.want("before the reset", "00", w.purchase(d, 1, 1_000))
	w.check(w.operator.ResetTerminal(t.Context(), "edc", testTID))
	e.want("the same STAN after it", "00", w.purchase(d, 1, 1_000))
	w.wantBalance("after two purchases", c, testGrant-2_000)
	w.audit()
}

// forwarded gives a card's family another one, whose hash points to another bucket.
func (w *world) forwarded(first card) card {
	w.t.Helper()
	for n := 1_000; ; n++ {
		digits := ledger.NewJakarta(99).Card(n).PAN
		if w.operator.BucketOf(w.keys.PANKey(digits[:])) != w.operator.BucketOf(first.key) {
			return w.card(first.family, digits, "3012")
		}
	}
}
