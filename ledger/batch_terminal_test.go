package ledger

import (
	"testing"
	"time"
)

// TestSettlementOfStrangers: terminal and outlet come before the batch; a terminal that was only heard of is none.
func TestSettlementOfStrangers(t *testing.T) {
	b := shop(t)
	stranger := b.claim(1, 0, 0)
	stranger.TID = "99999999"
	b.settles("unknown", stranger, OutcomeTerminalUnknown, false, Totals{})
	reversal := b.reverse(pan("a", 0), 1, 1)
	reversal.TID = stranger.TID
	b.want("a reversal of it", b.post(reversal), OutcomeReversalUnmatched)
	b.settles("heard of", stranger, OutcomeTerminalUnknown, false, Totals{})
	outlet := b.claim(2, 0, 0)
	outlet.MID = "111111111111111"
	b.settles("another outlet's", outlet, OutcomeOutletUnknown, false, Totals{})
	b.must(0, b.operator.ChangeTerminal(t.Context(), "edc", testTID, TerminalSuspend, "test"))
	b.sale0("suspended", 3, OutcomeTerminalSuspended)
	b.settles("a suspended one settles", b.claim(4, 0, 0), OutcomeApproved, false, Totals{})
	if a, err := b.gateway.at(b.now).Upload(t.Context(), UploadItem{Link: b.link, TID: stranger.TID}); err != nil || a.Outcome != OutcomeTerminalUnknown {
		t.Errorf("upload %+v, %v", a, err)
	}
	b.audit()
}

func (b *books) sale0(what string, stan int32, outcome Outcome) {
	b.t.Helper()
	b.want(what, b.post(b.redeem(pan("a", 0), stan, 1_000)), outcome)
}

// TestSettlementOfALentTerminal: lent in the middle of its batch, the terminal settles it as a whole, under either MID; each
// outlet keeps what it is owed.
func TestSettlementOfALentTerminal(t *testing.T) {
	const other = "600600600600601"
	b := shop(t)
	b.must(b.operator.AddOutlet(t.Context(), Outlet{MID: other, Name: "E-WARONG KENANGA", City: "Jakarta Timur", Region: 3172, Bank: 9}))
	b.sale(1, 10_000)
	b.must(0, b.operator.at(b.now).MoveTerminal(t.Context(), "edc", testTID, other, "lent"))
	r := b.redeem(pan("a", 0), 2, 5_000)
	r.MID = other
	b.want("at the other outlet", b.post(r), OutcomeApproved)
	b.settles("under the old MID", b.claim(3, 1, 10_000), OutcomeTotalsDiffer, false, sales(2, 15_000))
	c := b.claim(4, 2, 15_000)
	c.MID = other
	b.settles("under the new one", c, OutcomeApproved, false, sales(2, 15_000))
	var owed []int64
	b.must(0, b.operator.pool.QueryRow(t.Context(), `select array_agg(s.sum order by s.outlet) from (
		select to_id as outlet, sum(amount)::bigint as sum from bpnt.posting where kind = 'R' group by 1) s`).Scan(&owed))
	if len(owed) != 2 || owed[0] != 10_000 || owed[1] != 5_000 {
		t.Errorf("owed %v", owed)
	}
	b.audit()
}

// TestSettlementAfterReset: a repaired terminal begins its STANs and batches anew, within the same day.
func TestSettlementAfterReset(t *testing.T) {
	b := shop(t)
	b.sale(1, 10_000)
	b.settles("settlement", b.claim(2, 1, 10_000), OutcomeApproved, false, sales(1, 10_000))
	b.must(0, b.operator.ResetTerminal(t.Context(), "edc", testTID))
	b.sale(1, 10_000)
	b.settles("the same message of another batch", b.claim(2, 1, 10_000), OutcomeApproved, false, sales(1, 10_000))
	b.audit()
}

// TestSettlementSTANWraps: a day later the same STAN is another message.
func TestSettlementSTANWraps(t *testing.T) {
	b := shop(t)
	b.sale(1, 10_000)
	b.settles("settlement", b.claim(2, 1, 10_000), OutcomeApproved, false, sales(1, 10_000))
	b.now = b.now.Add(25 * time.Hour)
	b.sale(3, 5_000)
	b.settles("another day's", b.claim(2, 1, 5_000), OutcomeApproved, false, sales(1, 5_000))
	b.audit()
}
