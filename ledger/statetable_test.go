package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// The state table of one key: what is in the books (columns) against what comes (rows). It is printed in
// docs/protocol.md. Each story plays events in order:
//
//	P  the purchase              p  the purchase, other amount
//	R  its reversal              r  the reversal, other amount
//	B  the gateway's own tombstone for an unknown commit
//	D  a purchase that is declined (more than the balance); E its reversal
//	V  the void of the purchase; W its reversal; T the gateway's own tombstone for a void whose commit is unknown
//	N  another void of the purchase, with a STAN of its own; M its reversal
//	F  a refund of 20,000 of the purchase; G its reversal
//	S  the terminal's batch is closed
//
// and gives the outcome of each, with * for a stored answer, and what the family has left of 110,000.
var stateTable = []struct {
	story    string
	outcomes string
	balance  int64
}{
	{"P", "approved", 60},
	{"P P", "approved approved*", 60},
	{"P P P", "approved approved* approved*", 60},
	{"P p", "approved conflict", 60},
	{"P R", "approved reversed", 110},
	{"P R R R", "approved reversed reversed* reversed*", 110},
	{"P R P", "approved reversed blocked_by_reversal", 110},
	{"P R P R P", "approved reversed blocked_by_reversal reversed* blocked_by_reversal", 110},
	{"P R p", "approved reversed conflict", 110},
	{"P r", "approved reversal_mismatch", 60},
	{"P r R", "approved reversal_mismatch reversed", 110},
	{"P R r", "approved reversed reversal_mismatch", 110},
	{"R", "reversal_unmatched", 110},
	{"R R", "reversal_unmatched reversal_unmatched*", 110},
	{"R P", "reversal_unmatched blocked_by_reversal", 110},
	{"R p", "reversal_unmatched blocked_by_reversal", 110},
	{"R P P R", "reversal_unmatched blocked_by_reversal blocked_by_reversal reversal_unmatched*", 110},
	{"R r P", "reversal_unmatched reversal_mismatch blocked_by_reversal", 110},
	{"r P", "reversal_unmatched blocked_by_reversal", 110},
	{"r P R", "reversal_unmatched blocked_by_reversal reversal_mismatch", 110},
	{"D", "insufficient_funds", 110},
	{"D D", "insufficient_funds insufficient_funds*", 110},
	{"D E", "insufficient_funds reversal_no_effect", 110},
	{"D E E", "insufficient_funds reversal_no_effect reversal_no_effect*", 110},
	{"D E D", "insufficient_funds reversal_no_effect insufficient_funds*", 110},
	{"D P", "insufficient_funds conflict", 110},
	{"D R", "insufficient_funds reversal_mismatch", 110},
	{"B", "blocked_by_reversal", 110},
	{"B P", "blocked_by_reversal blocked_by_reversal", 110},
	{"B B P", "blocked_by_reversal tombstone* blocked_by_reversal", 110},
	{"B R", "blocked_by_reversal reversal_unmatched", 110},
	{"B R R P", "blocked_by_reversal reversal_unmatched reversal_unmatched* blocked_by_reversal", 110},
	{"P B", "approved approved*", 60},
	{"P B R", "approved approved* reversed", 110},
	{"P B P", "approved approved* approved*", 60},
	{"P R B", "approved reversed approved*", 110},
	{"D B", "insufficient_funds insufficient_funds*", 110},
	{"R B P", "reversal_unmatched tombstone* blocked_by_reversal", 110},

	{"V", "original_unknown", 110},
	{"V P V", "original_unknown approved original_unknown*", 60},
	{"V P N", "original_unknown approved approved", 110},
	{"V W", "original_unknown reversal_no_effect", 110},
	{"P V", "approved approved", 110},
	{"P V V", "approved approved approved*", 110},
	{"P V P", "approved approved blocked_by_reversal", 110},
	{"P V N", "approved approved original_voided", 110},
	{"P V R", "approved approved reversal_no_effect", 110},
	{"P V R P V", "approved approved reversal_no_effect blocked_by_reversal approved*", 110},
	{"P V R W", "approved approved reversal_no_effect reversal_no_effect", 110},
	{"P V R N", "approved approved reversal_no_effect original_reversed", 110},
	{"P R V", "approved reversed original_reversed", 110},
	{"P R V W", "approved reversed original_reversed reversal_no_effect", 110},
	{"P V W", "approved approved reversed", 60},
	{"P V W W V", "approved approved reversed reversed* blocked_by_reversal", 60},
	{"P V W P", "approved approved reversed approved*", 60},
	{"P V W R", "approved approved reversed reversed", 110},
	{"P V W R P W", "approved approved reversed reversed blocked_by_reversal reversed*", 110},
	{"P V W N", "approved approved reversed approved", 110},
	{"P V W N P", "approved approved reversed approved blocked_by_reversal", 110},
	{"P V W N M", "approved approved reversed approved reversed", 60},
	{"P V N M W", "approved approved original_voided reversal_no_effect reversed", 60},
	{"P W", "approved reversal_unmatched", 60},
	{"P W V", "approved reversal_unmatched blocked_by_reversal", 60},
	{"P W V W P", "approved reversal_unmatched blocked_by_reversal reversal_unmatched* approved*", 60},
	{"P W V N", "approved reversal_unmatched blocked_by_reversal approved", 110},
	{"P T V", "approved blocked_by_reversal blocked_by_reversal", 60},
	{"P V T", "approved approved approved*", 110},
	{"P T W", "approved blocked_by_reversal reversal_unmatched", 60},
	{"P S V", "approved - original_closed", 60},
	{"P S V R", "approved - original_closed reversed", 110},
	{"P V S W", "approved approved - reversed", 60},
	{"P V S W N", "approved approved - reversed original_closed", 60},
	{"P V S R", "approved approved - reversal_no_effect", 110},

	{"F", "original_unknown", 110},
	{"P F", "approved approved", 80},
	{"P F F", "approved approved approved*", 80},
	{"P F P", "approved approved approved*", 80},
	{"P F V", "approved approved original_reversed", 80},
	{"P F R", "approved approved reversed", 110},
	{"P F R G", "approved approved reversed reversal_no_effect", 110},
	{"P F G", "approved approved reversed", 60},
	{"P F G V", "approved approved reversed approved", 110},
	{"P F G R", "approved approved reversed reversed", 110},
	{"P F G F", "approved approved reversed blocked_by_reversal", 60},
	{"P G F", "approved reversal_unmatched blocked_by_reversal", 60},
	{"P V F", "approved approved original_voided", 110},
	{"P R F", "approved reversed original_reversed", 110},
	{"P S F", "approved - approved", 80},
	{"P S F S G", "approved - approved - reversed", 60},
}

func (b *books) event(card PANKey, event string) Request {
	block := func(r Request) Request { r.Kind = KindBlock; return r }
	switch event {
	case "P":
		return b.redeem(card, 7, 50_000)
	case "p":
		return b.redeem(card, 7, 40_000)
	case "R":
		return b.reverse(card, 7, 50_000)
	case "r":
		return b.reverse(card, 7, 40_000)
	case "D":
		return b.redeem(card, 7, 500_000)
	case "E":
		return b.reverse(card, 7, 500_000)
	case "B":
		return block(b.redeem(card, 7, 50_000))
	case "V":
		return b.void(card, 8, 50_000)
	case "W":
		return undo(b.void(card, 8, 50_000))
	case "T":
		return block(b.void(card, 8, 50_000))
	case "N":
		return b.void(card, 9, 50_000)
	case "M":
		return undo(b.void(card, 9, 50_000))
	case "F":
		return b.refund(card, 10, 20_000)
	case "G":
		return undo(b.refund(card, 10, 20_000))
	}
	b.t.Fatalf("no event %q", event)
	return Request{}
}

func TestStateTable(t *testing.T) {
	b := newBooks(t)
	for i := range stateTable {
		b.family(int64(i+1), pan(fmt.Sprint(i), byte(i%2)))
	}
	b.disburse(testPeriod, testGrant)
	for i, row := range stateTable {
		var got []string
		for _, event := range strings.Fields(row.story) {
			if event == "S" {
				b.nextBatch()
				got = append(got, "-")
				continue
			}
			r := b.post(b.event(pan(fmt.Sprint(i), byte(i%2)), event))
			word := r.Outcome.String()
			if r.Replay {
				word += "*"
			}
			got = append(got, word)
		}
		if strings.Join(got, " ") != row.outcomes || b.balance(int64(i+1)) != row.balance*1000 {
			t.Errorf("%s: %s, balance %d; want %s, %d", row.story, strings.Join(got, " "), b.balance(int64(i+1)), row.outcomes, row.balance*1000)
		}
	}
	b.audit()
}

// nextBatch closes the terminal's batch as far as post() is concerned: by opening the next.
func (b *books) nextBatch() {
	b.t.Helper()
	b.asOwner(`update bpnt.terminal set batch = batch + 1`)
}

// TestEveryOrderOfArrival plays every sequence of four purchases, reversals, their variants and tombstones of one key, and
// every sequence of five of a purchase, its reversal, two voids and the reversal of one: one family each and all families'
// events in one batch. It holds them against the promise itself, not against the table: a family pays at most once, and
// nothing once its reversal was credited; an approval is never shown after a reversal was heard; and what was approved,
// of a purchase or of a void, is so in the books whenever it is shown.
func TestEveryOrderOfArrival(t *testing.T) {
	for _, test := range []struct {
		events []string
		length int
	}{{[]string{"P", "p", "R", "r", "B"}, 4}, {[]string{"P", "R", "V", "W", "N"}, 5}} {
		t.Run(strings.Join(test.events, ""), func(t *testing.T) {
			everyOrder(t, everyStory(test.events, test.length))
		})
	}
}

func everyOrder(t *testing.T, stories [][]string) {
	b := newBooks(t)
	told := make([]story, len(stories))
	for i := range stories {
		told[i] = story{events: stories[i], card: pan(fmt.Sprint("story", i), byte(i%2))}
		b.family(int64(i+1), told[i].card)
	}
	b.disburse(testPeriod, testGrant)
	for step := range stories[0] {
		b.playStep(told, step)
	}
	left := b.balances()
	for i := range told {
		if got := left[int64(i+1)]; got != testGrant-told[i].debit {
			t.Errorf("%v: balance %d, answers say %d", told[i].events, got, testGrant-told[i].debit)
		}
	}
	b.audit()
}

// balances are those of all families.
func (b *books) balances() map[int64]int64 {
	b.t.Helper()
	rows, err := b.operator.pool.Query(b.t.Context(), `select family, sum(balance)::bigint from bpnt.purse group by 1`)
	b.must(0, err)
	all := map[int64]int64{}
	var family, balance int64
	_, err = pgx.ForEachRow(rows, []any{&family, &balance}, func() error { all[family] = balance; return nil })
	b.must(0, err)
	return all
}

// story is one key's sequence of events, and what the answers have said so far.
type story struct {
	events []string
	card   PANKey
	debit  int64
	heard  bool
}

// playStep posts every story's event of this step, a batch for each bucket and five hundred stories.
func (b *books) playStep(told []story, step int) {
	for bucket := range int16(2) {
		var requests []Request
		var owners []*story
		for i := range told {
			if b.gateway.BucketOf(told[i].card) == bucket {
				requests = append(requests, b.event(told[i].card, told[i].events[step]))
				owners = append(owners, &told[i])
			}
		}
		for from := 0; from < len(requests); from += 500 {
			to := min(from+500, len(requests))
			for i, r := range b.batch(bucket, requests[from:to]...) {
				owners[from+i].hear(b.t, requests[from+i], r)
			}
		}
	}
}

// hear takes an answer into account and checks what must never be seen.
func (s *story) hear(t testing.TB, request Request, r Result) {
	void := request.function() == functionVoid
	if !r.Replay && (r.Outcome == OutcomeApproved || r.Outcome == OutcomeReversed) {
		if (r.Outcome == OutcomeApproved) == void { // a void, or the reversal of a purchase
			s.debit -= request.Amount
		} else {
			s.debit += request.Amount
		}
	}
	if r.Outcome == OutcomeApproved && request.Kind != KindBlock {
		if s.heard && !void {
			t.Errorf("%v: an approval was shown after a reversal", s.events)
		}
		if (s.debit == 0) != void {
			t.Errorf("%v: an approval was shown that does not stand: debited %d", s.events, s.debit)
		}
	}
	s.heard = s.heard || request.Kind == KindReverse && !void && r.Outcome.Good()
	if s.debit < 0 || s.debit > 50_000 || s.heard && s.debit > 0 {
		t.Errorf("%v: debited %d, reversal heard: %v", s.events, s.debit, s.heard)
	}
}

func everyStory(events []string, length int) [][]string {
	stories := [][]string{{}}
	for range length {
		var longer [][]string
		for _, s := range stories {
			for _, e := range events {
				longer = append(longer, append(slices.Clone(s), e))
			}
		}
		stories = longer
	}
	return stories
}

// TestIdentityInTime walks DESIGN D5: what makes the same key a new message.
func TestIdentityInTime(t *testing.T) {
	day := 24 * time.Hour
	plain := func(*Request) {}
	tests := []struct {
		name   string
		first  func(*Request)
		later  time.Duration
		second func(*Request)
		want   string
	}{
		{"same hour, other clock and invoice", plain, time.Hour, func(r *Request) { r.LocalStamp, r.Invoice = 1125120000, "000099" }, "approved*"},
		{"same hour, other batch", plain, time.Hour, func(r *Request) { r.Batch = 2 }, "approved*"},
		{"same hour, other amount", plain, time.Hour, func(r *Request) { r.Amount++ }, "conflict"},
		{"same hour, other processing code", plain, time.Hour, func(r *Request) { r.ProcessingCode = 1000 }, "conflict"},
		{"same hour, other chip counter", func(r *Request) { r.ATC = 7 }, time.Hour, func(r *Request) { r.ATC = 8 }, "conflict"},
		{"same hour, chip counter once", func(r *Request) { r.ATC = 7 }, time.Hour, plain, "approved*"},
		{"two days, nothing differs", plain, 2 * day, plain, "approved*"},
		{"two days, other amount only", plain, 2 * day, func(r *Request) { r.Amount++ }, "conflict"},
		{"two days, other chip counter", func(r *Request) { r.ATC = 7 }, 2 * day, func(r *Request) { r.ATC = 8 }, "approved"},
		{"two days, other clock", func(r *Request) { r.LocalStamp = 1125120000 }, 2 * day, func(r *Request) { r.LocalStamp = 1127120000 }, "approved"},
		{"two days, other invoice", plain, 2 * day, func(r *Request) { r.Invoice = "000099" }, "approved"},
		{"two days, other batch", plain, 2 * day, func(r *Request) { r.Batch = 2 }, "approved"},
		{"31 days, nothing confirms", plain, 31 * day, plain, "approved"},
		{"31 days, clock confirms", func(r *Request) { r.LocalStamp = 1125120000 }, 31 * day, func(r *Request) { r.LocalStamp = 1125120000 }, "approved*"},
		{"31 days, chip counter confirms", func(r *Request) { r.ATC = 7 }, 31 * day, func(r *Request) { r.ATC = 7 }, "approved*"},
		{"8 days, the link's window is 7", func(r *Request) { r.Window = 7 * day }, 8 * day, func(r *Request) { r.Window = 7 * day }, "approved"},
	}
	b := newBooks(t)
	for i := range tests {
		b.family(int64(i+1), pan(fmt.Sprint(i), 0))
	}
	b.disburse(testPeriod, testGrant)
	for i, test := range tests {
		first, second := b.redeem(pan(fmt.Sprint(i), 0), int32(i), 20_000), b.redeem(pan(fmt.Sprint(i), 0), int32(i), 20_000)
		test.first(&first)
		test.second(&second)
		b.now = day0
		b.want(test.name, b.post(first), OutcomeApproved)
		b.now = day0.Add(test.later)
		r := b.post(second)
		got := r.Outcome.String()
		if r.Replay {
			got += "*"
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	b.audit()
}

func TestReversalsInTime(t *testing.T) {
	b := newBooks(t)
	a, c, d := pan("a", 0), pan("c", 1), pan("d", 0)
	b.family(1, a)
	b.family(2, c)
	b.family(3, d)
	b.disburse(testPeriod, testGrant)

	b.post(b.redeem(a, 1, 50_000))
	b.now = day0.AddDate(0, 2, 0)
	b.want("after two months", b.post(b.reverse(a, 1, 50_000)), OutcomeReversed)

	b.now = day0
	b.post(b.redeem(c, 1, 50_000))
	b.want("at once", b.post(b.reverse(c, 1, 50_000)), OutcomeReversed)
	b.now = day0.AddDate(0, 2, 0)
	b.want("the STAN came round, its sale was lost", b.post(b.reverse(c, 1, 50_000)), OutcomeReversalUnmatched)
	b.want("and comes late", b.post(b.redeem(c, 1, 50_000)), OutcomeBlocked)

	b.now = day0
	b.want("a tombstone", b.post(b.reverse(d, 1, 50_000)), OutcomeReversalUnmatched)
	late := b.redeem(d, 1, 50_000)
	late.Invoice = "000099"
	b.now = day0.AddDate(0, 0, 29)
	b.want("holds for the window", b.post(late), OutcomeBlocked)
	b.now = day0.AddDate(0, 0, 31)
	b.want("and no longer", b.post(late), OutcomeApproved)
	b.audit()
}

func TestTerminalReset(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	b.want("sale", b.post(b.redeem(card, 1, 30_000)), OutcomeApproved)
	b.must(0, b.operator.ResetTerminal(t.Context(), "edc", testTID))
	again := b.want("same STAN after the repair", b.post(b.redeem(card, 1, 30_000)), OutcomeApproved)
	if again.Replay || again.Generation != 1 {
		t.Errorf("not a new generation: %+v", again)
	}
	b.want("its reversal", b.post(b.reverse(card, 1, 30_000)), OutcomeReversed)
	if got := b.balance(1); got != 80_000 {
		t.Errorf("balance %d, want 80000", got)
	}
	b.must(0, b.operator.ResetTerminal(t.Context(), "edc", testTID))
	lost := b.redeem(card, 1, 30_000)
	lost.Resent = true
	if r := b.post(lost); r.Outcome != OutcomeBlocked {
		t.Errorf("what this process sent before the reset is the same message after it: %+v", r)
	}
	b.now = day0.AddDate(0, 0, 2)
	b.want("what was before the repair is forgotten", b.post(b.reverse(card, 1, 30_000)), OutcomeReversalUnmatched)
	b.audit()
}

// TestReversalAcrossReset: a reversal that was under way when the terminal was reset finds its sale, and its repeat gets
// the same answer, though a newer message stands under the STAN by then.
func TestReversalAcrossReset(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	b.want("sale", b.post(b.redeem(card, 1, 30_000)), OutcomeApproved)
	b.must(0, b.operator.ResetTerminal(t.Context(), "edc", testTID))
	b.want("a decline under the same STAN", b.post(b.redeem(card, 1, 300_000)), OutcomeInsufficientFunds)
	first := b.want("0400", b.post(b.reverse(card, 1, 30_000)), OutcomeReversed)
	if again := b.want("0401", b.post(b.reverse(card, 1, 30_000)), OutcomeReversed); !again.Replay || again.RRN() != first.RRN() {
		t.Errorf("0401 got another answer: %+v", again)
	}
	b.audit()
}
