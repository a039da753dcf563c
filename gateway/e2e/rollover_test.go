package e2e

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestMonthRolloverUnderLoad: the next month opens, and what is left of the last one expires, while every family shops.
// No purchase is refused, for there is money before and after; each is debited once and from one month; none is from the
// old month after its purse was emptied; and a late reversal of an old purchase goes where that purse's money went.
func TestMonthRolloverUnderLoad(t *testing.T) {
	const shoppers, amount = 16, 10
	w := newWorld(t, nil)
	w.rule(programmeBPNT, "r.unspent := 'expire_at_next'")
	cards := make([]card, shoppers)
	for i := range cards {
		cards[i] = w.family()
		w.addTerminal(fmt.Sprintf("MONTH%03d", i), testMID)
	}
	w.disburse()
	load := newShopping(w, amount)
	for i, c := range cards {
		load.shopper(c, fmt.Sprintf("MONTH%03d", i))
	}
	load.rounds(10)
	w.fund(programmeBPNT, 202612, testGrant)
	load.rounds(10)
	approvals := load.stop()

	if report := w.audit(); report.Redemptions != approvals {
		t.Errorf("%d approvals, %d redemptions in the books", approvals, report.Redemptions)
	}
	w.wantNone("debits of the old month after its purse was emptied", `select count(*) from bpnt.posting x join bpnt.posting r
		on r.bucket = x.bucket and r.from_id = x.from_id and r.period = x.period and r.kind = 'R' and r.message > x.message
		where x.kind = 'X'`)
	w.wantNone("redemptions of two months", `select count(*) from (select from bpnt.posting where kind = 'R'
		group by bucket, message having count(*) > 1) t`)
	w.wantNone("families with nothing bought from one of the months", fmt.Sprintf(`select %d - count(*) from (
		select from bpnt.posting where kind = 'R' group by from_id having count(distinct period) = 2) t`, shoppers))
	w.wantNone("purses of the old month that hold money or are open", `select count(*) from bpnt.purse
		where period = 202611 and (balance > 0 or state <> 'X')`)
	before := w.balance(cards[0].family)
	late := w.reversal(cards[0], 1, amount)
	late.TID = "MONTH000"
	w.dial().want("a late reversal", "00", late)
	if got := w.balance(cards[0].family); got != before {
		t.Errorf("the money of a closed month is back: %d, was %d", got, before)
	}
	w.audit()
}

func (w *world) wantNone(what, count string) {
	w.t.Helper()
	if got := w.asOwner(count); got != "0" {
		w.t.Errorf("%s %s", got, what)
	}
}

// shopping is families that buy for the same amount again and again, each at a terminal of its own.
type shopping struct {
	w      *world
	amount int64
	enough atomic.Bool
	wait   sync.WaitGroup
	mu     sync.Mutex
	more   sync.Cond // after each answer
	bought []int64   // approvals by shopper
}

func newShopping(w *world, amount int64) *shopping {
	s := &shopping{w: w, amount: amount}
	s.more.L = &s.mu
	return s
}

func (s *shopping) shopper(c card, tid string) {
	e := s.w.dial()
	s.mu.Lock()
	i := len(s.bought)
	s.bought = append(s.bought, 0)
	s.mu.Unlock()
	s.wait.Go(func() {
		for stan := int32(1); !s.enough.Load(); stan++ {
			o := s.w.purchase(c, stan, s.amount)
			o.TID = tid
			e.send(e.frame(o))
			a, _, err := e.receive(25 * time.Second)
			s.count(i, err == nil && a.ResponseCode == "00")
		}
	})
}

// count notes an answer; the first that is no approval ends the shopping.
func (s *shopping) count(shopper int, approved bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if approved {
		s.bought[shopper]++
	} else {
		s.w.t.Errorf("shopper %d, purchase %d: not approved", shopper, s.bought[shopper]+1)
		s.enough.Store(true)
	}
	s.more.Broadcast()
}

// rounds waits until every shopper has bought so many times more, or one was refused.
func (s *shopping) rounds(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	goal := slices.Clone(s.bought)
	for i := range goal {
		for s.bought[i] < goal[i]+n && !s.enough.Load() {
			s.more.Wait()
		}
	}
}

// stop ends the shopping and tells how many purchases were approved in all.
func (s *shopping) stop() (approvals int64) {
	s.enough.Store(true)
	s.wait.Wait()
	for _, n := range s.bought {
		approvals += n
	}
	return approvals
}
