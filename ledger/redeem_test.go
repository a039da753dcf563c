package ledger

import (
	"testing"
)

func TestRedeemDebitsOnce(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)

	first := b.want("purchase", b.post(b.redeem(card, 1, 50_000)), OutcomeApproved)
	if first.Balance != 60_000 || len(first.RRN()) != 12 || len(first.Approval()) != 6 || first.Replay {
		t.Errorf("answer: %+v", first)
	}
	repeat := b.post(b.redeem(card, 1, 50_000))
	if !repeat.Replay {
		t.Errorf("not a replay: %+v", repeat)
	}
	repeat.Replay = false
	if repeat != first {
		t.Errorf("repeat differs:\n%+v\n%+v", repeat, first)
	}
	b.want("other amount", b.post(b.redeem(card, 1, 50_001)), OutcomeConflict)
	b.want("too much", b.post(b.redeem(card, 2, 60_001)), OutcomeInsufficientFunds)
	b.want("the rest", b.post(b.redeem(card, 3, 60_000)), OutcomeApproved)
	if got := b.balance(1); got != 0 {
		t.Errorf("balance %d, want 0", got)
	}
	report := b.audit()
	if report.DebitsIDR != testGrant || report.Redemptions != 2 {
		t.Errorf("audit: %+v", report)
	}
}
