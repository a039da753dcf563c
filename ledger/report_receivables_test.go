package ledger

import "testing"

// TestReportReceivables: what is owed, since it was last nothing, as of any moment; and outlets are paid for it.
func TestReportReceivables(t *testing.T) {
	w := newWorld(t)
	w.decree("BPNT", "2026-11-24", func(r *Rule) { r.AdvanceFamilyIDR, r.AdvanceOutletIDR = new(int64(200_000)), new(int64(900_000)) })
	w.jakarta("2026-11-25 10:00")
	w.want("advice", w.post(w.advise(w.cards[0], 1, 50_000)), OutcomeApproved)
	w.want("advice", w.post(w.advise(w.cards[1], 2, 30_000)), OutcomeApproved)
	w.jakarta("2026-11-26 10:00")
	w.want("undone", w.post(w.reverse(w.cards[0], 1, 50_000)), OutcomeReversed)
	w.jakarta("2026-11-27 10:00")
	other := w.advise(w.cards[0], 3, 120_000)
	other.TID, other.MID = "70070070", otherMID
	w.want("advice", w.post(other), OutcomeApproved)
	w.jakarta("2026-11-28 10:00")
	w.pay(1, 202611, 110_000)
	w.now = w.now.AddDate(0, 0, 2)

	report := Receivables(Scope{Programme: "BPNT"})
	names := []string{"name", "region", "days", "newest_outlet"}
	w.compare("on the first day", lines(w.report(report, "2026-11-25"), names...), []string{
		"1 | BPNT | 50000 | 25 Nov | " + testMID, "2 | BPNT | 30000 | 25 Nov | " + testMID, "total 2 | - | 80000 | - | -",
	})
	w.compare("since it was last nothing", lines(w.report(report, "2026-11-27"), names...), []string{
		"1 | BPNT | 120000 | 27 Nov | " + otherMID, "2 | BPNT | 30000 | 25 Nov | " + testMID, "total 2 | - | 150000 | - | -",
	})
	w.compare("after money came", lines(w.report(report, ""), names...), []string{
		"1 | BPNT | 10000 | 27 Nov | " + otherMID, "total 1 | - | 10000 | - | -",
	})
	w.compare("another programme", lines(w.report(Receivables(Scope{Programme: "PKH"}), ""), names...), []string{"total 0 | - | 0 | - | -"})
	daily := w.report(OutletStatement(testMID, Scope{From: "2026-11-25"}, true), "")
	w.compare("the outlet is owed it all the same", lines(daily, "what"), []string{
		"25 Nov | - | - | - | - | - | 0", "25 Nov | 2 | 80000 | 0 | 0 | 80000 | 80000", "26 Nov | 0 | 0 | 1 | 50000 | -50000 | 30000",
		"total 30 Nov | 2 | 80000 | 1 | 50000 | 30000 | 30000",
	})
	realised := w.report(Realisation(Scope{Programme: "BPNT", FromPeriod: 202611}, false), "")
	w.compare("what repaid is redeemed", lines(realised, "taken_back_idr", "pending_idr"), []string{
		"BPNT | 202611 | Jakarta Timur | 5 | 1 | 1 | 3 | 550000 | 140000 | 410000 | 0 | 0 | 0 | 254",
		"BPNT | 202611 | Jakarta Utara | 1 | 0 | 0 | 1 | 110000 | 0 | 110000 | 0 | 0 | 0 | 0",
		"total - | - | - | 6 | 1 | 1 | 4 | 660000 | 140000 | 520000 | 0 | 0 | 0 | 212",
	})
	w.audit()
}
