package ledger

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// purseStates is the state that a purse has come to when the reversal of something bought from it arrives, and where the
// money is afterwards, in thousands: what the family may spend, has frozen, what the treasury got, and what the funds
// gave. The story begins with one month's grant of 110,000, of which the family spent sale a month ago.
var purseStates = []struct {
	name                           string
	sale                           int64
	story                          func(*books)
	spend, frozen, treasury, given int64
}{
	{"open", 30_000, func(*books) {}, 110, 0, 0, 110},
	{"emptied", testGrant, func(*books) {}, 110, 0, 0, 110},
	{"emptied and set aside", testGrant, func(b *books) { b.disburse(202612, testGrant) }, 220, 0, 0, 220},
	{"set aside, then its period closing", testGrant, func(b *books) {
		b.disburse(202612, testGrant)
		b.expireBegin()
	}, 110, 0, 110, 220},
	{"set aside, then its period closed", testGrant, func(b *books) {
		b.disburse(202612, testGrant)
		b.expire()
	}, 110, 0, 110, 220},
	{"open, its period closing", 30_000, func(b *books) { b.expireBegin() }, 0, 0, 110, 110},
	{"expired", 30_000, func(b *books) { b.expire() }, 0, 0, 110, 110},
	{"emptied, then expired", testGrant, func(b *books) { b.expire() }, 0, 0, 110, 110},
	{"frozen", 30_000, func(b *books) { b.dormancy(false) }, 0, 110, 0, 110},
	{"frozen, its period expired since", 30_000, func(b *books) {
		b.dormancy(false)
		b.expire()
	}, 0, 110, 0, 110},
	{"thawed", 30_000, func(b *books) {
		b.dormancy(false)
		b.must(b.operator.at(b.now).Thaw(b.t.Context(), 1, "BPNT", "came to the branch"))
	}, 110, 0, 0, 110},
	{"returned", 30_000, func(b *books) { b.dormancy(true) }, 0, 0, 110, 110},
	{"being taken back", 30_000, func(b *books) { b.takeBackBegin() }, 0, 0, 0, 0},
	{"taken back", 30_000, func(b *books) { b.takeBack() }, 0, 0, 0, 0},
	{"frozen, then taken back", 30_000, func(b *books) {
		b.dormancy(false)
		b.takeBack()
	}, 0, 0, 0, 0},
	{"set aside, then taken back", testGrant, func(b *books) {
		b.disburse(202612, testGrant)
		b.takeBack()
	}, 110, 0, 0, 110},
	{"taken back and paid again", 30_000, func(b *books) {
		b.takeBack()
		b.disburse(testPeriod, testGrant)
	}, 140, 0, 0, 140},
	{"set aside, taken back and paid again", testGrant, func(b *books) {
		b.disburse(202612, testGrant)
		b.takeBack()
		b.disburse(testPeriod, testGrant)
	}, 330, 0, 0, 330},
}

// expireBegin comes to the day on which the month's money expires; the next month's has a month left.
func (b *books) expireBegin() {
	b.t.Helper()
	b.now = b.now.AddDate(0, 0, 30)
	b.must(b.operator.pool.Exec(b.t.Context(), `select bpnt.expire_begin($1)`, b.operator.at(b.now).now()))
}

func (b *books) expire() ExpireReport {
	b.t.Helper()
	b.expireBegin()
	report, err := b.operator.at(b.now).Expire(b.t.Context(), Expiry{Reason: "test"})
	b.must(0, err)
	return report
}

// dormancy freezes, and may return, whatever the clock allows 120 days later.
func (b *books) dormancy(back bool) {
	b.now = b.now.AddDate(0, 0, 120)
	b.freeze()
	if back {
		b.now = b.now.AddDate(0, 0, 15)
		b.giveBack()
	}
}

func (b *books) takeBackBegin() {
	b.t.Helper()
	b.must(b.operator.pool.Exec(b.t.Context(), `select bpnt.disburse_reverse($1, 'BPNT-202611-all-1', 'test')`, b.operator.at(b.now).now()))
}

func (b *books) takeBack() {
	b.t.Helper()
	b.must(b.operator.at(b.now).ReverseDisbursement(b.t.Context(), "BPNT-202611-all-1", "test", nil))
}

// TestLateReversalMeetsEveryPurseState: money always finds its way back, to where its purse's money has gone meanwhile,
// once, and a family never spends what is no longer its own.
func TestLateReversalMeetsEveryPurseState(t *testing.T) {
	for _, test := range purseStates {
		t.Run(test.name, func(t *testing.T) {
			b := newBooks(t)
			card := pan("a", 0)
			b.family(1, card)
			b.rule(`r.unspent := 'expire_after'; r.expire_days := 60; r.return_days := 15`)
			b.disburse(testPeriod, testGrant)
			b.want("sale", b.post(b.redeem(card, 1, test.sale)), OutcomeApproved)
			b.now = b.now.AddDate(0, 0, 30)
			test.story(b)
			b.audit()
			r := b.want("late reversal", b.post(b.reverse(card, 1, test.sale)), OutcomeReversed)
			b.audit()
			if got := b.post(b.inquire(card, 9)).Balance; got != test.spend*1000 || r.Balance != got {
				t.Errorf("may spend %d, the reversal's answer says %d, want %d", got, r.Balance, test.spend*1000)
			}
			b.finish()
			frozen, treasury, given := b.whereabouts()
			if frozen != test.frozen*1000 || treasury != test.treasury*1000 || given != test.given*1000 {
				t.Errorf("frozen %d, treasury %d, of %d given", frozen, treasury, given)
			}
			if again := b.post(b.reverse(card, 1, test.sale)); !again.Replay || again.Balance != r.Balance {
				t.Errorf("repeated: %+v", again)
			}
			b.want("the original again", b.post(b.redeem(card, 1, test.sale)), OutcomeBlocked)
			if test.spend > 0 {
				b.want("all of it", b.post(b.redeem(card, 2, test.spend*1000)), OutcomeApproved)
			}
			if b.post(b.redeem(card, 3, 1)).Outcome == OutcomeApproved {
				t.Error("a rupiah too much")
			}
			b.audit()
		})
	}
}

// finish empties what a story left closing.
func (b *books) finish() {
	b.t.Helper()
	l := b.operator.at(b.now)
	b.must(0, l.job(b.t.Context(), "finish", func(conn *pgx.Conn) error {
		_, err := l.empty(b.t.Context(), conn, takenBack, nil)
		return err
	}))
}

// whereabouts is where money is, by the postings: frozen, in the treasury, and what the funds gave less what they took
// back.
func (b *books) whereabouts() (frozen, treasury, given int64) {
	b.t.Helper()
	b.must(0, b.operator.pool.QueryRow(b.t.Context(), `select
		coalesce(sum(case when to_kind = 'Z' then amount when from_kind = 'Z' then -amount end), 0),
		coalesce(sum(amount) filter (where to_kind = 'T'), 0),
		coalesce(sum(case kind when 'D' then amount when 'C' then -amount end), 0) from bpnt.posting`).
		Scan(&frozen, &treasury, &given))
	return frozen, treasury, given
}
