package e2e

import (
	"bytes"
	"sync"
	"testing"

	"bpnt/iso"
	"bpnt/ledger"
)

func TestCopiesOverEightSockets(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	e := w.dial()
	answers := w.burst(e.frame(w.purchase(c, 36, 50_000)), 8, 8)
	if len(answers) != 64 {
		t.Fatalf("%d answers", len(answers))
	}
	for _, a := range answers {
		if !bytes.Equal(a, answers[0]) {
			t.Fatal("two copies were answered differently")
		}
	}
	if got := w.balance(c.family); got != testGrant-50_000 {
		t.Errorf("balance %d", got)
	}
	if report := w.audit(); report.Redemptions != 1 {
		t.Errorf("%d redemptions", report.Redemptions)
	}
}

func TestRepeatAfterReversalIsRefused(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	e := w.dial()
	first := e.want("purchase", "00", w.purchase(c, 1, 50_000))
	repeat := e.want("repeat", "00", w.purchase(c, 1, 50_000).Repeat())
	if repeat.RRN != first.RRN || repeat.Receipt != first.Receipt || repeat.Approval != first.Approval || repeat.Time != first.Time {
		t.Error("the repeat got another answer")
	}
	e.want("other amount under the same STAN", "94", w.purchase(c, 1, 50_500))
	e.want("reversal", "00", w.reversal(c, 1, 50_000))
	if a := e.want("repeat after its reversal", "94", w.purchase(c, 1, 50_000)); a.Approval != "" {
		t.Error("the old approval was shown again")
	}
	if got := w.balance(c.family); got != testGrant {
		t.Errorf("balance %d", got)
	}
	w.audit()
}

func TestReversalBeforeItsOriginal(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	e, other := w.dial(), w.dial()
	e.want("reversal first", "00", w.reversal(c, 1, 50_000))
	other.want("the original, late, on another socket", "94", w.purchase(c, 1, 50_000))
	if got := w.balance(c.family); got != testGrant {
		t.Errorf("balance %d", got)
	}
	w.audit()
}

func TestTwentyRepeatsOfAReversal(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	e := w.dial()
	e.want("purchase", "00", w.purchase(c, 1, 50_000))
	answers := w.burst(e.frame(w.reversal(c, 1, 50_000).Repeat()), 2, 10)
	for _, a := range answers {
		if !bytes.Equal(a, answers[0]) {
			t.Error("two repeats were answered differently")
		}
	}
	if report := w.audit(); report.Reversals != 1 || len(answers) != 20 || w.balance(c.family) != testGrant {
		t.Errorf("%d credits, %d answers, balance %d", report.Reversals, len(answers), w.balance(c.family))
	}
}

func TestSameSTANsAfterTerminalReset(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	e := w.dial()
	for stan := range int32(3) {
		e.want("before", "00", w.purchase(c, stan+1, 10_000))
	}
	w.check(w.operator.ResetTerminal(t.Context(), "edc", testTID))
	for stan := range int32(3) {
		e.want("after", "00", w.purchase(c, stan+1, 10_000))
	}
	if got := w.balance(c.family); got != testGrant-60_000 {
		t.Errorf("balance %d", got)
	}
	w.audit()
}

// TestTwoCardsOfOneFamilyAtOnce over terminals and sockets of their own, again and again.
func TestTwoCardsOfOneFamilyAtOnce(t *testing.T) {
	w := newWorld(t, nil)
	first := w.family()
	second := w.card(first.family, ledger.NewJakarta(98).Card(7).PAN, "3012")
	w.disburse()
	w.addTerminal("60060061", testMID)
	var wait sync.WaitGroup
	for i, c := range []card{first, second} {
		e := w.dial()
		wait.Go(func() {
			for stan := range int32(10) {
				o := w.purchase(c, stan+1, 5_000)
				o.TID = []string{testTID, "60060061"}[i]
				o.PIN = block(t, c, testPIN)
				e.want("purchase", "00", o)
			}
		})
	}
	wait.Wait()
	if got := w.balance(first.family); got != testGrant-100_000 {
		t.Errorf("balance %d", got)
	}
	w.audit()
}

// TestInquiryThenPurchase: the balance stands in DE54 and on the receipt, and what remains after a purchase too.
func TestInquiryThenPurchase(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	e := w.dial()
	a := e.want("inquiry", "00", w.inquiry(c, 1))
	if !a.HasBalance || a.Balance != testGrant {
		t.Errorf("inquiry: balance %d", a.Balance)
	}
	a = e.want("purchase", "00", w.purchase(c, 2, 60_000))
	if a.Balance != 50_000 || a.Amount != 60_000 || len(a.RRN) != 12 || len(a.Approval) != 6 {
		t.Errorf("purchase: %d %d %s %s", a.Balance, a.Amount, a.RRN, a.Approval)
	}
	slip, err := iso.RenderReceipt(a.Receipt, 40)
	w.check(err)
	pan := c.track2.PAN()
	for _, text := range []string{"E-WARONG MELATI", "Rp 60.000", "Rp 50.000", a.RRN, a.Approval, pan.Last4()} {
		if !bytes.Contains([]byte(slip), []byte(text)) {
			t.Errorf("the receipt lacks %q:\n%s", text, slip)
		}
	}
	if bytes.Contains([]byte(slip), pan.Digits()) {
		t.Error("the receipt shows the whole PAN")
	}
	w.audit()
}
