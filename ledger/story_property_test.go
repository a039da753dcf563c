package ledger

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestAnyStory tells stories of one card and one STAN with jumps of the clock, terminal resets, tombstones and a second
// card whose hash points to another bucket, and holds each answer against what a family and an outlet must be able to
// rely on. rapid shrinks a broken story to a short one and prints its seed.
//
//   - an approval just shown is credited by its reversal;
//   - once a reversal was answered 00, its original, however late, is not approved within the window;
//   - a repeated reversal gets the first one's answer;
//   - a redemption that the gateway blocked is not approved;
//   - what the answers say was debited is what the purses lack.
func TestAnyStory(t *testing.T) {
	b := newBooks(t)
	tale := 0
	rapid.Check(t, func(t *rapid.T) {
		tale++
		s := &teller{b: b, t: t, family: int64(tale), cards: []PANKey{pan(fmt.Sprint("tale", tale), byte(tale%2))}}
		b.now = day0
		b.family(s.family, s.cards[0])
		b.disburse(testPeriod, 1_000_000)
		for range rapid.IntRange(1, 12).Draw(t, "events") {
			s.event()
		}
		if got := b.balance(s.family); got != 1_000_000-s.debit {
			t.Fatalf("balance %d, answers say %d was debited", got, s.debit)
		}
	})
	b.audit()
}

type teller struct {
	b      *books
	t      *rapid.T
	family int64
	cards  []PANKey
	debit  int64
}

func (s *teller) event() {
	switch rapid.SampledFrom([]string{"sale", "sale", "reversal", "reversal", "block", "hours", "days", "reset", "card"}).Draw(s.t, "event") {
	case "sale":
		s.sale()
	case "reversal":
		s.reversal()
	case "block":
		s.block()
	case "hours":
		s.b.now = s.b.now.Add(time.Duration(rapid.IntRange(1, 30).Draw(s.t, "hours")) * time.Hour)
	case "days":
		s.b.now = s.b.now.AddDate(0, 0, rapid.IntRange(1, 33).Draw(s.t, "days"))
	case "reset":
		s.b.must(0, s.b.operator.ResetTerminal(s.b.t.Context(), "edc", testTID))
	case "card":
		s.secondCard()
	}
	s.b.now = s.b.now.Add(time.Second)
}

// secondCard is used, and refused, before it is registered in the other bucket than its hash's.
func (s *teller) secondCard() {
	if len(s.cards) > 1 {
		return
	}
	card := pan(fmt.Sprint("tale", s.family, "second"), byte((s.family+1)%2))
	s.cards = append(s.cards, card)
	s.play(s.draw(card))
	s.b.card(s.family, card)
}

// draw is a sale with drawn content.
func (s *teller) draw(card PANKey) Request {
	r := s.b.redeem(card, 7, int64(rapid.IntRange(1, 2).Draw(s.t, "amount"))*1000)
	if rapid.IntRange(0, 7).Draw(s.t, "too much") == 7 {
		r.Amount = 10_000_000
	}
	r.Invoice = fmt.Sprintf("%06d", rapid.IntRange(0, 2).Draw(s.t, "invoice"))
	r.Batch = int32(rapid.IntRange(0, 1).Draw(s.t, "batch"))
	return r
}

func (s *teller) any() Request { return s.draw(rapid.SampledFrom(s.cards).Draw(s.t, "card")) }

func (s *teller) play(r Request) Result {
	result := s.b.post(r)
	switch {
	case r.Kind == KindRedeem && result.Outcome == OutcomeApproved && !result.Replay:
		s.debit += r.Amount
	case result.Outcome == OutcomeReversed && !result.Replay:
		s.debit -= r.Amount
	}
	return result
}

func (s *teller) undo(r Request) Request {
	r.Kind, r.Batch, r.PINRequired, r.PINValue, r.Invoice = KindReverse, Absent, false, PINNone, ""
	return r
}

func (s *teller) sale() {
	r := s.any()
	if s.play(r).Outcome != OutcomeApproved || !rapid.Bool().Draw(s.t, "answer lost") {
		return
	}
	if got := s.play(s.undo(r)); got.Outcome != OutcomeReversed {
		s.t.Fatalf("an approval just shown was answered %v to its reversal", got.Outcome)
	}
}

func (s *teller) reversal() {
	r := s.any()
	first := s.play(s.undo(r))
	if !first.Outcome.Good() {
		return
	}
	late := r
	late.Invoice, late.Batch = fmt.Sprintf("%06d", rapid.IntRange(0, 2).Draw(s.t, "late invoice")), int32(rapid.IntRange(0, 1).Draw(s.t, "late batch"))
	if s.play(late).Outcome == OutcomeApproved {
		s.t.Fatal("a late original was approved after its reversal was answered 00")
	}
	s.b.now = s.b.now.Add(time.Second)
	if again := s.play(s.undo(r)); again.Outcome != first.Outcome || again.RRN() != first.RRN() {
		s.t.Fatalf("0400 was answered %v %s, 0401 %v %s", first.Outcome, first.RRN(), again.Outcome, again.RRN())
	}
}

func (s *teller) block() {
	r := s.any()
	blocked := r
	blocked.Kind = KindBlock
	if s.play(blocked).Outcome == OutcomeBlocked && s.play(r).Outcome == OutcomeApproved {
		s.t.Fatal("a redemption was approved after it was blocked")
	}
}
