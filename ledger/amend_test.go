package ledger

import (
	"fmt"
	"testing"
)

// TestVoidIsOfItsPurchase: terminal, card, amount and RRN must be the purchase's own; nothing else is found, and nothing
// moves. Status of card and outlet, and the PIN, play no part: money comes back.
func TestVoidIsOfItsPurchase(t *testing.T) {
	b := newBooks(t)
	card, other := pan("a", 0), pan("b", 0)
	b.family(1, card)
	b.family(2, other)
	b.addTerminal("60060061")
	b.disburse(testPeriod, testGrant)
	sale := b.want("sale", b.post(b.redeem(card, 1, 50_000)), OutcomeApproved)
	b.want("inquiry", b.post(b.inquire(card, 2)), OutcomeApproved)
	for i, test := range []struct {
		name   string
		change func(*Request)
		want   Outcome
	}{
		{"another amount", func(r *Request) { r.Amount-- }, OutcomeOriginalUnknown},
		{"another card", func(r *Request) { r.PAN = other }, OutcomeOriginalUnknown},
		{"another terminal", func(r *Request) { r.TID = "60060061" }, OutcomeOriginalUnknown},
		{"another bucket's number", func(r *Request) { r.Original += 1e10 }, OutcomeOriginalUnknown},
		{"an inquiry's number", func(r *Request) { r.Original++ }, OutcomeOriginalUnknown},
		{"no RRN", func(r *Request) { r.Original = Absent }, OutcomeOriginalUnknown},
		{"a terminal that nobody knows", func(r *Request) { r.TID = "99999999" }, OutcomeTerminalUnknown},
	} {
		r := b.void(card, int32(10+i), 50_000)
		r.Original = ParseRRN(sale.RRN())
		test.change(&r)
		b.want(test.name, b.post(r), test.want)
	}
	if got := b.balance(1); got != 60_000 {
		t.Errorf("balance %d", got)
	}
	b.asOwner(`update bpnt.card set status = 'stolen', tries = 3; update bpnt.outlet set status = 'suspended';
		update bpnt.terminal set status = 'suspended'`)
	void := b.want("void", b.post(b.void(card, 20, 50_000)), OutcomeApproved)
	if void.Balance != testGrant || void.Approval() == "" || void.Batch != 1 {
		t.Errorf("%+v", void)
	}
	otherRRN := b.void(card, 20, 50_000)
	otherRRN.Original++
	b.want("the same STAN with another RRN", b.post(otherRRN), OutcomeConflict)
	b.audit()
}

// TestVoidOfWhatSpansPurses: back to where it came from, and on where that purse was closed meanwhile.
func TestVoidOfWhatSpansPurses(t *testing.T) {
	b := newBooks(t)
	closed, frozen, spent := pan("a", 0), pan("b", 1), pan("c", 0)
	for i, card := range []PANKey{closed, frozen, spent} {
		b.family(int64(i+1), card)
	}
	for i := range int32(3) {
		b.disburse(testPeriod-2+i, testGrant)
	}
	for i, card := range []PANKey{closed, frozen, spent} {
		b.want("over three purses", b.post(b.redeem(card, 1, 250_000)), OutcomeApproved)
		b.want("void", b.post(b.void(card, 2, 250_000)), OutcomeApproved)
		if got := fmt.Sprint(b.purses(int64(i + 1))); got != fmt.Sprint([]int64{testGrant, testGrant, testGrant}) {
			t.Errorf("purses %s", got)
		}
	}
	b.want("the void of one is undone", b.post(undo(b.void(closed, 2, 250_000))), OutcomeReversed)
	b.want("half is spent", b.post(b.redeem(spent, 3, 200_000)), OutcomeApproved)
	got := b.want("the void of another is undone", b.post(undo(b.void(spent, 2, 250_000))), OutcomeReversed)
	if got.Balance != 0 || b.debt(3) != 120_000 {
		t.Errorf("balance %d, owed %d", got.Balance, b.debt(3))
	}
	b.audit()
	b.must(b.operator.at(b.now).ReverseDisbursement(t.Context(), "BPNT-202611-all-1", "wrong amount", nil))
	b.now = b.now.AddDate(0, 0, 100)
	b.freeze()
	b.must(b.operator.at(b.now).Return(t.Context(), Sweep{Reason: "test"}))
	b.want("its sale, after the newest period was taken back", b.post(b.void(closed, 4, 250_000)), OutcomeApproved)
	b.want("a sale whose void had been undone and was short", b.post(b.reverse(spent, 1, 250_000)), OutcomeReversed)
	if b.debt(3) != 0 {
		t.Errorf("owed %d after the sale was reversed", b.debt(3))
	}
	b.want("the void of the frozen is undone", b.post(undo(b.void(frozen, 2, 250_000))), OutcomeReversed)
	if b.debt(2) != 250_000 {
		t.Errorf("what lies frozen was spent: owed %d", b.debt(2))
	}
	b.audit()
}

// debt is what a family owes of BPNT.
func (b *books) debt(family int64) (owed int64) {
	b.t.Helper()
	b.must(0, b.operator.pool.QueryRow(b.t.Context(),
		`select coalesce(sum(owed), 0)::bigint from bpnt.receivable where family = $1`, family).Scan(&owed))
	return owed
}

// TestRefund: by any terminal of the outlet, of any batch, up to what is left; the newest period's money first.
func TestRefund(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 1)
	b.family(1, card)
	b.addTerminal("60060061")
	b.disburse(testPeriod-1, testGrant)
	b.disburse(testPeriod, testGrant)
	b.want("sale", b.post(b.redeem(card, 1, 150_000)), OutcomeApproved)
	b.nextBatch()
	part := b.refund(card, 2, 50_000)
	part.TID = "60060061"
	got := b.want("a part, at the outlet's other terminal", b.post(part), OutcomeApproved)
	if purses := fmt.Sprint(b.purses(1)); purses != fmt.Sprint([]int64{10_000, testGrant}) || got.Balance != 120_000 {
		t.Errorf("purses %s, balance %d", purses, got.Balance)
	}
	b.want("more than is left", b.post(b.refund(card, 3, 100_001)), OutcomeRefundLimit)
	b.want("nothing", b.post(b.refund(card, 4, 0)), OutcomeAmountInvalid)
	b.want("the rest", b.post(b.refund(card, 5, 100_000)), OutcomeApproved)
	b.want("more", b.post(b.refund(card, 6, 1)), OutcomeRefundLimit)
	b.want("a reversal of what was refunded in full", b.post(b.reverse(card, 1, 150_000)), OutcomeReversalNoEffect)
	b.want("the refund after it", b.post(undo(b.refund(card, 5, 100_000))), OutcomeReversalNoEffect)
	b.want("a refund after it", b.post(b.refund(card, 7, 1)), OutcomeOriginalReversed)
	if b.balance(1) != 2*testGrant {
		t.Errorf("balance %d", b.balance(1))
	}
	b.audit()
}

// TestAmendOfForwardedCard: a later card hashes to another bucket; what is about its purchase is found in the family's.
func TestAmendOfForwardedCard(t *testing.T) {
	b := newBooks(t)
	first, later := pan("a", 0), pan("b", 1)
	b.family(1, first)
	b.card(1, later)
	b.disburse(testPeriod, testGrant)
	b.want("sale", b.post(b.redeem(later, 1, 50_000)), OutcomeApproved)
	void := b.void(later, 2, 50_000)
	b.want("tombstone of a void, in the hash bucket first", b.post(undo(void)), OutcomeReversalUnmatched)
	b.want("the void comes late", b.post(void), OutcomeBlocked)
	void.STAN = 3
	b.want("void", b.post(void), OutcomeApproved)
	b.want("again", b.post(void), OutcomeApproved)
	b.want("undone", b.post(undo(void)), OutcomeReversed)
	b.want("refund", b.post(b.refund(later, 4, 10_000)), OutcomeApproved)
	if b.balance(1) != 70_000 {
		t.Errorf("balance %d", b.balance(1))
	}
	b.audit()
}

// TestAmendmentsOfOneFamilyInABatch: two cards of a family, each with something of another kind, in one call.
func TestAmendmentsOfOneFamilyInABatch(t *testing.T) {
	b := newBooks(t)
	one, two, three := pan("a", 0), pan("b", 0), pan("c", 0)
	b.family(1, one)
	b.card(1, two)
	b.card(1, three)
	b.rule(`r.advance_family := 100000; r.advance_outlet := 1000000`)
	b.disburse(testPeriod, testGrant)
	b.post(b.redeem(one, 1, 40_000))
	b.post(b.redeem(two, 2, 40_000))
	b.post(b.redeem(three, 3, 30_000))
	got := b.batch(0, b.advise(three, 13, 100_000), b.void(one, 11, 40_000), undo(b.redeem(two, 2, 40_000)))
	for i, want := range []Outcome{OutcomeApproved, OutcomeApproved, OutcomeReversed} {
		b.want(fmt.Sprint(i), got[i], want)
	}
	if b.balance(1)-b.debt(1) != -20_000 {
		t.Errorf("balance %d, owed %d", b.balance(1), b.debt(1))
	}
	b.audit()
}
