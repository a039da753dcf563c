package ledger

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
)

// rule adds a rule from tomorrow on, with what change makes of the one in force, and lets a day pass.
func (b *books) rule(set string) {
	b.t.Helper()
	b.asOwner(fmt.Sprintf(`do $$ declare r bpnt.rule := bpnt.rule_on(1::smallint, '9999-01-01'); begin
		r.since := bpnt.business_date('%s') + 1; r.source := 'test'; %s;
		perform bpnt.rule_add('%[1]s', r, 'test'); end $$`, b.now.Format("2006-01-02T15:04:05Z07:00"), set))
	b.now = b.now.AddDate(0, 0, 1)
}

// dormantJob runs freeze ('F') or return ('Y') over both buckets and counts the purses.
func (b *books) dormantJob(job string) (purses int) {
	b.t.Helper()
	for bucket := range 2 {
		last := pgtype.Int8{Valid: true}
		for last.Valid {
			rows, err := b.operator.pool.Query(b.t.Context(), `select family, programme from bpnt.dormant_chunk($1, $2::text::"char", $3, $4, 100)`,
				b.operator.at(b.now).now(), job, bucket, last.Int64)
			b.must(0, err)
			last.Valid = false
			for rows.Next() {
				var family int64
				var programme pgtype.Int2
				b.must(0, rows.Scan(&family, &programme))
				if programme.Valid {
					purses++
				} else {
					last = pgtype.Int8{Int64: family, Valid: true}
				}
			}
			b.must(0, rows.Err())
		}
	}
	return purses
}

// TestExpiryAtTheNextDisbursement: what is left goes to the treasury when the next month opens, and a late reversal of
// something bought from it follows.
func TestExpiryAtTheNextDisbursement(t *testing.T) {
	b := newBooks(t)
	card, idle := pan("a", 0), pan("b", 1)
	b.family(1, card)
	b.family(2, idle)
	b.rule(`r.unspent := 'expire_at_next'`)
	b.disburse(202611, testGrant)
	b.want("sale", b.post(b.redeem(card, 1, 30_000)), OutcomeApproved)
	b.now = b.now.AddDate(0, 1, 0)
	report, err := b.operator.at(b.now).Disburse(t.Context(), Disbursement{Programme: 1, Period: 202612, AmountIDR: testGrant})
	b.must(0, err)
	if report.Expired.AmountIDR != 80_000+testGrant || report.Expired.Purses != 2 {
		t.Errorf("%+v", report)
	}
	if got := b.balance(1); got != testGrant {
		t.Errorf("balance %d", got)
	}
	b.audit()
	r := b.want("late reversal", b.post(b.reverse(card, 1, 30_000)), OutcomeReversed)
	if r.Balance != testGrant || b.balance(1) != testGrant {
		t.Errorf("the money of a closed period is spendable: %+v", r)
	}
	b.audit()
	_, err = b.operator.at(b.now).Disburse(t.Context(), Disbursement{Programme: 1, Period: 202611, AmountIDR: testGrant})
	if err == nil {
		t.Error("a closed period was funded again")
	}
}

func TestFreezeThawReturn(t *testing.T) {
	b := newBooks(t)
	card, used := pan("a", 0), pan("b", 1)
	b.family(1, card)
	b.family(2, used)
	b.rule(`r.return_days := 15`)
	b.disburse(202611, testGrant)
	b.now = b.now.AddDate(0, 0, 60)
	b.want("used", b.post(b.redeem(used, 1, 10_000)), OutcomeApproved)
	b.now = b.now.AddDate(0, 0, 29)
	if n := b.dormantJob("F"); n != 0 {
		t.Errorf("froze %d after 89 days", n)
	}
	b.now = b.now.AddDate(0, 0, 1)
	if n := b.dormantJob("F"); n != 1 {
		t.Errorf("froze %d after 90 days", n)
	}
	b.audit()
	b.want("frozen", b.post(b.redeem(card, 2, 10_000)), OutcomeAccountFrozen)
	var purses, amount int64
	b.must(0, b.operator.pool.QueryRow(t.Context(), `select * from bpnt.thaw($1, 0::smallint, 1, 1::smallint, 'came to the branch')`,
		b.operator.at(b.now).now()).Scan(&purses, &amount))
	if purses != 1 || amount != testGrant {
		t.Errorf("thawed %d, %d", purses, amount)
	}
	b.want("thawed", b.post(b.redeem(card, 3, 10_000)), OutcomeApproved)
	b.now = b.now.AddDate(0, 0, 89)
	if n := b.dormantJob("F"); n != 1 { // the other family, 119 days after its last use
		t.Errorf("froze %d", n)
	}
	b.now = b.now.AddDate(0, 0, 1)
	if n := b.dormantJob("F"); n != 1 {
		t.Errorf("froze %d", n)
	}
	b.want("a reversal of what was bought before", b.post(b.reverse(used, 1, 10_000)), OutcomeReversed)
	b.audit()
	b.now = b.now.AddDate(0, 0, 14)
	if n := b.dormantJob("Y"); n != 1 {
		t.Errorf("returned %d", n)
	}
	b.now = b.now.AddDate(0, 0, 1)
	if n := b.dormantJob("Y"); n != 1 {
		t.Errorf("returned %d", n)
	}
	b.want("returned", b.post(b.redeem(card, 4, 10_000)), OutcomeAidReturned)
	b.want("a reversal after the return", b.post(b.reverse(card, 3, 10_000)), OutcomeReversed)
	b.audit()
	b.disburse(202706, testGrant)
	b.want("the next month", b.post(b.redeem(card, 5, 10_000)), OutcomeApproved)
	b.audit()
}

func TestReverseDisbursement(t *testing.T) {
	b := newBooks(t)
	card, other := pan("a", 0), pan("b", 1)
	b.family(1, card)
	b.family(2, other)
	b.disburse(202611, 500_000)
	b.want("sale", b.post(b.redeem(card, 1, 100_000)), OutcomeApproved)
	moved, err := b.operator.at(b.now).ReverseDisbursement(t.Context(), "BPNT-202611-all-1", "wrong amount", nil)
	b.must(0, err)
	if moved.Purses != 2 || moved.AmountIDR != 900_000 {
		t.Errorf("%+v", moved)
	}
	b.want("gone", b.post(b.redeem(card, 2, 10_000)), OutcomeNotFunded)
	b.want("late reversal", b.post(b.reverse(card, 1, 100_000)), OutcomeReversed)
	b.audit()
	b.disburse(202611, testGrant)
	if got := b.balance(1) + b.balance(2); got != 2*testGrant {
		t.Errorf("funded anew: %d", got)
	}
	b.want("sale", b.post(b.redeem(card, 3, testGrant)), OutcomeApproved)
	b.disburse(202612, testGrant)
	b.want("an emptied purse that was set aside takes its money back", b.post(b.reverse(card, 3, testGrant)), OutcomeReversed)
	if r := b.want("and is spent first", b.post(b.redeem(card, 4, testGrant+1)), OutcomeApproved); r.Balance != testGrant-1 {
		t.Errorf("%+v", r)
	}
	b.audit()
}
