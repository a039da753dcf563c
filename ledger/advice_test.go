package ledger

import (
	"testing"
	"time"
)

// advances turns Berita acara on from tomorrow, and goes there.
func (b *books) advances() {
	b.t.Helper()
	b.rule(`r.advance_family := 150000; r.advance_outlet := 400000`)
}

// exceptions counts those of a kind.
func (b *books) exceptions(kind string) (n int) {
	b.t.Helper()
	b.must(0, b.operator.pool.QueryRow(b.t.Context(), `select count(*) from bpnt.exception where kind = $1`, kind).Scan(&n))
	return n
}

// TestAdviceIsOffUnlessTheProgrammeTurnsItOn: nothing moves, and people see that food was handed out.
func TestAdviceIsOffUnlessTheProgrammeTurnsItOn(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	b.want("advice", b.post(b.advise(card, 1, 50_000)), OutcomeAdviceNotAllowed)
	b.want("again", b.post(b.advise(card, 1, 50_000)), OutcomeAdviceNotAllowed)
	if b.balance(1) != testGrant || b.exceptions("advice_refused") != 1 {
		t.Errorf("balance %d, %d exceptions", b.balance(1), b.exceptions("advice_refused"))
	}
	b.advances()
	if r := b.want("once it is on, the same advice", b.post(b.advise(card, 1, 50_000)), OutcomeAdviceNotAllowed); !r.Replay {
		t.Error("not the stored answer")
	}
	b.want("a new one", b.post(b.advise(card, 2, 50_000)), OutcomeApproved)
	b.audit()
}

// TestAdviceDebitsWhatIsThere: the purse pays what it holds, the family owes the rest, and its next money repays it before
// any of it can be spent.
func TestAdviceDebitsWhatIsThere(t *testing.T) {
	b := newBooks(t)
	card, rich := pan("a", 0), pan("b", 1)
	b.family(1, card)
	b.family(2, rich)
	b.advances()
	b.disburse(testPeriod, testGrant)
	b.want("enough: an ordinary debit", b.post(b.advise(rich, 1, testGrant)), OutcomeApproved)
	r := b.want("not enough", b.post(b.advise(card, 2, 200_000)), OutcomeApproved)
	if r.Balance != 0 || b.debt(1) != 90_000 || b.debt(2) != 0 {
		t.Errorf("balance %d, debts %d and %d", r.Balance, b.debt(1), b.debt(2))
	}
	if again := b.post(b.advise(card, 2, 200_000)); !again.Replay || again.RRN() != r.RRN() {
		t.Errorf("0221: %+v", again)
	}
	b.want("one identity with the purchase of its STAN", b.post(b.redeem(card, 2, 200_000)), OutcomeApproved)
	b.want("of another amount", b.post(b.redeem(card, 2, 100_000)), OutcomeConflict)
	b.audit()
	report, err := b.operator.at(b.now).Disburse(t.Context(), Disbursement{Programme: 1, Period: testPeriod + 1, AmountIDR: testGrant})
	b.must(0, err)
	if report.Collected != (Moved{Purses: 1, AmountIDR: 90_000}) || b.balance(1) != 20_000 || b.debt(1) != 0 {
		t.Errorf("collected %+v, balance %d, debt %d", report.Collected, b.balance(1), b.debt(1))
	}
	b.audit()
	b.want("reversed after it was repaid", b.post(b.reverse(card, 2, 200_000)), OutcomeReversed)
	if b.balance(1) != 2*testGrant || b.debt(1) != 0 {
		t.Errorf("balance %d, debt %d", b.balance(1), b.debt(1))
	}
	b.want("and comes late", b.post(b.advise(card, 2, 200_000)), OutcomeBlocked)
	b.audit()
}

// TestAdviceLimits: what a family may owe, and what an outlet may hand out on credit on a business day, undone or not.
func TestAdviceLimits(t *testing.T) {
	b := newBooks(t)
	cards := []PANKey{pan("a", 0), pan("b", 0), pan("c", 1)}
	for i, card := range cards {
		b.family(int64(i+1), card)
	}
	b.advances()
	b.want("a family's limit", b.post(b.advise(cards[0], 1, 150_001)), OutcomeAdviceLimit)
	b.want("just so", b.post(b.advise(cards[0], 2, 150_000)), OutcomeApproved)
	b.want("no more", b.post(b.advise(cards[0], 3, 1)), OutcomeAdviceLimit)
	b.want("undone", b.post(b.reverse(cards[0], 2, 150_000)), OutcomeReversed)
	b.want("the family may owe again", b.post(b.advise(cards[0], 4, 150_000)), OutcomeApproved)
	b.want("the outlet's limit", b.post(b.advise(cards[1], 5, 100_001)), OutcomeAdviceLimit)
	got := b.batch(0, b.advise(cards[1], 6, 60_000))
	b.want("within it", got[0], OutcomeApproved)
	b.want("from another bucket", b.post(b.advise(cards[2], 7, 40_001)), OutcomeAdviceLimit)
	b.want("within it", b.post(b.advise(cards[2], 8, 40_000)), OutcomeApproved)
	b.now = b.now.Add(24 * time.Hour)
	b.want("another day", b.post(b.advise(cards[2], 9, 40_000)), OutcomeApproved)
	b.audit()
	if n := b.exceptions("advice_refused"); n != 4 {
		t.Errorf("%d exceptions", n)
	}
}

// TestAdvicesCannotEmptyPurses: an advice carries no PIN, so the outlet's limit of a day counts what purses pay, too.
func TestAdvicesCannotEmptyPurses(t *testing.T) {
	b := newBooks(t)
	b.advances()
	cards := make([]PANKey, 4)
	for i := range cards {
		cards[i] = pan(string(rune('a'+i)), byte(i%2))
		b.family(int64(i+1), cards[i])
	}
	b.disburse(testPeriod, testGrant)
	for i, card := range cards[:3] {
		b.want("within the outlet's limit", b.post(b.advise(card, int32(i+1), testGrant)), OutcomeApproved)
	}
	b.want("beyond it", b.post(b.advise(cards[3], 4, testGrant)), OutcomeAdviceLimit)
	if b.balance(4) != testGrant || b.exceptions("advice_refused") != 1 {
		t.Errorf("balance %d, %d exceptions", b.balance(4), b.exceptions("advice_refused"))
	}
	b.audit()
}

// TestAdvicePrecedence: expired, without a PIN and out of hours is no obstacle; what says that it was not this family's is.
func TestAdvicePrecedence(t *testing.T) {
	b := newBooks(t)
	card, other := pan("a", 0), pan("b", 1)
	b.family(1, card)
	b.family(2, other)
	b.advances()
	b.disburse(testPeriod, testGrant)
	stan := int32(0)
	try := func(want Outcome, sql string) {
		t.Helper()
		b.asOwner(sql)
		stan++
		b.want(sql, b.post(b.advise(card, stan, 1_000)), want)
	}
	b.rule(`r.opens := '20:00'; r.closes := '21:00'; r.day_count := 1; r.most := 1000; r.since := r.since`)
	try(OutcomeApproved, `update bpnt.card set expiry = 2001, tries = 3`)
	b.want("more than a redemption may be", b.post(b.advise(other, 91, 1_001)), OutcomeAmountLimit)
	try(OutcomeWrongProgramme, `update bpnt.card set programme = 3`)
	try(OutcomeCardBlocked, `update bpnt.card set status = 'blocked'`)
	try(OutcomeCardInactive, `update bpnt.card set status = 'inactive'`)
	try(OutcomeCardStolen, `update bpnt.card set status = 'stolen'`)
	try(OutcomeCardLost, `update bpnt.card set status = 'lost'`)
	b.want("a card that nobody knows", b.post(b.advise(pan("nobody", 0), 90, 1_000)), OutcomeCardUnknown)
	try(OutcomeOutletSuspended, `update bpnt.outlet set status = 'suspended'`)
	try(OutcomeTerminalSuspended, `update bpnt.terminal set status = 'suspended'`)
	b.audit()
}

// TestAdviceOfADay: it counts towards a family's limits of a day with its whole amount; what was undone does not.
func TestAdviceOfADay(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.rule(`r.advance_family := 150000; r.advance_outlet := 400000; r.day_most := 200000; r.day_count := 2`)
	b.disburse(testPeriod, testGrant)
	b.want("advice", b.post(b.advise(card, 1, 150_000)), OutcomeApproved)
	b.disburse(testPeriod+1, 300_000)
	b.want("over the day's amount", b.post(b.redeem(card, 2, 50_001)), OutcomeDayAmountLimit)
	b.want("within it", b.post(b.redeem(card, 3, 40_000)), OutcomeApproved)
	b.want("over the day's count", b.post(b.redeem(card, 4, 1_000)), OutcomeDayCountLimit)
	b.want("void", b.post(b.void(card, 5, 40_000)), OutcomeApproved)
	b.want("takes it back", b.post(b.redeem(card, 6, 30_000)), OutcomeApproved)
	b.want("void of that", b.post(b.void(card, 7, 30_000)), OutcomeApproved)
	b.want("undone: it counts again", b.post(undo(b.void(card, 7, 30_000))), OutcomeReversed)
	b.want("over the count", b.post(b.redeem(card, 8, 1_000)), OutcomeDayCountLimit)
	b.want("reversed", b.post(b.reverse(card, 6, 30_000)), OutcomeReversed)
	b.want("advice reversed", b.post(b.reverse(card, 1, 150_000)), OutcomeReversed)
	b.want("the day is free", b.post(b.redeem(card, 9, 200_000)), OutcomeApproved)
	b.audit()
}

// TestVoidOfAnAdvice: the debt goes first, then the purses.
func TestVoidOfAnAdvice(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 1)
	b.family(1, card)
	b.advances()
	b.disburse(testPeriod, testGrant)
	b.want("advice", b.post(b.advise(card, 1, 150_000)), OutcomeApproved)
	b.want("refund of a part", b.post(b.refund(card, 2, 50_000)), OutcomeApproved)
	if b.debt(1) != 0 || b.balance(1) != 10_000 {
		t.Errorf("debt %d, balance %d", b.debt(1), b.balance(1))
	}
	b.want("undone", b.post(undo(b.refund(card, 2, 50_000))), OutcomeReversed)
	if b.debt(1) != 40_000 || b.exceptions("void_spent") != 1 {
		t.Errorf("debt %d, %d exceptions", b.debt(1), b.exceptions("void_spent"))
	}
	b.want("void", b.post(b.void(card, 3, 150_000)), OutcomeApproved)
	if b.debt(1) != 0 || b.balance(1) != testGrant {
		t.Errorf("debt %d, balance %d", b.debt(1), b.balance(1))
	}
	b.audit()
}
