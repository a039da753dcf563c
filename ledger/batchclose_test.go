package ledger

import (
	"testing"
	"time"
)

// TestCloseForgotten: at the cut-over what was sold before it is closed, and nothing else; the terminal that settles later
// is compared with all of it.
func TestCloseForgotten(t *testing.T) {
	b := shop(t)
	for _, tid := range []string{"70070070", "80080080", "90090090"} {
		b.addTerminal(tid)
	}
	at := func(tid string, r Request) Request {
		r.TID = tid
		return r
	}
	b.sale(1, 10_000)
	b.want("settled in time", b.post(at("70070070", b.redeem(pan("b", 1), 1, 1_000))), OutcomeApproved)
	settled := b.claim(2, 1, 1_000)
	settled.TID = "70070070"
	b.settles("in time", settled, OutcomeApproved, false, sales(1, 1_000))
	b.now = b.now.Add(24 * time.Hour)
	b.sale(3, 2_000)
	b.want("today's", b.post(at("80080080", b.redeem(pan("b", 1), 1, 1_000))), OutcomeApproved)
	forgotten := b.forgotten()
	if len(forgotten) != 1 {
		t.Fatalf("%+v", forgotten)
	}
	got := forgotten[0]
	if got.TID != testTID || got.No != 1 || got.ClosedBy != "cut-off" || got.BusinessDate != "2026-11-25" || !got.Summed ||
		got.Sales != (Sum{2, 12_000}) || got.Net() != 12_000 || got.Reconciliation != nil || got.MID != testMID {
		t.Errorf("%+v", got)
	}
	if again := b.forgotten(); len(again) != 0 {
		t.Errorf("again: %+v", again)
	}
	b.sale(4, 500)
	b.settles("late", b.claim(5, 3, 12_500), OutcomeApproved, false, sales(3, 12_500))
	all, err := b.operator.Batches(t.Context(), BatchFilter{TID: testTID})
	b.must(0, err)
	if len(all) != 2 || all[0].Reconciliation == nil || all[1].Reconciliation == nil || all[1].Reconciliation.OurNet != 12_500 ||
		all[0].Reconciliation.ID != all[1].Reconciliation.ID || all[1].Reconciliation.Status != "agreed" {
		t.Errorf("%+v", all)
	}
	b.audit()
}

// TestCutOffTellsOfDisputes: totals that differed, and that the terminal said no more of, are told to people once.
func TestCutOffTellsOfDisputes(t *testing.T) {
	b := shop(t)
	b.sale(1, 10_000)
	b.settles("settlement", b.claim(10, 2, 30_000), OutcomeTotalsDiffer, false, sales(1, 10_000))
	if _, err := b.operator.at(b.now).CloseForgotten(t.Context(), time.Time{}); err != nil || len(b.kinds()) != 0 {
		t.Errorf("before its cut-over: %v %v", err, b.kinds())
	}
	b.now = b.now.Add(24 * time.Hour)
	b.forgotten()
	b.forgotten()
	told := b.ofKind("batch_disputed")
	if len(told) != 1 || told[0].TID != testTID || *told[0].Theirs != 30_000 || *told[0].Ours != 10_000 {
		t.Errorf("%+v", told)
	}
}

func (b *books) forgotten() []ClosedBatch {
	b.t.Helper()
	report, err := b.operator.at(b.now).CloseForgotten(b.t.Context(), time.Time{})
	b.must(0, err)
	if want := "2026-11-26T00:00:00+07:00"; report.Before.Format(time.RFC3339) != want {
		b.t.Errorf("the cut-over was at %v, want %s", report.Before, want)
	}
	return report.Batches
}

// TestCloseForgottenInTheFuture: a cut-off that is to come closes nothing.
func TestCloseForgottenInTheFuture(t *testing.T) {
	b := shop(t)
	b.sale(1, 1_000)
	if _, err := b.operator.at(b.now).CloseForgotten(t.Context(), b.now.Add(time.Second)); err == nil {
		t.Error("accepted")
	}
	report, err := b.operator.at(b.now.Add(time.Minute)).CloseForgotten(t.Context(), b.now.Add(time.Second))
	if err != nil || len(report.Batches) != 1 {
		t.Errorf("%+v %v", report, err)
	}
	b.audit()
}

// TestCutOffDiesOnTheWay: what a broken-off cut-off closed is summed by the next one, or by the settlement that comes.
func TestCutOffDiesOnTheWay(t *testing.T) {
	b := shop(t)
	b.sale(1, 10_000)
	b.now = b.now.Add(24 * time.Hour)
	closed, err := b.operator.at(b.now).closeForgotten(t.Context(), b.now)
	if err != nil || len(closed) != 1 {
		t.Fatal(closed, err)
	}
	b.sale(2, 3_000)
	b.settles("the settlement", b.claim(3, 2, 13_000), OutcomeApproved, false, sales(2, 13_000))
	b.sale(4, 1_000)
	b.now = b.now.Add(24 * time.Hour)
	if closed, err = b.operator.at(b.now).closeForgotten(t.Context(), b.now); err != nil || len(closed) != 1 {
		t.Fatal(closed, err)
	}
	if len(b.unsummed()) != 1 {
		t.Error("summed already")
	}
	b.must(b.operator.at(b.now).CloseForgotten(t.Context(), b.now))
	if left := b.unsummed(); len(left) != 0 {
		t.Errorf("%+v", left)
	}
	b.audit()
}

func (b *books) unsummed() (left []ClosedBatch) {
	b.t.Helper()
	all, err := b.operator.Batches(b.t.Context(), BatchFilter{})
	b.must(0, err)
	for _, batch := range all {
		if !batch.Summed {
			left = append(left, batch)
		}
	}
	return left
}
