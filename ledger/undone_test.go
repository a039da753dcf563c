package ledger

import "testing"

// TestWhatIsUndoneStaysUndone: a sale is given back once, by its void or by its reversal, and a void is undone once. What
// comes after that gets an answer and moves nothing.
func TestWhatIsUndoneStaysUndone(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	step := func(what string, r Request, want Outcome, balance int64) {
		t.Helper()
		b.want(what, b.post(r), want)
		if got := b.balance(1); got != balance {
			t.Errorf("%s: balance %d, want %d", what, got, balance)
		}
	}
	const paid, full = testGrant - 50_000, testGrant
	step("sale", b.redeem(card, 1, 50_000), OutcomeApproved, paid)
	void := b.void(card, 2, 50_000)
	step("void", void, OutcomeApproved, full)
	step("its copy", void, OutcomeApproved, full)
	step("another void", b.void(card, 3, 50_000), OutcomeOriginalVoided, full)
	step("the void's reversal", undo(void), OutcomeReversed, paid)
	step("its copy", undo(void), OutcomeReversed, paid)
	step("the void's copy, after it", void, OutcomeBlocked, paid)
	step("a void of what stands again", b.void(card, 4, 50_000), OutcomeApproved, full)
	step("the sale's reversal", b.reverse(card, 1, 50_000), OutcomeReversalNoEffect, full)

	step("another sale", b.redeem(card, 5, 50_000), OutcomeApproved, paid)
	step("its reversal", b.reverse(card, 5, 50_000), OutcomeReversed, full)
	step("its reversal's copy", b.reverse(card, 5, 50_000), OutcomeReversed, full)
	step("its void", b.void(card, 6, 50_000), OutcomeOriginalReversed, full)
	b.audit()
}
