package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestVoidAcrossReset: after a repair the terminal counts STANs from 1 again. Its void is a new message then; the reversal
// of one from before the repair finds it for a day, and the void of a purchase from before goes by the RRN on the slip.
func TestVoidAcrossReset(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	b.want("sale", b.post(b.redeem(card, 1, 30_000)), OutcomeApproved)
	first := b.void(card, 2, 30_000)
	b.want("void", b.post(first), OutcomeApproved)
	b.want("another sale", b.post(b.redeem(card, 3, 20_000)), OutcomeApproved)
	b.must(0, b.operator.ResetTerminal(t.Context(), "edc", testTID))
	again := b.want("same STAN after the repair", b.post(b.void(card, 2, 20_000)), OutcomeApproved)
	if again.Replay || again.Generation != 1 || b.balance(1) != testGrant {
		t.Errorf("not a new generation: %+v, balance %d", again, b.balance(1))
	}
	b.want("the reversal of the one before it", b.post(undo(first)), OutcomeReversed)
	if b.balance(1) != 80_000 {
		t.Errorf("balance %d", b.balance(1))
	}
	lost := b.void(card, 2, 20_000)
	lost.Resent = true
	b.must(0, b.operator.ResetTerminal(t.Context(), "edc", testTID))
	if r := b.post(lost); !r.Replay || r.RRN() != again.RRN() {
		t.Errorf("what this process sent before the reset is the same message after it: %+v", r)
	}
	b.now = b.now.AddDate(0, 0, 2)
	b.want("what was before the repair is forgotten", b.post(undo(lost)), OutcomeReversalUnmatched)
	b.audit()
}

// TestTombstonesOfAmendments: the gateway asks what became of a void, a refund or an advice whose commit is unknown with
// KindBlock and the message's own processing code. What did not reach the books never can; what did stays.
func TestTombstonesOfAmendments(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.advances()
	b.disburse(testPeriod, testGrant)
	b.want("sale", b.post(b.redeem(card, 1, 50_000)), OutcomeApproved)
	sale, stan := b.rrns[card], int32(1)
	for name, message := range map[string]func(PANKey, int32, int64) Request{"advice": b.advise, "refund": b.refund} {
		for _, arrived := range []bool{false, true} {
			stan++
			b.rrns[card] = sale // not the advice
			r := message(card, stan, 1_000)
			block := r
			block.Kind = KindBlock
			if !arrived {
				b.want(name+": never arrived", b.post(block), OutcomeBlocked)
				b.want(name+": comes late", b.post(r), OutcomeBlocked)
				b.want(name+": is reversed", b.post(undo(r)), OutcomeReversalUnmatched)
				continue
			}
			b.want(name, b.post(r), OutcomeApproved)
			if got := b.want(name+": had arrived", b.post(block), OutcomeApproved); !got.Replay {
				t.Errorf("%s: not the stored answer", name)
			}
			b.want(name+": is reversed", b.post(undo(r)), OutcomeReversed)
		}
	}
	if b.balance(1) != 60_000 {
		t.Errorf("balance %d", b.balance(1))
	}
	b.audit()
}

// TestLateCorrections: what undoes something of a closed batch is in nobody's totals, and listed.
func TestLateCorrections(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 1)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	b.want("sale", b.post(b.redeem(card, 1, 10_000)), OutcomeApproved)
	b.want("another", b.post(b.redeem(card, 2, 20_000)), OutcomeApproved)
	void := b.void(card, 3, 20_000)
	b.want("void", b.post(void), OutcomeApproved)
	b.nextBatch()
	b.want("refund, in the next batch", b.post(b.refund(card, 4, 1)), OutcomeOriginalVoided)
	b.want("late reversal", b.post(b.reverse(card, 1, 10_000)), OutcomeReversed)
	b.want("again", b.post(b.reverse(card, 1, 10_000)), OutcomeReversed)
	b.want("the void undone late", b.post(undo(void)), OutcomeReversed)
	b.want("refund of what stands again", b.post(b.refund(card, 5, 5_000)), OutcomeApproved)
	b.nextBatch()
	b.want("the refund undone late", b.post(undo(b.refund(card, 5, 5_000))), OutcomeReversed)
	var batches string
	b.must(0, b.operator.pool.QueryRow(t.Context(), `select string_agg(concat(kind, coalesce(batch, 0)), ' ' order by message)
		from bpnt.posting where kind <> 'D'`).Scan(&batches))
	if batches != "R1 R1 U1 U0 R0 U2 R0" || b.exceptions("late_correction") != 3 {
		t.Errorf("batches %s, %d exceptions", batches, b.exceptions("late_correction"))
	}
	b.audit()
}

// TestBatchIsOurs: postings stand in the batch by the ledger's own count, or in the switch's day, whatever DE60 says; DE60
// is what an answer repeats.
func TestBatchIsOurs(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	b.nextBatch()
	sale := b.redeem(card, 1, 10_000)
	sale.Batch = 777
	for range 2 {
		if r := b.want("sale", b.post(sale), OutcomeApproved); r.Batch != 777 {
			t.Errorf("answered batch %d", r.Batch)
		}
	}
	sale.STAN, sale.Batch = 2, Absent
	b.asOwner(`update bpnt.link set day = 41`)
	for range 2 {
		if r := b.want("without DE60", b.post(sale), OutcomeApproved); r.Batch != 41 {
			t.Errorf("answered batch %d", r.Batch)
		}
	}
	b.want("its void, on the same day", b.post(b.void(card, 3, 10_000)), OutcomeApproved)
	b.want("another", b.post(b.redeem(card, 4, 10_000)), OutcomeApproved)
	b.asOwner(`update bpnt.link set day = 42`)
	b.want("the day after", b.post(b.void(card, 5, 10_000)), OutcomeOriginalClosed)
	var batches string
	b.must(0, b.operator.pool.QueryRow(t.Context(), `select string_agg(concat(kind, batch), ' ' order by message)
		from bpnt.posting where kind <> 'D'`).Scan(&batches))
	if batches != "R2 R41 U41 R41" {
		t.Errorf("batches %s", batches)
	}
	b.audit()
}

// TestRefundAfterAYear: an outlet that moved its terminal away, a purchase of long ago.
func TestRefundAfterAYear(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	b.want("sale", b.post(b.redeem(card, 1, 10_000)), OutcomeApproved)
	b.must(b.operator.AddOutlet(t.Context(), Outlet{MID: otherMID, Name: "KUBE MAWAR", City: "Jakarta Utara", Region: 3175, Bank: 9, Kind: "kube_jasa"}))
	b.must(0, b.operator.MoveTerminal(t.Context(), "edc", testTID, otherMID, "lent"))
	b.addTerminal("60060061")
	b.now = b.now.Add(365 * 24 * time.Hour)
	refund := b.refund(card, 2, 10_000)
	refund.MID = otherMID
	b.want("where the terminal stands now", b.post(refund), OutcomeOriginalUnknown)
	refund = b.refund(card, 3, 10_000)
	refund.TID = "60060061"
	b.want("at the outlet that was paid", b.post(refund), OutcomeApproved)
	b.audit()
}

func TestParseRRN(t *testing.T) {
	for rrn, want := range map[string]int64{
		Result{ID: 42, Bucket: 7}.RRN(): 7*1e10 + 42, "000000000001": 1, "": Absent, "42": Absent, "-00000000042": Absent,
		"00000000004x": Absent, "0000000000042": Absent, "999999999999": 999999999999,
	} {
		if got := ParseRRN(rrn); got != want {
			t.Errorf("%q: %d, want %d", rrn, got, want)
		}
	}
	r := Request{Kind: KindVoid, TID: "1234567890123456", ProcessingCode: 20_000}
	if err := r.Validate(); err != nil {
		t.Error(err)
	}
	for i, wrong := range []Request{
		{Kind: KindVoid, TID: testTID},
		{Kind: KindRefund, TID: testTID, ProcessingCode: 20_000},
		{Kind: KindRedeem, TID: testTID, ProcessingCode: 20_000},
		{Kind: KindAdvise, TID: testTID, ProcessingCode: 200_000},
		{Kind: KindAdvise + 1, TID: testTID},
		{Kind: KindRedeem, TID: "1234567"},
	} {
		if err := wrong.Validate(); err == nil {
			t.Error(fmt.Sprint(i), "passed")
		}
	}
}

// TestTotalsOfEveryStory: whatever was undone in whatever order, a closed batch's totals are what its outlet is owed for it.
func TestTotalsOfEveryStory(t *testing.T) {
	b := newBooks(t)
	for i := range stateTable {
		b.family(int64(i+1), pan(fmt.Sprint(i), byte(i%2)))
	}
	b.disburse(testPeriod, testGrant)
	for i, row := range stateTable {
		for _, event := range strings.Fields(row.story) {
			if event == "S" {
				b.must(b.operator.CloseBatch(t.Context(), BatchClaim{Link: b.link, TID: testTID, MID: testMID, STAN: int32(500 + i), SentBatch: Absent}))
				continue
			}
			b.post(b.event(pan(fmt.Sprint(i), byte(i%2)), event))
		}
	}
	b.must(b.operator.CloseBatch(t.Context(), BatchClaim{Link: b.link, TID: testTID, MID: testMID, STAN: 999, SentBatch: Absent}))
	b.audit()
}
