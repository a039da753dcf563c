package ledger

import (
	"fmt"
	"testing"
)

// obstacle makes one outcome happen, whatever stands behind it in the order of precedence.
type obstacle struct {
	outcome Outcome
	before  func(*books, PANKey) // what has to happen first
	request func(*Request)
	sql     string // run by the owner
}

// decree is SQL that gives every programme a rule that differs from the one in force by what set says.
func decree(set string) string {
	return `do $$ declare r bpnt.rule; begin
		for r in select (bpnt.rule_on(id, '2026-11-25')).* from bpnt.programme loop
			r.since := r.since + 1; ` + set + `; insert into bpnt.rule select (r).*;
		end loop; end $$`
}

// precedence is the written order: each obstacle hides all that stand below it.
var precedence = []obstacle{
	{outcome: OutcomeTerminalUnknown, request: func(r *Request) { r.TID = "99999999" }},
	{outcome: OutcomeTerminalSuspended, sql: `update bpnt.terminal set status = 'suspended'`},
	{outcome: OutcomeOutletUnknown, request: func(r *Request) { r.MID = "OTHER" }},
	{outcome: OutcomeOutletSuspended, sql: `update bpnt.outlet set status = 'suspended'`},
	{outcome: OutcomeCardUnknown, request: func(r *Request) { r.PAN = pan("nobody", 0) }},
	{outcome: OutcomeCardLost, sql: `update bpnt.card set status = 'lost'`},
	{outcome: OutcomeCardStolen, sql: `update bpnt.card set status = 'stolen'`},
	{outcome: OutcomeCardInactive, sql: `update bpnt.card set status = 'inactive'`},
	{outcome: OutcomeCardBlocked, sql: `update bpnt.card set status = 'blocked'`},
	{outcome: OutcomeCardExpired, sql: `update bpnt.card set expiry = 2610`},
	{outcome: OutcomePINExhausted, sql: `update bpnt.card set tries = 3`},
	{outcome: OutcomePINMissing, request: func(r *Request) { r.PINValue = PINNone }},
	{outcome: OutcomePINFault, request: func(r *Request) { r.PINValue = PINFault }},
	{outcome: OutcomePINWrong, request: func(r *Request) { r.PINValue++ }},
	{outcome: OutcomeAmountInvalid, request: func(r *Request) { r.Amount = 0 }},
	{outcome: OutcomeWrongProgramme, sql: `update bpnt.card set programme = 3`},
	{outcome: OutcomeCashNotAllowed, request: func(r *Request) { r.ProcessingCode, r.Programme = 10_000, 1 }},
	{outcome: OutcomeOutsideHours, sql: decree(`r.opens := '20:00'; r.closes := '21:00'`)},
	{outcome: OutcomeAmountLimit, sql: decree(`r.most := 9999`)},
	{outcome: OutcomeDayAmountLimit, sql: decree(`r.day_most := 9999`)},
	{
		outcome: OutcomeDayCountLimit, sql: decree(`r.day_count := 1`), request: func(r *Request) { r.Programme = 1 },
		before: func(b *books, card PANKey) { b.want("earlier", b.post(b.redeem(card, 99, 1_000)), OutcomeApproved) },
	},
	{
		outcome: OutcomeAccountFrozen, sql: `select bpnt.dormant_chunk('2027-03-25 05:00Z', 'F', 0::smallint, '{1}')`,
		request: func(r *Request) { r.Programme = 1 },
	},
	{outcome: OutcomeNotFunded, request: func(r *Request) { r.Programme = 2 }},
	{outcome: OutcomeInsufficientFunds, request: func(r *Request) { r.Amount = testGrant + 1 }},
}

// TestPrecedence walks down the list: with an obstacle and every lower one in the way, the higher decides. Where two
// cannot be in the way at once (a card has one status, a PIN block is missing or wrong), the later in the list is
// skipped for that round.
func TestPrecedence(t *testing.T) {
	for i, top := range precedence {
		t.Run(top.outcome.String(), func(t *testing.T) {
			b := newBooks(t)
			card := pan("a", 0)
			b.family(1, card)
			b.disburse(testPeriod, testGrant)
			r := b.redeem(card, 1, 10_000)
			for j := len(precedence) - 1; j >= i; j-- {
				if o := precedence[j]; o.before != nil {
					o.before(b, card)
				}
				if o := precedence[j]; o.request != nil {
					o.request(&r)
				}
			}
			balance := b.balance(1)
			for j := len(precedence) - 1; j >= i; j-- {
				if o := precedence[j]; o.sql != "" {
					b.asOwner(o.sql)
				}
			}
			b.want("all below it in the way too", b.post(r), top.outcome)
			if got := b.balance(1); got != balance {
				t.Errorf("a refusal moved money: balance %d, before %d", got, balance)
			}
			b.audit()
		})
	}
}

// TestIdentityComesFirst: a repeat gets its stored answer whatever has happened to terminal, outlet and card since.
func TestIdentityComesFirst(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	first := b.want("purchase", b.post(b.redeem(card, 1, 10_000)), OutcomeApproved)
	for _, sql := range []string{
		`update bpnt.terminal set status = 'suspended'`, `update bpnt.outlet set status = 'suspended'`,
		`update bpnt.card set status = 'stolen', tries = 3`,
	} {
		b.asOwner(sql)
		repeat := b.redeem(card, 1, 10_000)
		repeat.PINValue = testPIN + 1
		r := b.post(repeat)
		if !r.Replay || r.RRN() != first.RRN() || r.Balance != first.Balance {
			t.Errorf("after %s: %+v", sql, r)
		}
	}
	b.want("and so does its reversal", b.post(b.reverse(card, 1, 10_000)), OutcomeReversed)
	b.audit()
}

func TestRefusalsAreStored(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.want("before the aid is in", b.post(b.redeem(card, 1, 10_000)), OutcomeNotFunded)
	b.disburse(testPeriod, testGrant)
	if r := b.want("the same message after it", b.post(b.redeem(card, 1, 10_000)), OutcomeNotFunded); !r.Replay {
		t.Error("not the stored answer")
	}
	b.want("a new STAN may succeed", b.post(b.redeem(card, 2, 10_000)), OutcomeApproved)
	b.audit()
}

func TestPINTries(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	wrong := func(stan int32) Request {
		r := b.redeem(card, stan, 10_000)
		r.PINValue++
		return r
	}
	if r := b.want("first", b.post(wrong(1)), OutcomePINWrong); r.TriesLeft != 2 {
		t.Errorf("tries left %d", r.TriesLeft)
	}
	for range 5 {
		b.want("a repeat burns no try", b.post(wrong(1)), OutcomePINWrong)
	}
	b.want("right", b.post(b.redeem(card, 2, 10_000)), OutcomeApproved)
	b.want("the count began anew", b.post(wrong(3)), OutcomePINWrong)
	b.want("second", b.post(wrong(4)), OutcomePINWrong)
	b.want("third", b.post(wrong(5)), OutcomePINExhausted)
	b.want("right, too late", b.post(b.redeem(card, 6, 10_000)), OutcomePINExhausted)
	inquiry := b.inquire(card, 7)
	b.want("inquiry too", b.post(inquiry), OutcomePINExhausted)
	if got := b.balance(1); got != 100_000 {
		t.Errorf("balance %d", got)
	}
	b.audit()
}

func TestExpiryByTheLedgersClock(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card) // until 30/12
	b.disburse(testPeriod, testGrant)
	b.now = day0.AddDate(4, 1, 6) // 31 December 2030, noon in Jakarta
	b.want("last day", b.post(b.redeem(card, 1, 1000)), OutcomeApproved)
	b.now = b.now.AddDate(0, 0, 1)
	b.want("the day after", b.post(b.redeem(card, 2, 1000)), OutcomeCardExpired)
	b.audit()
}

func TestInquiry(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	if r := b.want("not funded", b.post(b.inquire(card, 1)), OutcomeApproved); r.Balance != 0 {
		t.Errorf("balance %d", r.Balance)
	}
	b.disburse(testPeriod, testGrant)
	b.disburse(testPeriod+1, testGrant)
	if r := b.want("two periods", b.post(b.inquire(card, 2)), OutcomeApproved); r.Balance != 2*testGrant {
		t.Errorf("balance %d", r.Balance)
	}
	odd := b.inquire(card, 9)
	odd.Amount = 150_000
	if r := b.want("an amount in an inquiry means nothing", b.post(odd), OutcomeApproved); r.Balance != 2*testGrant {
		t.Errorf("balance %d", r.Balance)
	}
	b.want("same STAN as a purchase is another message", b.post(b.redeem(card, 2, 1000)), OutcomeApproved)
	if r := b.post(b.inquire(card, 2)); !r.Replay || r.Balance != 2*testGrant {
		t.Errorf("a repeated inquiry must show the stored balance: %+v", r)
	}
	b.audit()
}

// TestSpansPurses: the oldest period first, and back to where it came from.
func TestSpansPurses(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 1)
	b.family(1, card)
	for i := range int32(3) {
		b.disburse(testPeriod-i, testGrant)
	}
	r := b.want("over three purses", b.post(b.redeem(card, 1, 250_000)), OutcomeApproved)
	if r.Balance != 80_000 {
		t.Errorf("balance %d", r.Balance)
	}
	want := fmt.Sprint([]int64{0, 0, 80_000})
	if got := fmt.Sprint(b.purses(1)); got != want {
		t.Errorf("purses %s, want %s", got, want)
	}
	b.audit()
	b.want("reversal", b.post(b.reverse(card, 1, 250_000)), OutcomeReversed)
	if got := fmt.Sprint(b.purses(1)); got != fmt.Sprint([]int64{testGrant, testGrant, testGrant}) {
		t.Errorf("purses %s", got)
	}
	f, err := b.operator.Family(t.Context(), 1, 100)
	b.must(0, err)
	if len(f.Movements) != 9 || f.Movements[0].Kind != "reversal" || f.Movements[8].Kind != "disbursement" {
		t.Errorf("statement: %+v", f.Movements)
	}
	b.audit()
}

func (b *books) purses(family int64) []int64 {
	f, err := b.operator.Family(b.t.Context(), family, 1)
	b.must(0, err)
	var all []int64
	for _, p := range f.Purses {
		all = append(all, p.BalanceIDR)
	}
	return all
}
