package ledger

import "testing"

// TestTerminalsClockDecidesNothing: a terminal may say that it is any time of the year. Cards expire, and business days
// turn, by the ledger's clock.
func TestTerminalsClockDecidesNothing(t *testing.T) {
	b := newBooks(t)
	good, expired := pan("a", 0), pan("b", 0)
	b.family(1, good)
	b.family(2, expired)
	b.disburse(testPeriod, testGrant)
	b.asOwner(`update bpnt.card set expiry = case family when 1 then 2611 else 2610 end`)
	const newYear, newYearsEve = 101_000_000, 1231_235_959 // MMDDhhmmss; it is November
	for i, stamp := range []int64{newYear, newYearsEve} {
		r := b.redeem(good, int32(i), 10_000)
		r.LocalStamp = stamp
		b.want("a card that is good this month", b.post(r), OutcomeApproved)
		r = b.redeem(expired, int32(i), 10_000)
		r.LocalStamp = stamp
		b.want("a card that was good last month", b.post(r), OutcomeCardExpired)
	}
	var other int
	b.must(0, b.operator.pool.QueryRow(t.Context(),
		`select count(*) from bpnt.posting where kind = 'R' and (business_date <> '2026-11-25' or period <> $1)`, testPeriod).Scan(&other))
	if other > 0 {
		t.Errorf("%d postings of another day or month", other)
	}
	b.audit()
}
