package ledger

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

// race is a terminal that settles while its customers buy, and now and then void or reverse, in both buckets.
type race struct {
	*books
	cards []PANKey
	mu    sync.Mutex
	sold  map[int32]Sum // what was answered, by batch
	voids map[int32]Sum
	// what was answered to reversals, of whatever batch
	reversed Sum
}

// TestPurchasesRaceWithSettlement: every purchase is in exactly one batch, the one that its answer names, and each batch
// closes with the sum of what was answered.
func TestPurchasesRaceWithSettlement(t *testing.T) {
	rounds := int32(10_000)
	if testing.Short() {
		rounds = 150
	}
	r := &race{books: newBooks(t), cards: make([]PANKey, 4), sold: map[int32]Sum{}, voids: map[int32]Sum{}}
	for i := range r.cards {
		r.cards[i] = pan(fmt.Sprint("race", i), byte(i%2))
		r.family(int64(i+1), r.cards[i])
	}
	r.disburse(testPeriod, 1_000_000_000)
	for n := range rounds {
		r.round(n)
	}
	r.settle(rounds)
	r.compare(rounds + 1)
	r.everySaleOnce()
	r.audit()
}

// round: all cards buy while the terminal settles.
func (r *race) round(n int32) {
	var wait sync.WaitGroup
	for i, card := range r.cards {
		wait.Go(func() { r.buy(card, n*32+int32(i)*4) })
	}
	wait.Go(func() { r.settle(n) })
	wait.Wait()
}

// settle closes a batch, with figures that are never right, and ends the dispute.
func (r *race) settle(n int32) {
	c := r.claim(n*32+30, 99, 99)
	c.SentBatch = n
	if a, err := r.gateway.CloseBatch(r.t.Context(), c); err != nil || a.Outcome != OutcomeTotalsDiffer {
		r.t.Errorf("settlement %d: %+v %v", n, a, err)
	}
	c.Trailer, c.STAN = true, c.STAN+1
	if a, err := r.gateway.CloseBatch(r.t.Context(), c); err != nil || a.Outcome != OutcomeApproved {
		r.t.Errorf("trailer %d: %+v %v", n, a, err)
	}
}

// buy is a purchase, and what may follow it at once.
func (r *race) buy(card PANKey, stan int32) {
	sale := r.redeem(card, stan, 1_000+int64(rand.IntN(9)))
	sale.Batch = Absent
	result := r.send(sale, OutcomeApproved)
	r.count(r.sold, result)
	switch rand.IntN(4) {
	case 0:
		undo := r.reverse(card, stan, sale.Amount)
		r.send(undo, OutcomeReversed)
		r.mu.Lock()
		r.reversed = r.reversed.plus(sale.Amount)
		r.mu.Unlock()
	case 1:
		void := sale
		void.Kind, void.STAN, void.ProcessingCode, void.Original = KindVoid, stan+1, 20000, ParseRRN(result.RRN())
		if v := r.send(void, OutcomeApproved, OutcomeOriginalClosed); v.Outcome == OutcomeApproved {
			r.count(r.voids, v)
		}
	}
}

func (r *race) send(request Request, outcomes ...Outcome) Result {
	results, err := r.gateway.Post(r.t.Context(), r.gateway.BucketOf(request.PAN), []Request{request})
	if err != nil {
		r.t.Errorf("post: %v", err)
		return Result{}
	}
	for _, o := range outcomes {
		if results[0].Outcome == o {
			return results[0]
		}
	}
	r.t.Errorf("%v, want one of %v", results[0].Outcome, outcomes)
	return results[0]
}

func (r *race) count(in map[int32]Sum, result Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	in[result.Batch] = in[result.Batch].plus(result.Amount)
}

func (s Sum) plus(amount int64) Sum { return Sum{s.Count + 1, s.Amount + amount} }

// compare holds what was answered against the batches.
func (r *race) compare(batches int32) {
	all, err := r.operator.Batches(r.t.Context(), BatchFilter{})
	r.must(0, err)
	if len(all) != int(batches) {
		r.t.Errorf("%d batches, want %d", len(all), batches)
	}
	var reversed Sum
	for _, b := range all {
		if gross := (Sum{b.Sales.Count + b.Reversals.Count, b.Sales.Amount + b.Reversals.Amount}); gross != r.sold[b.No] {
			r.t.Errorf("batch %d holds %+v, answered were %+v", b.No, gross, r.sold[b.No])
		}
		if b.Voids != r.voids[b.No] {
			r.t.Errorf("batch %d holds voids %+v, answered were %+v", b.No, b.Voids, r.voids[b.No])
		}
		reversed.Count += b.Reversals.Count
		reversed.Amount += b.Reversals.Amount
	}
	late := 0
	for _, x := range r.ofKind("late_correction") {
		late++
		reversed = reversed.plus(*x.Ours)
	}
	if reversed != r.reversed {
		r.t.Errorf("reversed %+v, of these %d late; answered were %+v", reversed, late, r.reversed)
	}
	r.t.Logf("%d batches, %d purchases, %d voids and %d reversals, %d of these late", batches, r.total(r.sold), r.total(r.voids),
		r.reversed.Count, late)
}

func (r *race) total(of map[int32]Sum) (count int32) {
	for _, s := range of {
		count += s.Count
	}
	return count
}

func (b *books) ofKind(kind string) []Exception {
	b.t.Helper()
	all, err := b.operator.Exceptions(b.t.Context(), ExceptionFilter{Kind: kind})
	b.must(0, err)
	return all
}
