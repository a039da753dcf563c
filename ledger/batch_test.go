package ledger

import (
	"errors"
	"testing"
)

// sale is a purchase of a family of its own on the test's terminal, in the bucket of its card.
func (b *books) sale(stan int32, amount int64) Result {
	b.t.Helper()
	return b.want("sale", b.post(b.redeem(pan("a", 0), stan, amount)), OutcomeApproved)
}

// claim is a settlement message of the test's terminal.
func (b *books) claim(stan int32, sales int32, amount int64) BatchClaim {
	return BatchClaim{
		Link: b.link, TID: testTID, MID: testMID, STAN: stan, SentBatch: 1,
		Totals: Totals{Sales: sales, SalesAmount: amount},
	}
}

func (b *books) trailer(stan int32) BatchClaim {
	c := b.claim(stan, 0, 0)
	c.Trailer = true
	return c
}

func (b *books) closeBatch(c BatchClaim) BatchAnswer {
	b.t.Helper()
	answer, err := b.gateway.at(b.now).CloseBatch(b.t.Context(), c)
	b.must(0, err)
	return answer
}

// settles sends a settlement message and compares the answer.
func (b *books) settles(what string, c BatchClaim, outcome Outcome, replay bool, ours Totals) BatchAnswer {
	b.t.Helper()
	a := b.closeBatch(c)
	if a.Outcome != outcome || a.Replay != replay || a.Ours != ours {
		b.t.Errorf("%s: %v, replay %t, %+v; want %v, %t, %+v", what, a.Outcome, a.Replay, a.Ours, outcome, replay, ours)
	}
	return a
}

// shop is books with one family that has money, and its card.
func shop(t testing.TB) *books {
	t.Helper()
	b := newBooks(t)
	b.family(1, pan("a", 0))
	b.family(2, pan("b", 1))
	b.disburse(testPeriod, testGrant)
	return b
}

func sales(count int32, amount int64) Totals { return Totals{Sales: count, SalesAmount: amount} }

// kinds counts exceptions by kind.
func (b *books) kinds() map[string]int {
	b.t.Helper()
	all, err := b.operator.Exceptions(b.t.Context(), ExceptionFilter{})
	b.must(0, err)
	kinds := map[string]int{}
	for _, x := range all {
		kinds[x.Kind]++
	}
	return kinds
}

func TestSettlementAgrees(t *testing.T) {
	b := shop(t)
	b.sale(1, 10_000)
	b.sale(2, 20_000)
	b.want("in the other bucket", b.post(b.redeem(pan("b", 1), 3, 5_000)), OutcomeApproved)
	b.want("reversed", b.post(b.reverse(pan("a", 0), 2, 20_000)), OutcomeReversed)
	b.want("declined", b.post(b.redeem(pan("a", 0), 4, 900_000)), OutcomeInsufficientFunds)
	a := b.settles("settlement", b.claim(10, 2, 15_000), OutcomeApproved, false, sales(2, 15_000))
	if !a.At.Equal(b.now) || a.SentBatch != 1 || a.Masthead == 0 || a.Gross != a.Ours {
		t.Errorf("%+v", a)
	}
	b.settles("the same again", b.claim(10, 2, 15_000), OutcomeApproved, true, sales(2, 15_000))
	b.settles("with another STAN", b.claim(11, 2, 15_000), OutcomeApproved, true, sales(2, 15_000))
	b.settles("with other totals", b.claim(10, 2, 15_001), OutcomeConflict, false, Totals{})
	b.settles("another STAN and other totals", b.claim(12, 3, 15_000), OutcomeBatchClosed, false, Totals{})
	b.settles("a trailer that nobody asked for", b.trailer(13), OutcomeApproved, true, sales(2, 15_000))
	b.sale(20, 1_000)
	next := b.claim(21, 1, 1_000)
	next.SentBatch = 2
	b.settles("the next batch", next, OutcomeApproved, false, sales(1, 1_000))
	if kinds := b.kinds(); len(kinds) != 1 || kinds["batch_number"] != 1 {
		t.Errorf("exceptions %v", kinds)
	}
	b.audit()
}

func TestSettlementDiffers(t *testing.T) {
	b := shop(t)
	first := b.sale(1, 10_000)
	b.settles("settlement", b.claim(10, 2, 30_000), OutcomeTotalsDiffer, false, sales(1, 10_000))
	b.settles("the same again", b.claim(10, 2, 30_000), OutcomeTotalsDiffer, true, sales(1, 10_000))
	b.uploads("ours", b.item(1, first.RRN(), 10_000), OutcomeApproved, false)
	b.uploads("the same again", b.item(1, first.RRN(), 10_000), OutcomeApproved, true)
	b.uploads("never seen", b.item(2, "", 20_000), OutcomeApproved, false)
	b.uploads("never seen, again", b.item(2, "", 20_000), OutcomeApproved, true)
	b.settles("the trailer", b.trailer(11), OutcomeApproved, false, sales(1, 10_000))
	b.settles("the trailer again", b.trailer(11), OutcomeApproved, true, sales(1, 10_000))
	b.settles("with another STAN", b.trailer(12), OutcomeApproved, true, sales(1, 10_000))
	b.settles("the settlement, late", b.claim(10, 2, 30_000), OutcomeTotalsDiffer, true, sales(1, 10_000))
	if kinds := b.kinds(); kinds["batch_totals"] != 1 || kinds["upload_unknown"] != 1 || len(kinds) != 2 {
		t.Errorf("exceptions %v", kinds)
	}
	b.audit()
}

// TestSettlementAnew: after totals that differed the terminal finds its mistake and settles anew; all is spoken of once.
func TestSettlementAnew(t *testing.T) {
	b := shop(t)
	b.sale(1, 10_000)
	b.settles("settlement", b.claim(10, 9, 90_000), OutcomeTotalsDiffer, false, sales(1, 10_000))
	b.uploads("never seen", b.item(9, "", 90_000), OutcomeApproved, false)
	b.sale(2, 5_000)
	b.settles("anew", b.claim(11, 3, 15_000), OutcomeTotalsDiffer, false, sales(2, 15_000))
	b.uploads("uploaded anew", b.item(9, "", 90_000), OutcomeApproved, false)
	b.settles("anew, right", b.claim(12, 2, 15_000), OutcomeApproved, false, sales(2, 15_000))
	b.settles("a trailer for nothing", b.trailer(13), OutcomeApproved, true, sales(2, 15_000))
	if kinds := b.kinds(); kinds["upload_unknown"] != 1 || len(kinds) != 1 {
		t.Errorf("exceptions %v", kinds)
	}
	b.audit()
}

func TestSettlementOfNothing(t *testing.T) {
	b := shop(t)
	b.settles("a trailer before anything", b.trailer(1), OutcomeBatchUnknown, false, Totals{})
	b.settles("nothing", b.claim(2, 0, 0), OutcomeApproved, false, Totals{})
	b.settles("nothing, again", b.claim(3, 0, 0), OutcomeApproved, true, Totals{})
	b.settles("something that is not there", b.claim(4, 1, 1), OutcomeBatchClosed, false, Totals{})
	c := b.claim(5, 1, 1)
	c.SentBatch = 2
	b.settles("in a new batch", c, OutcomeTotalsDiffer, false, Totals{})
	c.Totals, c.STAN = Totals{}, 6
	b.settles("nothing after all", c, OutcomeApproved, false, Totals{})
	none := b.claim(7, 0, 0)
	none.SentBatch = Absent
	if a := b.settles("without a number", none, OutcomeApproved, false, Totals{}); a.SentBatch != Absent {
		t.Errorf("%+v", a)
	}
	b.audit()
}

// TestLateReversal: what comes after the close of its batch is in nobody's totals: neither in those of the batch, whenever
// they are summed, nor in the next.
func TestLateReversal(t *testing.T) {
	b := shop(t)
	b.sale(1, 10_000)
	b.sale(2, 20_000)
	_, pending, err := b.gateway.at(b.now).beginBatch(t.Context(), b.claim(10, 2, 30_000))
	b.must(0, err)
	b.want("between closing and summing", b.post(b.reverse(pan("a", 0), 1, 10_000)), OutcomeReversed)
	b.must(0, b.gateway.passBuckets(t.Context()))
	a, err := b.gateway.at(b.now).endBatch(t.Context(), pending.reconciliation)
	b.must(0, err)
	if a.Outcome != OutcomeApproved || a.Ours != sales(2, 30_000) {
		t.Errorf("%+v", a)
	}
	b.want("after it", b.post(b.reverse(pan("a", 0), 2, 20_000)), OutcomeReversed)
	b.settles("the next batch", b.claim(11, 0, 0), OutcomeApproved, false, Totals{})
	if kinds := b.kinds(); kinds["late_correction"] != 2 {
		t.Errorf("exceptions %v", kinds)
	}
	b.audit()
}

// TestSettlementWithoutADatabase: the errors are those of Post.
func TestSettlementWithoutADatabase(t *testing.T) {
	b := shop(t)
	l := b.open(RoleGateway)
	l.Close()
	if _, err := l.CloseBatch(t.Context(), b.claim(1, 0, 0)); !errors.Is(err, ErrUnavailable) && !errors.Is(err, ErrIndeterminate) {
		t.Errorf("%v", err)
	}
}

// about is a void or a refund of a purchase of the test's card.
func (b *books) about(kind Kind, code, stan int32, sale Result, amount int64) Request {
	r := b.redeem(pan("a", 0), stan, amount)
	r.Kind, r.ProcessingCode, r.Original, r.PINRequired, r.PINValue = kind, code, ParseRRN(sale.RRN()), false, PINNone
	return r
}

// TestSettlementCountsVoidsAndRefunds: a void nets out of the sales, a refund stands beside them, and what was undone in
// the same batch counts for nothing.
func TestSettlementCountsVoidsAndRefunds(t *testing.T) {
	const void, refund = 20_000, 200_000 // DE3
	b := shop(t)
	first, second := b.sale(1, 10_000), b.sale(2, 20_000)
	b.want("void", b.post(b.about(KindVoid, void, 3, first, 10_000)), OutcomeApproved)
	b.want("refund", b.post(b.about(KindRefund, refund, 4, second, 5_000)), OutcomeApproved)
	third := b.sale(5, 7_000)
	undo := b.reverse(pan("a", 0), 6, 7_000)
	undo.ProcessingCode = void
	b.want("void", b.post(b.about(KindVoid, void, 6, third, 7_000)), OutcomeApproved)
	b.want("its reversal", b.post(undo), OutcomeReversed)
	back := b.reverse(pan("a", 0), 7, 1_000)
	back.ProcessingCode = refund
	b.want("refund", b.post(b.about(KindRefund, refund, 7, third, 1_000)), OutcomeApproved)
	b.want("its reversal", b.post(back), OutcomeReversed)
	claim := b.claim(10, 2, 27_000)
	claim.Totals.Refunds, claim.Totals.RefundsAmount = 1, 5_000
	a := b.settles("settlement", claim, OutcomeApproved, false, claim.Totals)
	if a.Voids != 1 || a.VoidsAmount != 10_000 || a.Gross.Sales != 3 || a.Gross.SalesAmount != 37_000 || a.Ours.Net() != 22_000 {
		t.Errorf("%+v", a)
	}
	all, err := b.operator.Batches(t.Context(), BatchFilter{})
	b.must(0, err)
	if got := all[0]; got.Restored != (Sum{2, 8_000}) || got.Net() != 22_000 {
		t.Errorf("%+v", got)
	}
	b.want("a void after the close", b.post(b.about(KindVoid, void, 11, second, 20_000)), OutcomeOriginalClosed)
	b.want("a refund after it", b.post(b.about(KindRefund, refund, 12, second, 15_000)), OutcomeApproved)
	next := b.claim(13, 0, 0)
	next.SentBatch, next.Totals.Refunds, next.Totals.RefundsAmount = 1, 1, 15_000
	b.settles("the next batch", next, OutcomeApproved, false, next.Totals)
	b.everySaleOnce()
	b.audit()
}
