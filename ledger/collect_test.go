package ledger

import (
	"fmt"
	"testing"
)

// TestCollectFromAFile: the oldest period of a file repays first, and no more than is owed; who gets no money of the
// programme goes on owing.
func TestCollectFromAFile(t *testing.T) {
	b := newBooks(t)
	cards := []PANKey{pan("a", 0), pan("b", 1), pan("c", 0)}
	b.rule(`r.amount := null; r.advance_family := 150000; r.advance_outlet := 400000`)
	for i, card := range cards {
		b.family(int64(i+1), card)
		b.want("advice", b.post(b.advise(card, int32(i), 130_000)), OutcomeApproved)
	}
	report, err := b.pay(fileOf("ARREARS", "1,BPNT,202612-202701,200000", "2,BPNT,202612,100000", "3,PKH,202612,100000"))
	b.must(0, err)
	if report.Collected != (Moved{Purses: 3, AmountIDR: 230_000}) {
		t.Errorf("collected %+v", report.Collected)
	}
	if got := fmt.Sprint(b.purses(1), b.purses(2), b.debt(1), b.debt(2), b.debt(3)); got != "[0 70000] [0] 0 30000 130000" {
		t.Errorf("purses and debts: %s", got)
	}
	b.audit()
	b.now = b.now.AddDate(0, 1, 0)
	b.disburse(202702, 20_000)
	if got := fmt.Sprint(b.balance(1), b.balance(2), b.debt(2), b.debt(3)); got != "90000 0 10000 110000" {
		t.Errorf("balances and debts: %s", got)
	}
	b.audit()
}

// TestCollectedThenTakenBack: a disbursement that is reversed gives back what is left of it. What was repaid stays repaid.
func TestCollectedThenTakenBack(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.advances()
	b.want("advice", b.post(b.advise(card, 1, 60_000)), OutcomeApproved)
	b.disburse(202611, testGrant)
	moved, err := b.operator.at(b.now).ReverseDisbursement(t.Context(), "BPNT-202611-all-1", "wrong amount", nil)
	b.must(0, err)
	if moved.AmountIDR != 50_000 || b.debt(1) != 0 {
		t.Errorf("taken back %+v, debt %d", moved, b.debt(1))
	}
	b.audit()
	b.want("reversed after that: it goes where the purse's money went", b.post(b.reverse(card, 1, 60_000)), OutcomeReversed)
	if b.balance(1) != 0 || b.debt(1) != 0 {
		t.Errorf("balance %d, debt %d", b.balance(1), b.debt(1))
	}
	b.audit()
	b.disburse(202611, testGrant)
	if b.balance(1) != testGrant {
		t.Errorf("funded anew: %d", b.balance(1))
	}
	b.audit()
}

// TestCollectAfterABreak: a run that was broken off between funding and opening collects once, whatever was collected.
func TestCollectAfterABreak(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.advances()
	b.want("advice", b.post(b.advise(card, 1, 60_000)), OutcomeApproved)
	b.disburse(202611, testGrant)
	b.want("advice", b.post(b.advise(card, 2, 60_000)), OutcomeApproved)
	at := b.now.Format("2006-01-02T15:04:05Z07:00")
	b.asOwner(`select bpnt.stage_clear(); select bpnt.stage_everyone(1::smallint, 202612, 110000)`)
	b.asOwner(fmt.Sprintf(`select bpnt.disburse_begin('%s', 'BPNT-202612-all-1', null)`, at))
	before := b.debt(1)
	if err := b.execOwner(fmt.Sprintf(`select bpnt.collect_chunk('%s', 2, 0::smallint, 1::smallint, 0, 10)`, at)); err == nil {
		t.Error("collected from what was not funded yet")
	}
	b.asOwner(fmt.Sprintf(`select bpnt.disburse_chunk('%s', 2, 0::smallint, 0, 10)`, at))
	b.asOwner(fmt.Sprintf(`select bpnt.collect_chunk('%s', 2, 0::smallint, 1::smallint, 0, 10)`, at))
	b.want("an advice between that and the opening", b.post(b.advise(card, 3, 20_000)), OutcomeApproved)
	b.audit()
	b.disburse(202612, testGrant)
	if before != 10_000 || b.debt(1) != 0 || b.balance(1) != 80_000 {
		t.Errorf("debt %d, then %d; balance %d", before, b.debt(1), b.balance(1))
	}
	b.audit()
}
