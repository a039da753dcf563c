package ledger

import "testing"

// item is one message of an upload of the test's terminal, of the card of its first family.
func (b *books) item(stan int32, rrn string, amount int64) UploadItem {
	return UploadItem{
		Link: b.link, TID: testTID, STAN: 900_000 + stan, OriginalMTI: 200, OriginalSTAN: stan, RRN: rrn, PAN: pan("a", 0),
		Amount: amount, ProcessingCode: 1,
	}
}

func (b *books) uploads(what string, u UploadItem, outcome Outcome, replay bool) {
	b.t.Helper()
	a, err := b.gateway.at(b.now).Upload(b.t.Context(), u)
	b.must(0, err)
	if a.Outcome != outcome || a.Replay != replay || !a.At.Equal(b.now) {
		b.t.Errorf("%s: %+v, want %v, replay %t", what, a, outcome, replay)
	}
}

// TestUploadFinds: each kind of entry of a terminal's journal, without a settlement before it and with one: noted each time,
// but one exception. No money moves.
func TestUploadFinds(t *testing.T) {
	b := shop(t)
	b.addTerminal("70070070")
	sale := b.sale(1, 10_000)
	reversed := b.sale(2, 10_000)
	b.want("reversed", b.post(b.reverse(pan("a", 0), 2, 10_000)), OutcomeReversed)
	declined := b.want("declined", b.post(b.redeem(pan("a", 0), 3, 900_000)), OutcomeInsufficientFunds)
	foreign := b.redeem(pan("b", 1), 4, 10_000)
	foreign.TID = "70070070"
	theirs := b.want("on another terminal", b.post(foreign), OutcomeApproved)
	card := b.item(1, sale.RRN(), 10_000)
	card.PAN = pan("b", 1)
	noCard := b.item(1, sale.RRN(), 10_000)
	noCard.PAN = PANKey{}
	tests := []struct {
		what    string
		item    UploadItem
		found   string
		outcome Outcome
	}{
		{"ours", b.item(1, sale.RRN(), 10_000), "matched", OutcomeApproved},
		{"ours, without a card", noCard, "matched", OutcomeApproved},
		{"another amount", b.item(1, sale.RRN(), 10_001), "differs", OutcomeApproved},
		{"another card", card, "differs", OutcomeApproved},
		{"another STAN", b.item(7, sale.RRN(), 10_000), "differs", OutcomeApproved},
		{"reversed", b.item(2, reversed.RRN(), 10_000), "differs", OutcomeApproved},
		{"declined", b.item(3, declined.RRN(), 900_000), "unknown", OutcomeApproved},
		{"another terminal's", b.item(4, theirs.RRN(), 10_000), "foreign", OutcomeUploadForeign},
		{"a disbursement's number", b.item(5, "000000000001", 10_000), "unknown", OutcomeApproved},
		{"nobody's", b.item(6, "010000009999", 10_000), "unknown", OutcomeApproved},
		{"of no bucket", b.item(8, "990000000001", 10_000), "unknown", OutcomeApproved},
		{"no number", b.item(9, "ABCDEF123456", 10_000), "unknown", OutcomeApproved},
		{"without an RRN", b.item(10, "", 10_000), "unknown", OutcomeApproved},
	}
	for _, settled := range []bool{false, true} {
		if settled {
			b.settles("settlement", b.claim(20, 9, 9), OutcomeTotalsDiffer, false, sales(1, 10_000))
		}
		for _, test := range tests {
			b.asOwner(`begin; alter table bpnt.upload disable trigger user; delete from bpnt.upload;
				alter table bpnt.upload enable trigger user; commit`)
			b.uploads(test.what, test.item, test.outcome, false)
			b.uploads(test.what+", again", test.item, test.outcome, true)
			var found string
			var disputed bool
			b.must(0, b.operator.pool.QueryRow(t.Context(), `select found, reconciliation is not null from bpnt.upload`).Scan(&found, &disputed))
			if found != test.found || disputed != settled {
				t.Errorf("%s: %s, want %s; disputed %t", test.what, found, test.found, disputed)
			}
		}
	}
	if kinds := b.kinds(); kinds["upload_unknown"] != 6 || kinds["upload_foreign"] != 1 || kinds["upload_differs"] != 3 {
		t.Errorf("exceptions %v", kinds)
	}
	if got := b.balance(1); got != testGrant-10_000 {
		t.Errorf("balance %d", got)
	}
	b.audit()
}
