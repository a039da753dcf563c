package ledger

import (
	"fmt"
	"strings"
	"testing"
)

const lenderMID, borrowerMID = testMID, "BORROWER"

// TestLentTerminal: postings name the outlet where the terminal stood; a reversal credits against that one, wherever the
// terminal stands by then; the open batch stays open.
func TestLentTerminal(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	b.must(b.operator.AddOutlet(t.Context(), Outlet{MID: borrowerMID, Name: "E-WARONG MAWAR", City: "Jakarta Timur", Region: 3172, Bank: 9, Kind: "kube_jasa"}))
	first := b.want("before", b.post(b.redeem(card, 1, 10_000)), OutcomeApproved)
	b.must(0, b.operator.MoveTerminal(t.Context(), "edc", testTID, borrowerMID, "lent for the 25th"))
	b.want("still set up for the lender", b.post(b.redeem(card, 2, 20_000)), OutcomeOutletUnknown)
	atBorrower := func(stan int32, amount int64) Request {
		r := b.redeem(card, stan, amount)
		r.MID = borrowerMID
		return r
	}
	second := b.want("after", b.post(atBorrower(3, 20_000)), OutcomeApproved)
	if second.Batch != first.Batch || second.Masthead == first.Masthead {
		t.Errorf("batch %d then %d, masthead %d then %d", first.Batch, second.Batch, first.Masthead, second.Masthead)
	}
	b.owed("both", 10_000, 20_000)
	b.want("a reversal of what was bought before", b.post(b.reverse(card, 1, 10_000)), OutcomeReversed)
	b.owed("the lender's is reversed", 0, 20_000)
	b.must(0, b.operator.MoveTerminal(t.Context(), "edc", testTID, lenderMID, "given back"))
	b.want("a reversal after it came back", b.post(b.reverse(card, 3, 20_000)), OutcomeReversed)
	b.owed("both are reversed", 0, 0)
	terminal, err := b.operator.TerminalByTID(t.Context(), "edc", testTID)
	b.must(0, err)
	if len(terminal.Stays) != 3 || terminal.Stays[1].MID != borrowerMID || actions(terminal.History) != "terminal move, terminal move, terminal add" {
		t.Errorf("%+v", terminal)
	}
	b.audit()
}

// owed checks what the books owe the lender and the borrower.
func (b *books) owed(when string, lender, borrower int64) {
	b.t.Helper()
	for mid, want := range map[string]int64{lenderMID: lender, borrowerMID: borrower} {
		got := b.count(`select coalesce(sum(case p.kind when 'R' then p.amount else -p.amount end), 0)::bigint from bpnt.posting p, bpnt.outlet o
			where o.mid = $1 and (p.kind = 'R' and p.to_id = o.id or p.kind = 'U' and p.from_id = o.id)`, mid)
		if got != want {
			b.t.Errorf("%s: %s is owed %d, want %d", when, mid, got, want)
		}
	}
}

// TestTerminalLife: the next message is judged by the new status, and a reversal passes whatever it is.
func TestTerminalLife(t *testing.T) {
	b := newBooks(t)
	ctx := t.Context()
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	b.want("bought", b.post(b.redeem(card, 1, 10_000)), OutcomeApproved)
	b.must(0, b.operator.ChangeTerminal(ctx, "edc", testTID, TerminalSuspend, "missing"))
	b.want("suspended", b.post(b.redeem(card, 2, 10_000)), OutcomeTerminalSuspended)
	b.want("its reversal", b.post(b.reverse(card, 1, 10_000)), OutcomeReversed)
	b.must(0, b.operator.ChangeTerminal(ctx, "edc", testTID, TerminalActivate, ""))
	b.want("active again", b.post(b.redeem(card, 3, 10_000)), OutcomeApproved)
	b.must(0, b.operator.LoadTerminalKey(ctx, "edc", testTID, []byte("wrapped"), "new key"))
	for says, err := range map[string]error{
		"nothing to do":       b.operator.ChangeTerminal(ctx, "edc", testTID, TerminalActivate, ""),
		"reason is missing":   b.operator.ChangeTerminal(ctx, "edc", testTID, TerminalSuspend, ""),
		"no terminal NOBODY":  b.operator.ChangeTerminal(ctx, "edc", "NOBODY01", TerminalSuspend, "x"),
		"stands in outlet":    b.operator.MoveTerminal(ctx, "edc", testTID, testMID, "x"),
		"no outlet has MID X": b.operator.MoveTerminal(ctx, "edc", testTID, "X", "x"),
		"card number":         b.operator.MoveTerminal(ctx, "edc", testTID, "X", "for 9999120000000000"),
		"link other has no":   b.operator.ResetTerminal(ctx, "other", testTID),
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	b.audit()
}

// TestOutletMoves walks every verb over every status.
func TestOutletMoves(t *testing.T) {
	table := map[string]string{
		"registered activate": "active", "suspended activate": "active", "active suspend": "suspended",
		"registered close": "closed", "active close": "closed", "suspended close": "closed",
	}
	b := newBooks(t)
	for _, status := range []string{outletRegistered, outletActive, outletSuspended, outletClosed} {
		for verb := range outletMoves {
			mid := fmt.Sprintf("%.3s%s", status, verb)
			b.must(b.operator.AddOutlet(t.Context(), Outlet{MID: mid, Name: "E", City: "J", Region: 3172, Bank: 9, Status: outletRegistered}))
			b.asOwner(fmt.Sprintf(`update bpnt.outlet set status = '%s', activated_on = case '%[1]s' when 'active' then date '2020-01-01' end where mid = '%s'`, status, mid))
			err := b.operator.ChangeOutlet(t.Context(), mid, verb, "test")
			want, allowed := table[status+" "+string(verb)]
			if !allowed {
				want = status
			}
			o, failed := b.operator.OutletByMID(t.Context(), mid)
			if b.must(0, failed); o.Status != want || (err == nil) != allowed {
				t.Errorf("%s %s: %s, want %s; %v", status, verb, o.Status, want, err)
			}
			if o.Status == outletActive && o.ActivatedOn == nil {
				t.Errorf("%s %s: no day of activation", status, verb)
			}
		}
	}
}

// TestOutletEdit: a renamed outlet gets another masthead, and a repeated answer prints the old one.
func TestOutletEdit(t *testing.T) {
	b := newBooks(t)
	ctx := t.Context()
	card := pan("a", 0)
	b.family(3_171_000_000_001, card)
	b.disburse(testPeriod, testGrant)
	before := b.want("before", b.post(b.redeem(card, 1, 10_000)), OutcomeApproved)
	name, operator, kind, region := "E-WARONG BARU", int64(3_171_000_000_001), "kube_jasa", int16(9999)
	b.must(0, b.operator.EditOutlet(ctx, testMID, OutletEdit{Name: &name, Operator: &operator, Kind: &kind}, "new owner"))
	after := b.want("after", b.post(b.redeem(card, 2, 10_000)), OutcomeApproved)
	if r := b.post(b.redeem(card, 1, 10_000)); r.Masthead != before.Masthead || after.Masthead == before.Masthead {
		t.Errorf("masthead %d, then %d; the repeat prints %d", before.Masthead, after.Masthead, r.Masthead)
	}
	o, err := b.operator.OutletByMID(ctx, testMID)
	b.must(0, err)
	if o.Name != name || o.Operator != operator || o.Kind != kind || len(o.Terminals) != 1 || actions(o.History) != "outlet set, outlet add" {
		t.Errorf("%+v", o)
	}
	if said := o.History[0].What; said != "outlet "+testMID+": name from E-WARONG MELATI to E-WARONG BARU, kind from e_warong to kube_jasa, operator from 0 to 3171000000001" {
		t.Error(said)
	}
	b.must(b.operator.AddOutlet(ctx, Outlet{MID: "OTHER", Name: "E", City: "J", Region: 3172, Bank: 9, Operator: operator}))
	for says, edit := range map[string]OutletEdit{"nothing to change": {Name: &name}, "region 9999": {Region: &region}, "kind is": {Kind: &name}} {
		if err := b.operator.EditOutlet(ctx, testMID, edit, ""); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	b.audit()
}
