package ledger

import (
	"testing"
	"time"
)

// jakarta is a time of the test's day by the clocks of Jakarta.
func (b *books) jakarta(hour, minute, second int) time.Time {
	local := b.now.In(time.FixedZone("WIB", 7*60*60))
	return time.Date(local.Year(), local.Month(), local.Day(), hour, minute, second, 0, local.Location())
}

// limited is books with one family of two cards, in the rule's force, with Rp 110,000.
func limited(t *testing.T, rule string) (b *books, first, second PANKey) {
	b = newBooks(t)
	first, second = pan("a", 0), pan("b", 0)
	b.family(1, first)
	b.card(1, second)
	b.rule(rule)
	b.disburse(testPeriod, testGrant)
	return b, first, second
}

func TestHoursOfTrade(t *testing.T) {
	b, card, _ := limited(t, `r.opens := '07:00'; r.closes := '17:00'`)
	for i, test := range []struct {
		h, m, s int
		want    Outcome
	}{
		{6, 59, 59, OutcomeOutsideHours},
		{7, 0, 0, OutcomeApproved},
		{17, 0, 0, OutcomeApproved},
		{17, 0, 1, OutcomeOutsideHours},
		{23, 59, 59, OutcomeOutsideHours},
	} {
		b.now = b.jakarta(test.h, test.m, test.s)
		b.want(b.now.Format(time.TimeOnly), b.post(b.redeem(card, int32(i+1), 1_000)), test.want)
	}
	b.want("an inquiry is no trade", b.post(b.inquire(card, 9)), OutcomeApproved)
	b.want("a reversal at night", b.post(b.reverse(card, 3, 1_000)), OutcomeReversed)
	b.audit()
}

func TestAmountLimits(t *testing.T) {
	b, card, second := limited(t, `r.most := 40000; r.day_most := 60000`)
	b.want("a rupiah too much", b.post(b.redeem(card, 1, 40_001)), OutcomeAmountLimit)
	b.want("the most", b.post(b.redeem(card, 2, 40_000)), OutcomeApproved)
	b.want("of the day", b.post(b.redeem(card, 3, 20_001)), OutcomeDayAmountLimit)
	b.want("the other card is of the same family", b.post(b.redeem(second, 4, 20_001)), OutcomeDayAmountLimit)
	b.want("the rest of the day", b.post(b.redeem(second, 5, 20_000)), OutcomeApproved)
	b.want("no more", b.post(b.redeem(card, 6, 1)), OutcomeDayAmountLimit)
	b.want("reversal", b.post(b.reverse(second, 5, 20_000)), OutcomeReversed)
	b.want("gives the day back", b.post(b.redeem(card, 7, 20_000)), OutcomeApproved)
	b.now = b.now.AddDate(0, 0, 1)
	b.want("yesterday's sale is reversed", b.post(b.reverse(card, 2, 40_000)), OutcomeReversed)
	b.want("that is no credit on today's limit", b.post(b.redeem(card, 8, 40_000)), OutcomeApproved)
	b.want("of the new day", b.post(b.redeem(card, 9, 20_001)), OutcomeDayAmountLimit)
	b.want("up to it", b.post(b.redeem(card, 10, 20_000)), OutcomeApproved)
	b.audit()
}

// TestDayBeginsAtMidnightInJakarta: at 17:00 by Greenwich.
func TestDayBeginsAtMidnightInJakarta(t *testing.T) {
	b, card, _ := limited(t, `r.day_count := 1`)
	b.now = b.jakarta(23, 59, 59)
	b.want("before midnight", b.post(b.redeem(card, 1, 1_000)), OutcomeApproved)
	b.want("twice", b.post(b.redeem(card, 2, 1_000)), OutcomeDayCountLimit)
	b.now = b.now.Add(time.Second)
	b.want("after midnight", b.post(b.redeem(card, 3, 1_000)), OutcomeApproved)
	b.audit()
}

func TestCountLimit(t *testing.T) {
	b, card, _ := limited(t, `r.day_count := 2`)
	b.disburse(testPeriod+1, testGrant)
	b.want("over two purses is one redemption", b.post(b.redeem(card, 1, 150_000)), OutcomeApproved)
	b.want("declines do not count", b.post(b.redeem(card, 2, 900_000)), OutcomeInsufficientFunds)
	b.want("second", b.post(b.redeem(card, 3, 10_000)), OutcomeApproved)
	b.want("third", b.post(b.redeem(card, 4, 10_000)), OutcomeDayCountLimit)
	b.want("reversal of the first", b.post(b.reverse(card, 1, 150_000)), OutcomeReversed)
	b.want("gives its place back", b.post(b.redeem(card, 5, 10_000)), OutcomeApproved)
	b.want("but one only", b.post(b.redeem(card, 6, 10_000)), OutcomeDayCountLimit)
	b.now = b.now.AddDate(0, 0, 1)
	b.want("yesterday's is reversed", b.post(b.reverse(card, 3, 10_000)), OutcomeReversed)
	b.want("today's first", b.post(b.redeem(card, 7, 20_000)), OutcomeApproved)
	b.want("and second", b.post(b.redeem(card, 8, 10_000)), OutcomeApproved)
	b.want("no third for yesterday's reversal", b.post(b.redeem(card, 9, 10_000)), OutcomeDayCountLimit)
	b.audit()
}

// TestLimitsOutliveAPurse: what was redeemed in the morning counts in the afternoon although a disbursement has set its
// purse aside or closed it at noon.
func TestLimitsOutliveAPurse(t *testing.T) {
	for name, unspent := range map[string]string{"set aside": "accumulate", "expired": "expire_at_next"} {
		b, card, _ := limited(t, `r.day_count := 1; r.day_most := 200000; r.unspent := '`+unspent+`'`)
		b.want("morning", b.post(b.redeem(card, 1, testGrant)), OutcomeApproved)
		b.disburse(testPeriod+1, testGrant)
		b.want("afternoon, "+name, b.post(b.redeem(card, 2, 1_000)), OutcomeDayCountLimit)
		b.want("too much of a day, "+name, b.post(b.redeem(card, 3, 90_001)), OutcomeDayAmountLimit)
		b.audit()
	}
}

// TestCashOut: DE3 01xxxx is cash; whether it may be had is the programme's rule of the day.
func TestCashOut(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	b.must(b.operator.at(b.now).Disburse(t.Context(), Disbursement{Programme: 2, Period: testPeriod, AmountIDR: 75_000}))
	cash := func(r Request, programme int16) Request {
		r.ProcessingCode, r.Programme = 10_000, programme
		return r
	}
	b.want("BPNT", b.post(cash(b.redeem(card, 1, 10_000), 1)), OutcomeCashNotAllowed)
	if r := b.want("PKH", b.post(cash(b.redeem(card, 2, 10_000), 2)), OutcomeApproved); r.Balance != 65_000 {
		t.Errorf("%+v", r)
	}
	b.want("the sale of another kind under its STAN", b.post(b.reverse(card, 2, 10_000)), OutcomeReversalMismatch)
	if r := b.want("its reversal", b.post(cash(b.reverse(card, 2, 10_000), 2)), OutcomeReversed); r.Balance != 75_000 {
		t.Errorf("%+v", r)
	}
	b.rule(`r.cash_out := true`)
	b.want("BPNT, by a later decree", b.post(cash(b.redeem(card, 3, 10_000), 1)), OutcomeApproved)
	b.audit()
}

// TestCardOfAProgramme: a message that names a programme must name the card's; one that does not goes by the card.
func TestCardOfAProgramme(t *testing.T) {
	b := newBooks(t)
	card, any := pan("a", 0), pan("b", 0)
	b.family(1, card)
	b.card(1, any)
	b.disburse(testPeriod, testGrant)
	b.must(b.operator.at(b.now).Disburse(t.Context(), Disbursement{Programme: 2, Period: testPeriod, AmountIDR: 75_000}))
	b.must(b.operator.pool.Exec(t.Context(), `update bpnt.card set programme = 2 where pan = $1`, card))
	byCard := func(r Request) Request {
		r.ByCard = true
		return r
	}
	b.want("the message says BPNT", b.post(b.redeem(card, 1, 10_000)), OutcomeWrongProgramme)
	b.want("an inquiry too", b.post(b.inquire(card, 2)), OutcomeWrongProgramme)
	if r := b.want("it does not say", b.post(byCard(b.redeem(card, 3, 10_000))), OutcomeApproved); r.Balance != 65_000 {
		t.Errorf("%+v", r)
	}
	if r := b.want("nor does an inquiry", b.post(byCard(b.inquire(card, 4))), OutcomeApproved); r.Balance != 65_000 {
		t.Errorf("%+v", r)
	}
	if r := b.want("a card for any programme goes by the link's", b.post(byCard(b.redeem(any, 5, 10_000))), OutcomeApproved); r.Balance != 100_000 {
		t.Errorf("%+v", r)
	}
	if r := b.want("reversal", b.post(byCard(b.reverse(card, 3, 10_000))), OutcomeReversed); r.Balance != 75_000 {
		t.Errorf("%+v", r)
	}
	b.want("PKH's money does not buy on BPNT", b.post(b.redeem(any, 6, 100_001)), OutcomeInsufficientFunds)
	none := b.redeem(any, 7, 10_000)
	none.Programme = 3
	b.want("a programme without money", b.post(none), OutcomeNotFunded)
	none.STAN, none.Programme = 8, 99
	b.want("a programme that is not in the books", b.post(none), OutcomeNotFunded)
	b.audit()
}

// TestWhyShort: a family that cannot pay is told the nearest reason.
func TestWhyShort(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.rule(`r.unspent := 'expire_after'; r.expire_days := 200; r.return_days := 0`)
	b.want("never funded", b.post(b.redeem(card, 1, 1)), OutcomeNotFunded)
	b.disburse(testPeriod, testGrant)
	b.now = b.now.AddDate(0, 0, 90)
	b.freeze()
	b.want("frozen", b.post(b.redeem(card, 2, 1)), OutcomeAccountFrozen)
	b.disburse(testPeriod+1, testGrant)
	b.want("what is open suffices", b.post(b.redeem(card, 3, testGrant)), OutcomeApproved)
	b.want("it does not, and there is more", b.post(b.redeem(card, 4, 1)), OutcomeAccountFrozen)
	b.giveBack()
	b.want("nothing is left in the open purse", b.post(b.redeem(card, 5, 1)), OutcomeInsufficientFunds)
	b.now = b.now.AddDate(0, 0, 200)
	b.must(b.operator.at(b.now).Expire(t.Context(), Expiry{Reason: "test"}))
	b.want("expired", b.post(b.redeem(card, 6, 1)), OutcomeAidExpired)
	b.audit()
}
