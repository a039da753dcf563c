package ledger

import "testing"

// TestNegativeAmounts: a purchase of less than nothing would pay its buyer. It is stopped before the books and, where it
// comes to them all the same, refused there.
func TestNegativeAmounts(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	for i, amount := range []int64{-1, -50_000, -AmountMax} {
		r := b.redeem(card, int32(i), amount)
		if r.Validate() == nil {
			t.Errorf("Rp %d is taken", amount)
		}
		b.want("past the check", b.post(r), OutcomeAmountInvalid)
	}
	if got := b.balance(1); got != testGrant {
		t.Errorf("balance %d", got)
	}
	b.audit()
}
