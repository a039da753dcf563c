package ledger

import (
	"strings"
	"testing"
	"time"
)

func (b *books) reconcile(bank, day string) DayReconciliation {
	b.t.Helper()
	r, err := b.operator.at(b.now).ReconcileDay(b.t.Context(), bank, day)
	b.must(0, err)
	return r
}

// equation are the terms of a day that add up.
func (r DayReconciliation) equation() [7]int64 {
	return [...]int64{r.LedgerIDR, r.BatchesIDR, r.SwitchDaysIDR, r.ElsewhereIDR, r.OtherBatchIDR, r.CorrectionsIDR, r.DifferenceIDR}
}

// TestReconcileDayAcrossDays: a batch may reach over several days, and a late reversal stands in none.
func TestReconcileDayAcrossDays(t *testing.T) {
	m := newTwoBanks(t, 4)
	m.want("in the morning", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	m.settles("settlement", m.claim(90, 1, 50_000), OutcomeApproved, false, sales(1, 50_000))
	m.want("in the evening", m.post(m.redeem(m.cards[1], 2, 3_000)), OutcomeApproved)
	m.on(day2)
	m.want("the next day", m.post(m.redeem(m.cards[2], 3, 400)), OutcomeApproved)
	m.want("of a closed batch", m.post(m.reverse(m.cards[0], 1, 50_000)), OutcomeReversed)
	m.settles("settlement", m.claim(91, 2, 3_400), OutcomeApproved, false, sales(2, 3_400))
	m.on(day3)
	_, err := m.operator.at(m.now).ReconcileDay(t.Context(), bankBNI, day1)
	m.refused(err, "2026-11-25 of BNI is not closed yet: bpnt ledger settle --bank BNI --date 2026-11-25 comes first")
	m.settle(bankBNI, day1)
	m.settle(bankBNI, day2)
	if got, want := m.reconcile(bankBNI, day1).equation(), [...]int64{53_000, 50_000, 0, 0, 3_000, 0, 0}; got != want {
		t.Errorf("day 1: %v, want %v", got, want)
	}
	r := m.reconcile(bankBNI, day2)
	if got, want := r.equation(), [...]int64{-49_600, 3_400, 0, 3_000, 0, -50_000, 0}; got != want {
		t.Errorf("day 2: %v, want %v", got, want)
	}
	if r.Differences != 0 || len(r.Claims) != 1 || r.Claims[0].Status != "agreed" || len(r.Exceptions) != 1 || r.Exceptions[0].Kind != "late_correction" {
		t.Errorf("%+v", r)
	}
}

// TestReconcileForgotten: a batch that nobody settled is closed at the cut-off, and listed.
func TestReconcileForgotten(t *testing.T) {
	m := newTwoBanks(t, 1)
	m.want("sale", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	m.on(day2)
	_, err := m.operator.at(m.now).CloseForgotten(t.Context(), time.Time{})
	m.must(0, err)
	m.settle(bankBNI, day1)
	r := m.reconcile(bankBNI, day1)
	if len(r.Batches) != 1 || r.Batches[0].ClosedBy != "cut-off" || r.Batches[0].Spoken || r.equation() != [...]int64{50_000, 50_000, 0, 0, 0, 0, 0} {
		t.Errorf("%+v", r)
	}
}

// TestReconcileFindsDifferences: stored totals that are not the postings', and a batch that nobody opened, are exceptions
// with their rows, once.
func TestReconcileFindsDifferences(t *testing.T) {
	m := newTwoBanks(t, 2)
	sale := m.want("sale", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	m.settles("settlement", m.claim(90, 1, 50_000), OutcomeApproved, false, sales(1, 50_000))
	m.asOwner(`update bpnt.batch set sales_amount = 49000; update bpnt.terminal set batch = 7 where tid = '` + testTID + `'`)
	m.want("in a batch that is not open later", m.post(m.redeem(m.cards[1], 2, 2_000)), OutcomeApproved)
	m.asOwner(`update bpnt.terminal set batch = 2 where tid = '` + testTID + `'`)
	m.on(day2)
	m.settle(bankBNI, day1)
	for range 2 {
		r := m.reconcile(bankBNI, day1)
		if r.Differences != 2 || r.DifferenceIDR != 1_000+2_000 {
			t.Errorf("%+v", r)
		}
	}
	all, err := m.operator.Exceptions(t.Context(), ExceptionFilter{Kind: "day_difference"})
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	if x := all[1]; x.TID != testTID || *x.Theirs != 49_000 || *x.Ours != 50_000 || x.Bank != bankBNI || !strings.Contains(x.Detail, sale.RRN()+" Rp 50000") {
		t.Errorf("%+v", x)
	}
}
