package ledger

import (
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
)

// rule adds a rule from tomorrow on, with what change makes of the one in force, and lets a day pass.
func (b *books) rule(set string) {
	b.t.Helper()
	b.asOwner(fmt.Sprintf(`do $$ declare r bpnt.rule := bpnt.rule_on(1::smallint, '9999-01-01'); begin
		r.since := bpnt.business_date('%s') + 1; r.source := 'test'; %s;
		perform bpnt.rule_add('%[1]s', r, 'test'); end $$`, b.now.Format("2006-01-02T15:04:05Z07:00"), set))
	b.now = b.now.AddDate(0, 0, 1)
}

// freeze and giveBack run their job and count the purses.
func (b *books) freeze() int64 {
	b.t.Helper()
	report, err := b.operator.at(b.now).Freeze(b.t.Context(), Sweep{Reason: "90 days"})
	b.must(0, err)
	return report.Purses
}

func (b *books) giveBack() int64 {
	b.t.Helper()
	report, err := b.operator.at(b.now).Return(b.t.Context(), Sweep{Reason: "end of the year"})
	b.must(0, err)
	return report.Purses
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
	report, err = b.operator.at(b.now).Disburse(t.Context(), Disbursement{Programme: 1, Period: 202611, AmountIDR: testGrant})
	if err != nil || report.Funded != 0 {
		t.Errorf("an expired period was paid again: %+v, %v", report, err)
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
	if n := b.freeze(); n != 0 {
		t.Errorf("froze %d after 89 days", n)
	}
	b.now = b.now.AddDate(0, 0, 1)
	if n := b.freeze(); n != 1 {
		t.Errorf("froze %d after 90 days", n)
	}
	b.audit()
	b.want("frozen", b.post(b.redeem(card, 2, 10_000)), OutcomeAccountFrozen)
	thawed, err := b.operator.at(b.now).Thaw(t.Context(), 1, "BPNT", "came to the branch")
	b.must(0, err)
	if thawed != (Moved{Purses: 1, AmountIDR: testGrant}) {
		t.Errorf("thawed %+v", thawed)
	}
	b.want("thawed", b.post(b.redeem(card, 3, 10_000)), OutcomeApproved)
	b.now = b.now.AddDate(0, 0, 89)
	if n := b.freeze(); n != 1 { // the other family, 119 days after its last use
		t.Errorf("froze %d", n)
	}
	b.now = b.now.AddDate(0, 0, 1)
	if n := b.freeze(); n != 1 {
		t.Errorf("froze %d", n)
	}
	b.want("a reversal of what was bought before", b.post(b.reverse(used, 1, 10_000)), OutcomeReversed)
	b.audit()
	b.now = b.now.AddDate(0, 0, 14)
	if n := b.giveBack(); n != 1 {
		t.Errorf("returned %d", n)
	}
	b.now = b.now.AddDate(0, 0, 1)
	if n := b.giveBack(); n != 1 {
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

// TestOneJobAtATime: while one moves money, whoever wants to run another is told, and may still look.
func TestOneJobAtATime(t *testing.T) {
	b := newBooks(t)
	b.family(1, pan("a", 0))
	b.disburse(testPeriod, testGrant)
	b.now = b.now.AddDate(0, 0, 90)
	l := b.operator.at(b.now)
	err := l.job(t.Context(), "return", func(*pgx.Conn) error {
		for name, second := range map[string]func() error{
			"freeze":  func() error { _, err := l.Freeze(t.Context(), Sweep{Reason: "test"}); return err },
			"return":  func() error { _, err := l.Return(t.Context(), Sweep{Reason: "test"}); return err },
			"expire":  func() error { _, err := l.Expire(t.Context(), Expiry{Reason: "test"}); return err },
			"reverse": func() error { _, err := l.ReverseDisbursement(t.Context(), "any", "test", nil); return err },
		} {
			var busy *BusyError
			if err := second(); !errors.As(err, &busy) || busy.Job != "bpnt return" {
				t.Errorf("%s: %v", name, err)
			}
		}
		report, err := l.Freeze(t.Context(), Sweep{DryRun: true})
		if report.Purses != 1 || report.AmountIDR != testGrant || !report.DryRun {
			t.Errorf("a look: %+v", report)
		}
		return err
	})
	b.must(0, err)
	if got := b.balance(1); got != testGrant {
		t.Errorf("balance %d", got)
	}
	if n := b.freeze(); n != 1 {
		t.Errorf("afterwards froze %d", n)
	}
	if _, err := l.Freeze(t.Context(), Sweep{}); err == nil {
		t.Error("a job without a reason")
	}
	b.audit()
}

// TestExpiryByFile: a month comes bank by bank. A family's older money goes when its own newer money comes; one that is
// still waiting for its file keeps what it has, and arrears of an older month do not end what is newer.
func TestExpiryByFile(t *testing.T) {
	b := newBooks(t)
	paid, waiting := pan("a", 0), pan("b", 1)
	b.family(1, paid)
	b.family(2, waiting)
	b.rule(`r.unspent := 'expire_at_next'`)
	const grant = 200_000
	b.disburse(202611, grant)
	pay := func(id string, family int64, period string, want Moved) {
		t.Helper()
		b.now = b.now.AddDate(0, 0, 1)
		report, err := b.pay(fileOf(id, fmt.Sprintf("%d,BPNT,%s,%d", family, period, grant)))
		b.must(0, err)
		if report.Expired != want {
			t.Errorf("%s: expired %+v, want %+v", id, report.Expired, want)
		}
		b.audit()
	}
	b.want("spends half", b.post(b.redeem(paid, 1, 50_000)), OutcomeApproved)
	pay("BANK-A-12", 1, "202612", Moved{1, 150_000})
	if b.balance(1) != grant || b.balance(2) != grant {
		t.Errorf("balances %d, %d", b.balance(1), b.balance(2))
	}
	b.want("the other's older money is still good", b.post(b.redeem(waiting, 2, 10_000)), OutcomeApproved)
	b.want("what was bought from expired money", b.post(b.reverse(paid, 1, 50_000)), OutcomeReversed)
	if b.balance(1) != grant {
		t.Errorf("expired money came alive: %d", b.balance(1))
	}
	pay("ARREARS-10", 1, "202610", Moved{})
	if b.balance(1) != 2*grant {
		t.Errorf("arrears ended what is newer: %d", b.balance(1))
	}
	pay("BANK-B-12", 2, "202612", Moved{1, 190_000})
	pay("BANK-A-01", 1, "202701", Moved{2, 2 * grant})
	if b.balance(1) != grant || b.balance(2) != grant {
		t.Errorf("balances %d, %d", b.balance(1), b.balance(2))
	}
}
