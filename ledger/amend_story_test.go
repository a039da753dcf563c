package ledger

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestAnyStoryOfADay tells stories of a family with three cards, one of them hashed to another bucket: purchases,
// advices, voids, refunds, reversals and repeats of each, tombstones, batches that close, days that pass, terminals that
// are reset and new money that repays debts, in any order. It keeps, from the answers alone, what stands of each purchase:
//
//   - what the family has, less what it owes, is what it was given less what stands;
//   - of no purchase stands less than nothing or more than its amount;
//   - what was reversed never stands again;
//   - an approval that is shown stands in the books, a void that is shown too.
func TestAnyStoryOfADay(t *testing.T) {
	b := newBooks(t)
	b.rule(`r.advance_family := 5000; r.advance_outlet := 100000000`)
	day := b.now
	tale := 0
	rapid.Check(t, func(t *rapid.T) {
		tale++
		s := &daybook{b: b, t: t, family: int64(tale), bought: map[int64]*bought{}}
		b.now, s.period = day, testPeriod
		first := pan(fmt.Sprint("day", tale), byte(tale%2))
		b.family(s.family, first)
		s.cards = []PANKey{first, pan(fmt.Sprint("day", tale, "b"), byte(tale%2)), pan(fmt.Sprint("day", tale, "c"), byte((tale+1)%2))}
		b.card(s.family, s.cards[1])
		b.card(s.family, s.cards[2])
		s.disburse()
		for range rapid.IntRange(1, 25).Draw(t, "events") {
			s.event()
			s.check()
		}
	})
	b.audit()
}

type daybook struct {
	b      *books
	t      *rapid.T
	family int64
	cards  []PANKey
	period int32
	given  int64
	sent   []Request
	rrns   []int64
	bought map[int64]*bought // by number
}

// bought is a purchase or an advice that was approved.
type bought struct {
	amount, stands int64
	reversed       bool
}

func (s *daybook) event() {
	s.b.now = s.b.now.Add(time.Second)
	switch rapid.SampledFrom([]string{
		"buy", "buy", "buy", "void", "void", "refund", "reverse", "reverse", "reverse", "repeat", "block", "batch", "hours", "days",
		"reset", "disburse",
	}).Draw(s.t, "event") {
	case "buy":
		s.buy()
	case "void":
		s.about(s.b.void, int32(11))
	case "refund":
		s.about(s.b.refund, int32(21))
	case "reverse":
		s.again(undo)
	case "repeat":
		s.again(func(r Request) Request { return r })
	case "block":
		s.again(func(r Request) Request { r.Kind = KindBlock; return r })
	case "batch":
		s.b.nextBatch()
	case "hours":
		s.b.now = s.b.now.Add(time.Duration(rapid.IntRange(1, 30).Draw(s.t, "hours")) * time.Hour)
	case "days":
		s.b.now = s.b.now.AddDate(0, 0, rapid.IntRange(1, 33).Draw(s.t, "days"))
	case "reset":
		s.b.must(0, s.b.operator.ResetTerminal(s.b.t.Context(), "edc", testTID))
	case "disburse":
		s.disburse()
	}
}

func (s *daybook) disburse() {
	if s.period > testPeriod+1 { // 202612 is the last month of the year
		return
	}
	s.b.disburse(s.period, 4_000)
	s.period++
	s.given += 4_000
}

func (s *daybook) card() PANKey { return rapid.SampledFrom(s.cards).Draw(s.t, "card") }

func (s *daybook) buy() {
	amount := int64(rapid.IntRange(1, 4).Draw(s.t, "amount")) * 1000
	stan := int32(rapid.IntRange(1, 3).Draw(s.t, "stan"))
	if rapid.Bool().Draw(s.t, "on credit") {
		s.send(s.b.advise(s.card(), stan, amount))
		return
	}
	s.send(s.b.redeem(s.card(), stan, amount))
}

// about sends a void or a refund of a purchase that was approved, or of none.
func (s *daybook) about(kind func(PANKey, int32, int64) Request, stan int32) {
	stan += int32(rapid.IntRange(0, 2).Draw(s.t, "stan"))
	r := kind(s.card(), stan, int64(rapid.IntRange(1, 4).Draw(s.t, "amount"))*1000)
	r.Original = 1
	if len(s.rrns) > 0 {
		r.Original = rapid.SampledFrom(s.rrns).Draw(s.t, "original")
	}
	for _, sent := range s.sent { // nearly always of the card and amount that it names
		if sent.Original == -r.Original && rapid.IntRange(0, 9).Draw(s.t, "as it was") > 0 {
			r.PAN = sent.PAN
			if r.Kind == KindVoid {
				r.Amount = sent.Amount
			}
		}
	}
	s.send(r)
}

// again sends something that was sent before, or what undoes it.
func (s *daybook) again(change func(Request) Request) {
	if len(s.sent) == 0 {
		s.buy()
		return
	}
	r := rapid.SampledFrom(s.sent).Draw(s.t, "sent")
	r.Original = max(r.Original, 0)
	s.play(change(r))
}

func (s *daybook) send(r Request) {
	result := s.play(r)
	if r.Original == 0 && result.Outcome == OutcomeApproved {
		r.Original = -ParseRRN(result.RRN()) // so that a void finds its card and amount
		s.rrns = append(s.rrns, ParseRRN(result.RRN()))
	}
	s.sent = append(s.sent, r)
}

// play posts a request and takes its answer into account.
func (s *daybook) play(r Request) Result {
	result := s.b.post(r)
	switch {
	case result.Outcome == OutcomeApproved && (r.Kind == KindRedeem || r.Kind == KindAdvise):
		s.boughtBy(r, result)
	case result.Outcome == OutcomeApproved && r.Kind == KindVoid:
		x := s.bought[r.Original%1e10]
		if !result.Replay {
			x.stands -= r.Amount
		}
		if x.stands != 0 {
			s.t.Fatalf("a void is shown, and Rp %d stand", x.stands)
		}
	case result.Outcome == OutcomeApproved && r.Kind == KindRefund && !result.Replay:
		s.bought[r.Original%1e10].stands -= r.Amount
	case result.Outcome == OutcomeReversed && !result.Replay:
		s.reversed(r, result)
	}
	return result
}

func (s *daybook) boughtBy(r Request, result Result) {
	if !result.Replay {
		s.bought[result.ID] = &bought{amount: r.Amount, stands: r.Amount}
	}
	if x := s.bought[result.ID]; x.reversed || x.stands == 0 && s.refunded(result.ID) != x.amount {
		s.t.Fatal("an approval is shown of what does not stand")
	}
}

// refunded is what living refunds gave back of a purchase.
func (s *daybook) refunded(id int64) (amount int64) {
	s.b.must(0, s.b.operator.pool.QueryRow(s.b.t.Context(), `select coalesce(sum(n.amount), 0)::bigint from bpnt.message n
		where n.bucket = $1 and n.original = $2 and n.class = 'N' and n.outcome = 1 and not exists (
			select from bpnt.message u where u.bucket = n.bucket and u.original = n.id and u.outcome = 2)`,
		s.b.familyBucketOf(s.family), id).Scan(&amount))
	return amount
}

// reversed finds in the books what a reversal was of.
func (s *daybook) reversed(r Request, result Result) {
	var class string
	var original int64
	var about *int64
	s.b.must(0, s.b.operator.pool.QueryRow(s.b.t.Context(), `select o.class::text, o.id, o.original
		from bpnt.message v join bpnt.message o on o.bucket = v.bucket and o.id = v.original where v.bucket = $1 and v.id = $2`,
		result.Bucket, result.ID).Scan(&class, &original, &about))
	if class == "R" {
		x := s.bought[original]
		x.stands, x.reversed = 0, true
		return
	}
	x := s.bought[*about]
	if x.reversed {
		s.t.Fatal("what was reversed stands again")
	}
	x.stands += r.Amount
}

func (s *daybook) check() {
	var stands int64
	for id, x := range s.bought {
		if x.stands < 0 || x.stands > x.amount {
			s.t.Fatalf("of purchase %d of Rp %d stand Rp %d", id, x.amount, x.stands)
		}
		stands += x.stands
	}
	if has, owes := s.b.balance(s.family), s.b.debt(s.family); has-owes != s.given-stands {
		s.t.Fatalf("the family was given Rp %d, Rp %d stand; it has Rp %d and owes Rp %d", s.given, stands, has, owes)
	}
}

func (b *books) familyBucketOf(family int64) int16 {
	b.t.Helper()
	bucket, err := b.operator.familyBucket(b.t.Context(), family)
	b.must(0, err)
	return bucket
}
