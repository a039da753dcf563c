package ledger

import (
	"context"
	"sync"
	"testing"
	"time"
)

// TestCloseDiesOnTheWay: a close that was broken off after any of its steps is finished by whatever comes next: the same
// message again, the operator's next try, a trailer, or the cut-off.
func TestCloseDiesOnTheWay(t *testing.T) {
	died := map[string]func(b *books, c BatchClaim){
		"after the batch was closed":    func(b *books, c BatchClaim) { b.begin(c) },
		"after the buckets were passed": func(b *books, c BatchClaim) { b.begin(c); b.must(0, b.gateway.passBuckets(b.t.Context())) },
		"before the answer":             func(b *books, c BatchClaim) { b.closeBatch(c) },
	}
	for name, die := range died {
		t.Run(name, func(t *testing.T) {
			b := shop(t)
			answered := name == "before the answer"
			for i, amount := range []int64{10_000, 5_000} { // the second claim is wrong
				stan := int32(i * 10)
				b.sale(stan, 10_000)
				c := b.claim(stan+1, 1, amount)
				c.SentBatch = int32(i + 1)
				outcome := OutcomeApproved
				if amount != 10_000 {
					outcome = OutcomeTotalsDiffer
				}
				die(b, c)
				b.settles("the same again", c, outcome, answered, sales(1, 10_000))
				b.settles("and again", c, outcome, true, sales(1, 10_000))
			}
			b.sale(30, 2_000)
			die(b, b.claim(31, 7, 7))
			b.must(b.operator.at(b.now.Add(time.Second)).CloseForgotten(t.Context(), b.now.Add(time.Second)))
			b.settles("the next try", b.claim(32, 2, 12_000), OutcomeApproved, false, sales(2, 12_000))
			b.sale(40, 3_000)
			die(b, b.claim(41, 7, 7))
			b.settles("a trailer", b.trailer(42), OutcomeApproved, false, sales(1, 3_000))
			b.everySaleOnce()
			b.audit()
		})
	}
}

func (b *books) begin(c BatchClaim) *pendingBatch {
	b.t.Helper()
	_, pending, err := b.gateway.at(b.now).beginBatch(b.t.Context(), c)
	b.must(0, err)
	return pending
}

// everySaleOnce holds the closed batches against the books: each approved redemption stands in one batch, and the batches'
// sums are those of their postings.
func (b *books) everySaleOnce() {
	b.t.Helper()
	var count, amount, posted int64
	b.must(0, b.operator.pool.QueryRow(b.t.Context(), `select coalesce(sum(sales + reversals), 0), coalesce(sum(sales_amount - voids_amount
		- refunds_amount), 0)::bigint from bpnt.batch`).Scan(&count, &amount))
	b.must(0, b.operator.pool.QueryRow(b.t.Context(), `select coalesce(sum(case kind when 'U' then -amount else amount end), 0)::bigint
		from bpnt.posting where kind in ('R', 'A', 'U') and batch is not null`).Scan(&posted))
	var approved int64
	b.must(0, b.operator.pool.QueryRow(b.t.Context(), `select count(*) from bpnt.message where class = 'R' and outcome = 1`).Scan(&approved))
	if count != approved || amount != posted {
		b.t.Errorf("batches hold %d sales, in all Rp %d; the books %d, Rp %d", count, amount, approved, posted)
	}
}

// TestTwoGatewaysCloseOneBatch: copies of one settlement message over several gateways: one batch, one answer.
func TestTwoGatewaysCloseOneBatch(t *testing.T) {
	b := shop(t)
	for round := range int32(10) {
		b.sale(round*10, 1_000)
		c := b.claim(round*10+1, 1, 1_000)
		c.SentBatch = round
		fresh := b.closeAtOnce(c, 8)
		if fresh != 1 {
			t.Errorf("round %d: %d first answers", round, fresh)
		}
	}
	if all, err := b.operator.Batches(t.Context(), BatchFilter{}); err != nil || len(all) != 10 {
		t.Errorf("%d batches, %v", len(all), err)
	}
	b.audit()
}

// closeAtOnce sends copies of a claim in parallel, and counts the answers that were given for the first time.
func (b *books) closeAtOnce(c BatchClaim, copies int) (fresh int) {
	var mu sync.Mutex
	var wait sync.WaitGroup
	for range copies {
		wait.Go(func() {
			a, err := b.gateway.CloseBatch(b.t.Context(), c)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || a.Outcome != OutcomeApproved || a.Ours != c.Totals {
				b.t.Errorf("%+v %v", a, err)
			}
			if !a.Replay {
				fresh++
			}
		})
	}
	wait.Wait()
	return fresh
}

// TestCutOffMeetsSettlements: the cut-off runs while terminals settle and sell; every sale is in one batch, and all that is
// spoken of adds up.
func TestCutOffMeetsSettlements(t *testing.T) {
	b := shop(t)
	b.disburse(testPeriod+1, 1_000_000)
	ctx, stop := context.WithCancel(t.Context())
	var cutOffs sync.WaitGroup
	cutOffs.Go(func() {
		for ctx.Err() == nil {
			if _, err := b.operator.CloseForgotten(t.Context(), time.Now().Add(-time.Millisecond)); err != nil {
				t.Error(err)
			}
		}
	})
	var spoken int64
	for round := range int32(60) {
		r, c := b.redeem(pan("a", 0), round*10, 1_000), b.claim(round*10+1, 1, 1_000)
		c.SentBatch = round
		if results, err := b.gateway.Post(t.Context(), 0, []Request{r}); err != nil || results[0].Outcome != OutcomeApproved {
			t.Fatalf("%+v %v", results, err)
		}
		a, err := b.gateway.CloseBatch(t.Context(), c)
		if err != nil || a.Outcome != OutcomeApproved {
			t.Fatalf("round %d: %+v %v", round, a, err)
		}
		spoken += a.Ours.SalesAmount
	}
	stop()
	cutOffs.Wait()
	if spoken != 60_000 {
		t.Errorf("Rp %d were spoken of", spoken)
	}
	b.everySaleOnce()
	b.audit()
}
