package ledger

import "testing"

// TestSettleDrawsOneLine: between the moment at which a day's last bucket was passed and its sums, a clock that was set back
// dates a sale into that day. It is the next day's, and paid once.
func TestSettleDrawsOneLine(t *testing.T) {
	m := newTwoBanks(t, 1)
	m.want("sale", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	m.on(day2)
	s, err := m.operator.at(m.now).Settle(t.Context(), bankBNI, day1, func(bucket int) {
		if bucket == m.operator.Buckets() {
			m.on(day1)
			m.want("dated back", m.post(m.redeem(m.cards[0], 2, 600)), OutcomeApproved)
		}
	})
	m.must(0, err)
	m.wantSums(s, "1 for 50000, 0 for 0 undone, brought 0, paid 50000 in 1, carried 0")
	m.on(day3)
	m.wantSums(m.settle(bankBNI, day2), "1 for 600, 0 for 0 undone, brought 0, paid 600 in 1, carried 0")
	m.audit()
}
