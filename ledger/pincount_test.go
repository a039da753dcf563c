package ledger

import "testing"

// TestRepeatsLeaveThePINCount: who has recorded a purchase with the right PIN could play it again between his guesses. Its
// repeat gets the old answer and gives no try back; neither does its reversal, nor the repeat after that.
func TestRepeatsLeaveThePINCount(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	recorded := b.redeem(card, 1, 10_000)
	b.want("the purchase", b.post(recorded), OutcomeApproved)
	guess := func(stan int32) Result {
		r := b.redeem(card, stan, 10_000)
		r.PINValue = testPIN + stan
		return b.post(r)
	}
	b.want("first guess", guess(2), OutcomePINWrong)
	b.want("played again", b.post(recorded), OutcomeApproved)
	if r := b.want("second guess", guess(3), OutcomePINWrong); r.TriesLeft != 1 {
		t.Errorf("%d tries left", r.TriesLeft)
	}
	b.want("its reversal", b.post(b.reverse(card, 1, 10_000)), OutcomeReversed)
	b.want("played again after its reversal", b.post(recorded), OutcomeBlocked)
	b.want("third guess", guess(4), OutcomePINExhausted)
	b.audit()
}
