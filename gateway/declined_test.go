package gateway

import (
	"testing"
	"testing/synctest"
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

// storm is a gateway whose lane is kept longer than a batch, and whose books decline what the test says.
func storm(t *testing.T, outcome ledger.Outcome, act func(c *counter)) {
	t.Helper()
	overload(t, nil, func(c *counter) {
		c.books.outcome = func(r ledger.Request) ledger.Result {
			if r.TID == "60060060" {
				return ledger.Result{Outcome: outcome, Balance: 7}
			}
			return ledger.Result{Outcome: ledger.OutcomeApproved}
		}
		c.press()
		act(c)
	})
}

// press puts some seconds of others' sales before whatever comes next, where those do not wait already.
func (c *counter) press() {
	for n := c.waiting(); n < 300; n++ {
		c.others++
		c.take(sale{
			address: home(c.others), tid: "P" + digits(int64(c.others), 7), card: c.others, stan: 1, mti: 0x0201, amount: 1,
		})
	}
}

var declinedSale = sale{address: home(0), tid: "60060060", card: 1_000_000, stan: 36, amount: 50_000}

// await hands a sale over and waits until it is decided, which takes some seconds of fake time.
func (c *counter) await(s sale) *exchange {
	x := c.take(s)
	for range 100 {
		synctest.Wait()
		if answer(x) != 0 {
			return x
		}
		time.Sleep(100 * time.Millisecond)
		c.press()
	}
	c.t.Fatal("not decided in ten seconds")
	return nil
}

// asked is how often the books were asked about the terminal of the test.
func (c *counter) asked() (n int) {
	for _, r := range c.books.posted() {
		if r.TID == "60060060" {
			n++
		}
	}
	return n
}

// TestDeclineIsRepeatedFromMemory: under pressure a copy of a declined purchase gets the same result without the books.
func TestDeclineIsRepeatedFromMemory(t *testing.T) {
	storm(t, ledger.OutcomeInsufficientFunds, func(c *counter) {
		first := c.await(declinedSale)
		again := declinedSale
		again.mti = iso.MTIFinancial.Repeat()
		for _, s := range []sale{again, declinedSale, again} {
			x := c.take(s)
			if answer(x) != first.verdict {
				t.Fatalf("a copy of a 51 is told %v at once", answer(x))
			}
			want := first.result
			if want.Replay = true; x.result != want {
				t.Errorf("a copy's result is %+v, want %+v", x.result, want)
			}
		}
		if n := c.asked(); n != 1 {
			t.Errorf("the books were asked %d times", n)
		}
		if n := figure(t, c.Gateway, "bpnt_declines_from_memory_total"); n != 3 {
			t.Errorf("%v are counted", n)
		}
	})
}

// TestMemoryIsNotAsked: whatever could change the answer, or is no copy, goes to the books.
func TestMemoryIsNotAsked(t *testing.T) {
	for _, tt := range []struct {
		name    string
		outcome ledger.Outcome
		between func(c *counter)
		copy    func(s *sale)
	}{
		{name: "an approval", outcome: ledger.OutcomeApproved},
		{name: "behind its reversal", outcome: ledger.OutcomeInsufficientFunds, between: func(c *counter) {
			back := declinedSale
			back.mti = iso.MTIReversal
			c.await(back)
		}},
		{name: "another amount", outcome: ledger.OutcomeInsufficientFunds, copy: func(s *sale) { s.amount++ }},
		{name: "another STAN", outcome: ledger.OutcomeInsufficientFunds, copy: func(s *sale) { s.stan++ }},
		{name: "another card", outcome: ledger.OutcomeInsufficientFunds, copy: func(s *sale) { s.card++ }},
		{name: "another outlet", outcome: ledger.OutcomeInsufficientFunds, copy: func(s *sale) { s.mid = "1" }},
		{name: "half a minute later", outcome: ledger.OutcomeInsufficientFunds, between: func(c *counter) {
			for range 30 {
				time.Sleep(time.Second)
				c.press()
			}
		}},
		{name: "without pressure", outcome: ledger.OutcomeInsufficientFunds, between: func(*counter) {
			time.Sleep(15 * time.Second)
			synctest.Wait()
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			storm(t, tt.outcome, func(c *counter) {
				c.await(declinedSale)
				if tt.between != nil {
					tt.between(c)
				}
				before, second := c.asked(), declinedSale
				if tt.copy != nil {
					tt.copy(&second)
				}
				c.await(second)
				if c.asked() != before+1 {
					t.Error("the books were not asked")
				}
			})
		})
	}
}

// TestDeclinedKeepsLittle: neither PINs nor more than its limit; and repeats of the books are not kept, for they may be of
// an older day.
func TestDeclinedKeepsLittle(t *testing.T) {
	d := newDeclined(Limits{DeclinedMax: 10, DeclinedFor: seconds(30)})
	now := time.Unix(1_000, 0)
	refusal := ledger.Result{ID: 1, Outcome: ledger.OutcomePINWrong, TriesLeft: 2}
	for stan := range int32(25) {
		d.add(ledger.Request{Kind: ledger.KindRedeem, STAN: stan, PINValue: 4711}, refusal, now)
		if len(d.kept) > 10 {
			t.Fatalf("%d are kept", len(d.kept))
		}
	}
	for _, k := range d.kept {
		if k.request.PINValue != ledger.PINNone {
			t.Error("a PIN's value is kept")
		}
	}
	other := ledger.Request{Kind: ledger.KindRedeem, STAN: 24, PINValue: 815, Resent: true} // the ledger compares neither
	if r, found := d.find(&other, now.Add(29*time.Second)); !found || r.TriesLeft != 2 || !r.Replay {
		t.Errorf("with another PIN: %+v, %v", r, found)
	}
	for i, unkept := range []struct {
		ledger.Request
		ledger.Result
	}{
		{ledger.Request{Kind: ledger.KindRedeem, STAN: 100}, ledger.Result{ID: 1, Outcome: ledger.OutcomePINWrong, Replay: true}},
		{ledger.Request{Kind: ledger.KindRedeem, STAN: 101}, ledger.Result{ID: 1, Outcome: ledger.OutcomeApproved}},
		{ledger.Request{Kind: ledger.KindRedeem, STAN: 102}, ledger.Result{Outcome: ledger.OutcomeTerminalUnknown}},
		{ledger.Request{Kind: ledger.KindInquire, STAN: 103}, refusal},
		{ledger.Request{Kind: ledger.KindAdvise, STAN: 104}, refusal},
	} {
		d.add(unkept.Request, unkept.Result, now)
		if _, found := d.find(&unkept.Request, now); found {
			t.Errorf("case %d is kept", i)
		}
	}
}
