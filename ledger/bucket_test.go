package ledger

import (
	"errors"
	"fmt"
	"sync"
	"testing"
)

// TestTwoCardsOfOneFamily: in one batch the second waits for the next, and both are debited.
func TestTwoCardsOfOneFamily(t *testing.T) {
	b := newBooks(t)
	first, second := pan("a", 0), pan("b", 0)
	b.family(1, first)
	b.card(1, second)
	b.disburse(testPeriod, testGrant)
	results := b.batch(0, b.redeem(first, 1, 40_000), b.redeem(second, 2, 50_000), b.redeem(pan("x", 0), 3, 1))
	b.want("first", results[0], OutcomeApproved)
	b.want("a stranger between them", results[2], OutcomeCardUnknown)
	if !results[1].Again {
		t.Fatalf("second: %+v", results[1])
	}
	if r := b.want("again", b.post(b.redeem(second, 2, 50_000)), OutcomeApproved); r.Balance != 20_000 {
		t.Errorf("balance %d", r.Balance)
	}
	results = b.batch(0, b.reverse(first, 1, 40_000), b.reverse(second, 2, 50_000))
	b.want("reversal", results[0], OutcomeReversed)
	if !results[1].Again {
		t.Errorf("two reversals of one family: %+v", results[1])
	}
	b.audit()
}

func TestOneCardTwiceInABatch(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	results := b.batch(0, b.redeem(card, 1, 10_000), b.redeem(card, 1, 10_000))
	if b.want("first", results[0], OutcomeApproved); !results[1].Again {
		t.Errorf("copy in the same batch: %+v", results[1])
	}
	b.audit()
}

// TestForward: a card whose hash points to another bucket than its family's is found through a forward, after the
// identities of the hash bucket were looked at.
func TestForward(t *testing.T) {
	b := newBooks(t)
	old, replacement := pan("a", 0), pan("b", 1)
	b.family(1, old)
	b.disburse(testPeriod, testGrant)
	b.want("a reversal before the card is known", b.post(b.reverse(replacement, 9, 5_000)), OutcomeReversalUnmatched)
	b.card(1, replacement)
	if r := b.batch(1, b.redeem(replacement, 1, 10_000))[0]; r.MovedTo != 0 {
		t.Errorf("hash bucket: %+v", r)
	}
	r := b.want("purchase", b.post(b.redeem(replacement, 1, 10_000)), OutcomeApproved)
	if r.Bucket != 0 || r.Balance != 100_000 {
		t.Errorf("%+v", r)
	}
	if r := b.post(b.redeem(replacement, 1, 10_000)); !r.Replay {
		t.Errorf("repeat through the forward: %+v", r)
	}
	b.want("reversal through the forward", b.post(b.reverse(replacement, 1, 10_000)), OutcomeReversed)
	b.want("the tombstone in the hash bucket holds", b.post(b.redeem(replacement, 9, 5_000)), OutcomeBlocked)
	card, err := b.operator.Card(t.Context(), replacement)
	b.must(0, err)
	if !card.Forwarded || card.Family != 1 {
		t.Errorf("%+v", card)
	}
	b.audit()
}

// TestCopiesAtOnce: 64 copies over as many connections as the pool has, one debit, one answer.
func TestCopiesAtOnce(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	debits := b.atOnce(64, b.redeem(card, 1, 10_000))
	if debits[OutcomeApproved] != 1 {
		t.Errorf("fresh approvals: %v", debits)
	}
	credits := b.atOnce(20, b.reverse(card, 1, 10_000))
	if credits[OutcomeReversed] != 1 {
		t.Errorf("fresh credits: %v", credits)
	}
	if got := b.balance(1); got != testGrant {
		t.Errorf("balance %d", got)
	}
	b.audit()
}

// atOnce posts copies in parallel and counts the answers that were not stored ones.
func (b *books) atOnce(copies int, r Request) map[Outcome]int {
	fresh := map[Outcome]int{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	for range copies {
		wait.Go(func() {
			results, err := b.gateway.postAt(b.t.Context(), b.gateway.BucketOf(r.PAN), []Request{r}, b.now)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				b.t.Error(err)
			} else if !results[0].Replay {
				fresh[results[0].Outcome]++
			}
		})
	}
	wait.Wait()
	return fresh
}

// TestDrain: many cards of one family and more money asked for than there is, all at once: never below zero.
func TestDrain(t *testing.T) {
	b := newBooks(t)
	cards := make([]PANKey, 16)
	for i := range cards {
		cards[i] = pan(fmt.Sprint("drain", i), 0)
		if i == 0 {
			b.family(1, cards[i])
		} else {
			b.card(1, cards[i])
		}
	}
	b.disburse(testPeriod, testGrant)
	var approved int
	var mu sync.Mutex
	var wait sync.WaitGroup
	for i, card := range cards {
		wait.Go(func() {
			for stan := range int32(3) {
				results, err := b.gateway.Post(t.Context(), 0, []Request{b.redeem(card, int32(i)*10+stan, 10_000)})
				mu.Lock()
				if err != nil {
					t.Error(err)
				} else if results[0].Outcome == OutcomeApproved {
					approved++
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if approved != 11 || b.balance(1) != 0 {
		t.Errorf("%d approvals of 10,000 from 110,000, balance %d", approved, b.balance(1))
	}
	b.audit()
}

// TestPoisonFailsItsBatchWhole: a row that the database cannot take rolls the whole batch back, as ErrRejected, so that
// the lane may halve it.
func TestPoisonFailsItsBatchWhole(t *testing.T) {
	b := newBooks(t)
	good, bad := pan("a", 0), pan("b", 0)
	b.family(1, good)
	b.disburse(testPeriod, testGrant)
	poison := b.redeem(bad, 2, 1)
	poison.Invoice = "a\x00b"
	_, err := b.gateway.Post(t.Context(), 0, []Request{b.redeem(good, 1, 10_000), poison})
	if !errors.Is(err, ErrRejected) {
		t.Fatalf("got %v", err)
	}
	if poison.Validate() == nil {
		t.Error("Validate lets NUL through")
	}
	if got := b.balance(1); got != testGrant {
		t.Errorf("balance %d", got)
	}
	b.want("alone it goes", b.post(b.redeem(good, 1, 10_000)), OutcomeApproved)
	b.audit()
}

// TestMixedBatch: a purchase and a reversal of two cards of one family in one call, in either order.
func TestMixedBatch(t *testing.T) {
	b := newBooks(t)
	first, second := pan("a", 0), pan("b", 0)
	b.family(1, first)
	b.card(1, second)
	b.disburse(testPeriod, testGrant)
	b.post(b.redeem(second, 1, 10_000))
	results := b.batch(0, b.redeem(first, 2, 20_000), b.reverse(second, 1, 10_000))
	b.want("purchase", results[0], OutcomeApproved)
	b.want("reversal", results[1], OutcomeReversed)
	results = b.batch(0, b.reverse(first, 2, 20_000), b.redeem(second, 3, 30_000))
	b.want("reversal", results[0], OutcomeReversed)
	b.want("purchase", results[1], OutcomeApproved)
	if got := b.balance(1); got != testGrant-30_000 {
		t.Errorf("balance %d", got)
	}
	b.audit()
}

// TestAddCardTwice: a run that died between the card and its forward is finished by the next; a card of another family
// is refused.
func TestAddCardTwice(t *testing.T) {
	b := newBooks(t)
	b.family(1, pan("a", 0))
	b.family(2, pan("c", 0))
	b.disburse(testPeriod, testGrant)
	replacement := NewCard{PAN: pan("b", 1), PANKeyID: 1, First6: "999912", Last4: "0002", Expiry: 3012, PINValue: testPIN, Family: 1}
	b.must(0, insertCard(t.Context(), b.operator.pool, 0, replacement, "card add", ""))
	b.want("a card without its forward", b.post(b.redeem(replacement.PAN, 1, 10_000)), OutcomeCardUnknown)
	other := replacement
	other.Family = 2
	if err := b.operator.AddCard(t.Context(), other); !errors.Is(err, errCardKnown) {
		t.Errorf("another family: %v", err)
	}
	b.must(0, b.operator.AddCard(t.Context(), replacement))
	b.want("finished", b.post(b.redeem(replacement.PAN, 2, 10_000)), OutcomeApproved)
	if err := b.operator.AddCard(t.Context(), replacement); !errors.Is(err, errCardKnown) {
		t.Errorf("twice: %v", err)
	}
	b.audit()
}

// TestAddFamilyAtOnce: one number, two buckets, one family.
func TestAddFamilyAtOnce(t *testing.T) {
	b := newBooks(t)
	for id := range int64(10) {
		var wait sync.WaitGroup
		var failed [2]error
		for bucket := range 2 {
			wait.Go(func() {
				failed[bucket] = b.operator.AddFamily(t.Context(), id+1, 3172, "Family", pan(fmt.Sprint(id), byte(bucket)))
			})
		}
		wait.Wait()
		if (failed[0] == nil) == (failed[1] == nil) {
			t.Errorf("family %d: %v, %v", id+1, failed[0], failed[1])
		}
	}
	b.audit()
}
