package ledger

import (
	"testing"
)

func TestReportUntouched(t *testing.T) {
	w := newWorld(t)
	w.november()
	w.winter()
	w.must(w.office().ChangeCard(t.Context(), w.cards[3], CardLost, "test"))
	w.asOwner(`update bpnt.card set tries = 3 where family = 6; update bpnt.card set expiry = 2612 where family = 5;
		insert into bpnt.card (bucket, pan, pan_key, family, expiry, first6, last4) select bucket, md5('new')::uuid, 1, 4, 3012, '999912', '0002'
		from bpnt.family where id = 4`)
	november := Untouched(Scope{Programme: "BPNT", FromPeriod: 202611})
	w.says("in November", w.report(november, "2026-11-30"),
		"4 | Family D | Jakarta Timur | BPNT | 202611 | 110000 | 25 Nov | 5 | spendable | 1 active, 1 lost",
		"6 | Family F | Jakarta Timur | BPNT | 202611 | 110000 | 25 Nov | 5 | spendable | 1 blocked by wrong PINs",
		"5 | Family E | Jakarta Utara | BPNT | 202611 | 110000 | 25 Nov | 5 | spendable | 1 past its expiry",
		"total 3 | families | - | - | - | 330000 | - | - | - | -")
	w.says("while it was frozen", w.report(Untouched(Scope{Programme: "BPNT", FromPeriod: 202611, Region: 3175}), "2027-02-28"),
		"5 | Family E | Jakarta Utara | BPNT | 202611 | 110000 | 25 Nov | 95 | frozen | 1 past its expiry",
		"total 1 | families | - | - | - | 110000 | - | - | - | -")
	w.compare("what became of it", lines(w.report(november, ""), "name", "programme", "period", "amount_idr", "since", "cards_today"), []string{
		"3 | Jakarta Timur | 105 | spendable", "4 | Jakarta Timur | 105 | returned", "6 | Jakarta Timur | 105 | returned",
		"5 | Jakarta Utara | 105 | spendable", "total 4 | - | - | -",
	})
	w.compare("expired", lines(w.report(Untouched(Scope{FromPeriod: 202612, Programme: "PKH", Region: 3175}), ""), "cards_today"), []string{
		"2 | Family B | Jakarta Utara | PKH | 202612 | 75000 | 10 Dec | 90 | expired",
		"5 | Family E | Jakarta Utara | PKH | 202612 | 75000 | 10 Dec | 90 | expired",
		"total 2 | families | - | - | - | 150000 | - | - | -",
	})
}

func TestReportDormancy(t *testing.T) {
	w := newWorld(t)
	w.november()
	w.winter()
	w.says("before", w.report(Dormancy(Scope{}), "2027-02-22"), "total 0 | purses | - | - | - | - | - | - | - | - | - | - | -")
	w.says("the register", w.report(Dormancy(Scope{}), ""),
		"4 | Family D | Jakarta Timur | BPNT | 202611 | 23 Feb | 110000 | - | 0 | 10 Mar | 110000 | 0 | 0",
		"6 | Family F | Jakarta Timur | BPNT | 202611 | 23 Feb | 110000 | - | 0 | 10 Mar | 110000 | 0 | 0",
		"2 | Family B | Jakarta Utara | BPNT | 202611 | 23 Feb | 50000 | - | 0 | 10 Mar | 50000 | 0 | 0",
		"5 | Family E | Jakarta Utara | BPNT | 202611 | 23 Feb | 110000 | 01 Mar | 110000 | - | 0 | 0 | 0",
		"total 4 | purses | - | - | - | - | 380000 | - | 110000 | - | 270000 | 0 | 0")
	w.says("between thaw and return, in the north", w.report(Dormancy(Scope{Region: 3175}), "2027-03-05"),
		"2 | Family B | Jakarta Utara | BPNT | 202611 | 23 Feb | 50000 | - | 0 | - | 0 | 0 | 50000",
		"5 | Family E | Jakarta Utara | BPNT | 202611 | 23 Feb | 110000 | 01 Mar | 110000 | - | 0 | 0 | 0",
		"total 2 | purses | - | - | - | - | 160000 | - | 110000 | - | 0 | 0 | 50000")
	w.says("what was frozen in March", w.report(Dormancy(Scope{From: "2027-03-01"}), ""),
		"total 0 | purses | - | - | - | - | - | - | - | - | - | - | -")
}

// TestReportDormancyTwice: a purse that was frozen again has two lines; what is frozen may be taken back, and grow by a
// late reversal.
func TestReportDormancyTwice(t *testing.T) {
	w := newWorld(t)
	w.november()
	w.jakarta("2027-02-23 10:00")
	w.must(w.office().Freeze(t.Context(), Sweep{Reason: "90 days"}))
	w.jakarta("2027-02-24 10:00")
	w.undo(2, 2, 60_000)
	w.must(w.office().Thaw(t.Context(), 5, "BPNT", "came"))
	w.jakarta("2027-06-01 10:00")
	w.must(w.office().Freeze(t.Context(), Sweep{Reason: "90 days"}))
	w.jakarta("2027-06-02 10:00")
	w.must(w.office().ReverseDisbursement(t.Context(), "BPNT-202611-all-1", "test", nil))
	w.audit()
	w.compare("register", lines(w.report(Dormancy(Scope{Region: 3175}), ""), "name", "region", "programme", "period"), []string{
		"2 | 23 Feb | 110000 | - | 0 | - | 0 | 110000 | 0",
		"5 | 23 Feb | 110000 | 24 Feb | 110000 | - | 0 | 0 | 0",
		"5 | 01 Jun | 110000 | - | 0 | - | 0 | 110000 | 0",
		"total 3 | - | 330000 | - | 110000 | - | 0 | 220000 | 0",
	})
}

func TestReportDisbursements(t *testing.T) {
	w := newWorld(t)
	w.november()
	w.winter()
	// funded spent left frozen expired returned taken back
	w.says("now", w.report(Disbursements(Scope{}), ""),
		"BPNT-202611-all-1 | order | BPNT | 202611 | 202611 | 6 | 660000 | open | 25 Nov 12:00:00 | 25 Nov 12:00:00 | 660000 | 170000 | 220000 | 0 | 0 | 270000 | 0",
		"PKH-202612-all-1 | order | PKH | 202612 | 202612 | 6 | 450000 | closed | 10 Dec 10:00:00 | 10 Dec 10:00:00 | 450000 | 0 | 0 | 0 | 450000 | 0 | 0",
		"BPNT-202612-all-1 | order | BPNT | 202612 | 202612 | 6 | 6600000 | taken back | 25 Dec 10:00:00 | 25 Dec 10:00:00 | 6600000 | 100000 | 0 | 0 | 0 | 0 | 6500000",
		"BPNT-202612-all-2 | order | BPNT | 202612 | 202612 | 6 | 660000 | open | 26 Dec 10:00:00 | 26 Dec 10:00:00 | 660000 | 0 | 660000 | 0 | 0 | 0 | 0",
		"PKH-202701-all-1 | order | PKH | 202701 | 202701 | 6 | 450000 | open | 10 Jan 10:00:00 | 10 Jan 10:00:00 | 450000 | 0 | 450000 | 0 | 0 | 0 | 0")
	w.says("on Christmas day", w.report(Disbursements(Scope{Programme: "BPNT"}), "2026-12-25"),
		"BPNT-202611-all-1 | order | BPNT | 202611 | 202611 | 6 | 660000 | open | 25 Nov 12:00:00 | 25 Nov 12:00:00 | 660000 | 170000 | 490000 | 0 | 0 | 0 | 0",
		"BPNT-202612-all-1 | order | BPNT | 202612 | 202612 | 6 | 6600000 | open | 25 Dec 10:00:00 | 25 Dec 10:00:00 | 6600000 | 100000 | 6500000 | 0 | 0 | 0 | 0")
	w.compare("begun in December, PKH", lines(w.report(Disbursements(Scope{Programme: "PKH", From: "2026-12-01", To: "2026-12-31"}), ""), "begun_at", "opened_at"),
		[]string{"PKH-202612-all-1 | order | PKH | 202612 | 202612 | 6 | 450000 | closed | 450000 | 0 | 0 | 0 | 450000 | 0 | 0"})
}

func TestReportFamily(t *testing.T) {
	w := newWorld(t)
	w.november()
	w.winter()
	w.compare("family 1", lines(w.report(FamilyStatement(1, Scope{}), ""), "rrn"), []string{
		"01 Jan | opening balance | - | - | - | - | 0 | 0",
		"25 Nov | disbursement | BPNT | 202611 | - | 110000 | 110000 | 0",
		"25 Nov | redemption | BPNT | 202611 | E-WARONG MELATI | -60000 | 50000 | 0",
		"25 Nov | redemption | BPNT | 202611 | E-WARONG MELATI | -50000 | 0 | 0",
		"10 Dec | disbursement | PKH | 202612 | - | 75000 | 75000 | 0",
		"10 Dec | redemption | PKH | 202612 | E-WARONG MELATI | -75000 | 0 | 0",
		"25 Dec | disbursement | BPNT | 202612 | - | 1100000 | 1100000 | 0",
		"25 Dec | redemption | BPNT | 202612 | E-WARONG MELATI | -100000 | 1000000 | 0",
		"26 Dec | taken back | BPNT | 202612 | - | -1000000 | 0 | 0",
		"26 Dec | disbursement | BPNT | 202612 | - | 110000 | 110000 | 0",
		"10 Jan | disbursement | PKH | 202701 | - | 75000 | 185000 | 0",
		"10 Jan | reversal | PKH | 202612 | E-WARONG MELATI | 75000 | 260000 | 0",
		"10 Jan | expiry | PKH | 202612 | - | -75000 | 185000 | 0",
		"total 10 Mar | closing balance | - | - | - | - | 185000 | 0",
	})
	w.compare("family 5 in the new year", lines(w.report(FamilyStatement(5, Scope{From: "2027-01-01", To: "2027-02-28"}), ""), "rrn", "outlet"), []string{
		"01 Jan | opening balance | - | - | - | 295000 | 0",
		"10 Jan | disbursement | PKH | 202701 | 75000 | 370000 | 0",
		"10 Jan | expiry | PKH | 202612 | -75000 | 295000 | 0",
		"23 Feb | freeze | BPNT | 202611 | -110000 | 185000 | 110000",
		"total 28 Feb | closing balance | - | - | - | 185000 | 110000",
	})
}

func TestReportOutletStatement(t *testing.T) {
	w := newWorld(t)
	w.november()
	w.winter()
	winter := Scope{From: "2026-12-01", To: "2027-01-31"}
	w.compare("lines", lines(w.report(OutletStatement(testMID, winter, false), ""), "rrn"), []string{
		"01 Dec | - | opening balance | - | - | - | - | 170000",
		"10 Dec | 10 Dec 10:00:00 | redemption | 60060060 | 1 | PKH | 75000 | 245000",
		"25 Dec | 25 Dec 10:00:00 | redemption | 60060060 | 1 | BPNT | 100000 | 345000",
		"10 Jan | 10 Jan 10:00:00 | reversal | 60060060 | 1 | PKH | -75000 | 270000",
		"total 31 Jan | - | closing balance | - | - | - | 100000 | 270000",
	})
	w.says("days", w.report(OutletStatement(testMID, Scope{From: "2026-11-25", To: "2027-01-31"}, true), ""),
		"25 Nov | opening balance | - | - | - | - | - | 0",
		"25 Nov | day of trade | 3 | 170000 | 0 | 0 | 170000 | 170000",
		"10 Dec | day of trade | 1 | 75000 | 0 | 0 | 75000 | 245000",
		"25 Dec | day of trade | 1 | 100000 | 0 | 0 | 100000 | 345000",
		"10 Jan | day of trade | 0 | 0 | 1 | 75000 | -75000 | 270000",
		"total 31 Jan | closing balance | 5 | 345000 | 1 | 75000 | 270000 | 270000")
	w.says("as of Christmas", w.report(OutletStatement(testMID, Scope{From: "2026-12-01"}, true), "2026-12-25 09:59"),
		"01 Dec | opening balance | - | - | - | - | - | 170000",
		"10 Dec | day of trade | 1 | 75000 | 0 | 0 | 75000 | 245000",
		"total 25 Dec | closing balance | 1 | 75000 | 0 | 0 | 75000 | 245000")
}

// TestReportOutlets is the KPI of Dinsos DKI: so many e-Warong and KUBE Jasa, watched monthly and by city.
func TestReportOutlets(t *testing.T) {
	w := newWorld(t)
	w.november()
	w.must(0, w.operator.SetTarget(t.Context(), Target{"kube_jasa", 202612, 71}))
	w.must(0, w.operator.SetTarget(t.Context(), Target{"kube_jasa", 202612, 3}))
	w.must(0, w.operator.SetTarget(t.Context(), Target{"e_warong", 202611, 70}))
	for _, wrong := range []Target{{"warung", 202611, 1}, {"e_warong", 202613, 1}, {"e_warong", 202611, -1}} {
		if err := w.operator.SetTarget(t.Context(), wrong); err == nil {
			t.Errorf("%+v", wrong)
		}
	}
	targets, err := w.operator.Targets(t.Context())
	if w.must(0, err); len(targets) != 2 || targets[1] != (Target{"kube_jasa", 202612, 3}) {
		t.Errorf("%+v", targets)
	}
	w.must(w.operator.AddOutlet(t.Context(), Outlet{MID: "800", Name: "KUBE DAHLIA", City: "Jakarta Timur", Region: 3172, Bank: 9, Kind: "kube_jasa", Status: "registered"}))
	w.asOwner(`update bpnt.outlet set status = 'active', activated_on = '2026-12-03' where mid = '800';
		update bpnt.outlet set activated_on = '2026-11-20' where mid <> '800'`)
	// activated, active, target, reached in ‰, traded
	autumn := Scope{FromPeriod: 202611, ToPeriod: 202612}
	w.says("both months", w.report(Outlets(autumn), ""),
		"202611 | e_warong | Jakarta Timur | 1 | 1 | - | - | 1",
		"202611 | e_warong | all | 1 | 1 | 70 | 14 | 1",
		"202611 | kube_jasa | Jakarta Utara | 1 | 1 | - | - | 1",
		"202611 | kube_jasa | all | 1 | 1 | - | - | 1",
		"202612 | e_warong | Jakarta Timur | 0 | 1 | - | - | 0",
		"202612 | e_warong | all | 0 | 1 | - | - | 0",
		"202612 | kube_jasa | Jakarta Timur | 1 | 1 | - | - | 0",
		"202612 | kube_jasa | Jakarta Utara | 0 | 1 | - | - | 0",
		"202612 | kube_jasa | all | 1 | 2 | 3 | 666 | 0")
	w.says("one region", w.report(Outlets(Scope{FromPeriod: 202612, Region: 3172}), "2026-12-04"),
		"202612 | e_warong | Jakarta Timur | 0 | 1 | - | - | 0",
		"202612 | e_warong | all | 0 | 1 | - | - | 0",
		"202612 | kube_jasa | Jakarta Timur | 1 | 1 | - | - | 0",
		"202612 | kube_jasa | all | 1 | 1 | - | - | 0")
	w.says("before anybody traded", w.report(Outlets(Scope{FromPeriod: 202611}), "2026-11-24"),
		"202611 | e_warong | Jakarta Timur | 1 | 1 | - | - | 0",
		"202611 | e_warong | all | 1 | 1 | 70 | 14 | 0",
		"202611 | kube_jasa | Jakarta Utara | 1 | 1 | - | - | 0",
		"202611 | kube_jasa | all | 1 | 1 | - | - | 0")
}
