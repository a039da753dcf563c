package ledger

import (
	"context"
	"slices"
	"testing"
	"time"
)

const otherMID = "700700700700700"

// world is a story with known figures. Six families get Rp 110,000 of BPNT in November, December and so on; the fifth
// lives in the north, and the second moves there. Nothing of it is drawn.
type world struct {
	*books
	cards []PANKey // of families 1 to 6, in buckets 0 and 1 by turns
}

// jakarta moves the clock to a time in Jakarta.
func (w *world) jakarta(text string) {
	w.t.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", text, time.FixedZone("WIB", 7*3600))
	w.must(0, err)
	w.now = t
}

func newWorld(t *testing.T) *world {
	w := &world{books: newBooks(t)}
	w.jakarta("2026-11-22 09:00")
	w.must(w.operator.AddOutlet(t.Context(), Outlet{MID: otherMID, Name: "KUBE MAWAR", City: "Jakarta Utara", Region: 3175, Bank: 9, Kind: "kube_jasa"}))
	w.must(0, w.operator.AddTerminal(t.Context(), NewTerminal{Link: "edc", TID: "70070070", MID: otherMID}))
	for i := range 6 {
		card := pan(string(rune('a'+i)), byte(i%2))
		region := int16(3172)
		if i == 4 {
			region = 3175
		}
		w.must(0, w.operator.AddFamily(t.Context(), int64(i+1), region, "Family "+string(rune('A'+i)), card))
		w.card(int64(i+1), card)
		w.cards = append(w.cards, card)
	}
	w.decree("BPNT", "2026-11-23", func(r *Rule) { r.ReturnDays = new(int32(15)) })
	w.decree("PKH", "2026-11-23", func(r *Rule) { r.Unspent, r.FreezeDays = ExpireAtNext, nil })
	return w
}

func (w *world) office() *Ledger { return w.operator.at(w.now) }

func (w *world) decree(programme, since string, change func(*Rule)) {
	w.t.Helper()
	p, err := w.office().Programme(w.t.Context(), programme)
	w.must(0, err)
	rule, _ := p.On(since)
	rule.Since, rule.Source = since, "test"
	change(&rule)
	w.must(0, w.office().AddRule(w.t.Context(), rule, "test"))
}

func (w *world) pay(programme int16, period int32, amount int64) {
	w.t.Helper()
	w.must(w.office().Disburse(w.t.Context(), Disbursement{Programme: programme, Period: period, AmountIDR: amount}))
}

// buy is an approved redemption of a family, numbered from 1.
func (w *world) buy(family int, stan int32, amount int64) {
	w.t.Helper()
	w.want("sale", w.post(w.redeem(w.cards[family-1], stan, amount)), OutcomeApproved)
	w.now = w.now.Add(time.Minute)
}

func (w *world) undo(family int, stan int32, amount int64) {
	w.t.Helper()
	w.want("reversal", w.post(w.reverse(w.cards[family-1], stan, amount)), OutcomeReversed)
	w.now = w.now.Add(time.Minute)
}

// november: the first buys all in two parts, the second a part, the third buys and gives back, the fourth is refused.
func (w *world) november() {
	w.jakarta("2026-11-25 12:00")
	w.pay(1, 202611, 110_000)
	w.jakarta("2026-11-25 14:00")
	w.buy(1, 1, 60_000)
	w.buy(2, 2, 60_000)
	w.jakarta("2026-11-25 15:00")
	w.buy(1, 3, 50_000)
	w.want("too much", w.post(w.redeem(w.cards[3], 4, 110_001)), OutcomeInsufficientFunds)
	wrong := w.inquire(w.cards[3], 5)
	wrong.PINValue = 2
	w.want("wrong PIN", w.post(wrong), OutcomePINWrong)
	w.jakarta("2026-11-30 10:00")
	other := w.redeem(w.cards[2], 6, 110_000)
	other.TID, other.MID = "70070070", otherMID
	w.want("sale", w.post(other), OutcomeApproved)
	w.jakarta("2026-12-02 10:00")
	other.Kind, other.Batch, other.PINRequired, other.PINValue = KindReverse, Absent, false, PINNone
	w.want("reversal in a later month", w.post(other), OutcomeReversed)
	w.jakarta("2026-12-05 10:00")
	w.must(0, w.office().MoveFamily(w.t.Context(), 2, 3175, "moved"))
}

// winter: PKH expires, a disbursement is taken back and paid anew, November's money is frozen, thawed and returned.
func (w *world) winter() {
	w.jakarta("2026-12-10 10:00")
	w.pay(2, 202612, 75_000)
	pkh := w.redeem(w.cards[0], 10, 75_000)
	pkh.Programme = 2
	w.want("PKH", w.post(pkh), OutcomeApproved)
	w.jakarta("2026-12-25 10:00")
	w.pay(1, 202612, 1_100_000)
	w.buy(1, 11, 100_000)
	w.jakarta("2026-12-26 10:00")
	w.must(w.office().ReverseDisbursement(w.t.Context(), "BPNT-202612-all-1", "ten times", nil))
	w.pay(1, 202612, 110_000)
	w.jakarta("2027-01-10 10:00")
	w.pay(2, 202701, 75_000)
	w.undo(1, 10, 75_000)
	w.jakarta("2027-02-23 10:00")
	w.must(w.office().Freeze(w.t.Context(), Sweep{Reason: "90 days"}))
	w.jakarta("2027-03-01 10:00")
	w.must(w.office().Thaw(w.t.Context(), 5, "BPNT", "came"))
	w.jakarta("2027-03-10 10:00")
	w.must(w.office().Return(w.t.Context(), Sweep{Reason: "15 days"}))
}

func TestReportRealisation(t *testing.T) {
	w := newWorld(t)
	w.november()
	november := Realisation(Scope{Programme: "BPNT", FromPeriod: 202611}, false)
	w.says("before anything was open", w.report(november, "2026-11-25 11:59"))
	// programme period region | funded full part untouched | funded redeemed left frozen expired returned taken pending ‰
	w.says("at once", w.report(november, "2026-11-25 12:00"),
		"BPNT | 202611 | Jakarta Timur | 5 | 0 | 0 | 5 | 550000 | 0 | 550000 | 0 | 0 | 0 | 0 | 0 | 0",
		"BPNT | 202611 | Jakarta Utara | 1 | 0 | 0 | 1 | 110000 | 0 | 110000 | 0 | 0 | 0 | 0 | 0 | 0",
		"total - | - | - | 6 | 0 | 0 | 6 | 660000 | 0 | 660000 | 0 | 0 | 0 | 0 | 0 | 0")
	w.says("by noon two had begun", w.report(november, "2026-11-25 14:30"),
		"BPNT | 202611 | Jakarta Timur | 5 | 0 | 2 | 3 | 550000 | 120000 | 430000 | 0 | 0 | 0 | 0 | 0 | 218",
		"BPNT | 202611 | Jakarta Utara | 1 | 0 | 0 | 1 | 110000 | 0 | 110000 | 0 | 0 | 0 | 0 | 0 | 0",
		"total - | - | - | 6 | 0 | 2 | 4 | 660000 | 120000 | 540000 | 0 | 0 | 0 | 0 | 0 | 181")
	w.says("in November", w.report(november, "2026-11-30"),
		"BPNT | 202611 | Jakarta Timur | 5 | 2 | 1 | 2 | 550000 | 280000 | 270000 | 0 | 0 | 0 | 0 | 0 | 509",
		"BPNT | 202611 | Jakarta Utara | 1 | 0 | 0 | 1 | 110000 | 0 | 110000 | 0 | 0 | 0 | 0 | 0 | 0",
		"total - | - | - | 6 | 2 | 1 | 3 | 660000 | 280000 | 380000 | 0 | 0 | 0 | 0 | 0 | 424")
	w.says("after the reversal and the move", w.report(november, ""),
		"BPNT | 202611 | Jakarta Timur | 4 | 1 | 0 | 3 | 440000 | 110000 | 330000 | 0 | 0 | 0 | 0 | 0 | 250",
		"BPNT | 202611 | Jakarta Utara | 2 | 0 | 1 | 1 | 220000 | 60000 | 160000 | 0 | 0 | 0 | 0 | 0 | 272",
		"total - | - | - | 6 | 1 | 1 | 4 | 660000 | 170000 | 490000 | 0 | 0 | 0 | 0 | 0 | 257")
	north := w.report(Realisation(Scope{FromPeriod: 202611, Region: 3175}, false), "2026-12-01")
	w.says("one region", north,
		"BPNT | 202611 | Jakarta Utara | 1 | 0 | 0 | 1 | 110000 | 0 | 110000 | 0 | 0 | 0 | 0 | 0 | 0",
		"total - | - | - | 1 | 0 | 0 | 1 | 110000 | 0 | 110000 | 0 | 0 | 0 | 0 | 0 | 0")
}

func TestReportWinter(t *testing.T) {
	w := newWorld(t)
	w.november()
	w.winter()
	table := w.report(Realisation(Scope{FromPeriod: 202611, ToPeriod: 202701}, false), "")
	w.says("all of it", table,
		"BPNT | 202611 | Jakarta Timur | 4 | 1 | 0 | 3 | 440000 | 110000 | 110000 | 0 | 0 | 220000 | 0 | 0 | 250",
		"BPNT | 202611 | Jakarta Utara | 2 | 0 | 1 | 1 | 220000 | 60000 | 110000 | 0 | 0 | 50000 | 0 | 0 | 272",
		"BPNT | 202612 | Jakarta Timur | 4 | 0 | 1 | 3 | 4840000 | 100000 | 440000 | 0 | 0 | 0 | 4300000 | 0 | 185",
		"BPNT | 202612 | Jakarta Utara | 2 | 0 | 0 | 2 | 2420000 | 0 | 220000 | 0 | 0 | 0 | 2200000 | 0 | 0",
		"PKH | 202612 | Jakarta Timur | 4 | 0 | 0 | 4 | 300000 | 0 | 0 | 0 | 300000 | 0 | 0 | 0 | 0",
		"PKH | 202612 | Jakarta Utara | 2 | 0 | 0 | 2 | 150000 | 0 | 0 | 0 | 150000 | 0 | 0 | 0 | 0",
		"PKH | 202701 | Jakarta Timur | 4 | 0 | 0 | 4 | 300000 | 0 | 300000 | 0 | 0 | 0 | 0 | 0 | 0",
		"PKH | 202701 | Jakarta Utara | 2 | 0 | 0 | 2 | 150000 | 0 | 150000 | 0 | 0 | 0 | 0 | 0 | 0",
		"total - | - | - | 24 | 1 | 2 | 21 | 8820000 | 270000 | 1330000 | 0 | 450000 | 270000 | 6500000 | 0 | 116")
	w.says("the periods as one, while money was frozen", w.report(Realisation(Scope{Programme: "BPNT", FromPeriod: 202611, ToPeriod: 202612}, true), "2027-02-28"),
		"BPNT | - | Jakarta Timur | 4 | 0 | 1 | 3 | 5280000 | 210000 | 550000 | 220000 | 0 | 0 | 4300000 | 0 | 214",
		"BPNT | - | Jakarta Utara | 2 | 0 | 1 | 1 | 2640000 | 60000 | 220000 | 160000 | 0 | 0 | 2200000 | 0 | 136",
		"total - | - | - | 6 | 0 | 2 | 4 | 7920000 | 270000 | 770000 | 380000 | 0 | 0 | 6500000 | 0 | 190")
	w.sumsLikeTheAudit(table)
}

// sumsLikeTheAudit: what the report adds up is what the audit adds up by itself.
func (w *world) sumsLikeTheAudit(t *Table) {
	w.t.Helper()
	audit := w.audit()
	of := func(name string) int64 {
		i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
		return t.Sum[i].(int64)
	}
	if of("funded_idr")+of("pending_idr") != audit.FundedIDR || of("redeemed_idr") != audit.DebitsIDR {
		w.t.Errorf("report: funded %d, pending %d, redeemed %d; audit: %+v", of("funded_idr"), of("pending_idr"), of("redeemed_idr"), audit)
	}
}

// TestReportPending: money of a disbursement that was broken off is pending, and nobody is funded by it.
func TestReportPending(t *testing.T) {
	w := newWorld(t)
	w.jakarta("2026-11-25 12:00")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := w.office().Disburse(ctx, Disbursement{Programme: 1, Period: 202611, AmountIDR: 1000, Progress: func(int64) { cancel() }})
	if err == nil {
		t.Fatal("the disbursement was not broken off")
	}
	w.says("bucket 0 was funded", w.report(Realisation(Scope{}, false), ""),
		"BPNT | 202611 | Jakarta Timur | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 2000 | -",
		"BPNT | 202611 | Jakarta Utara | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 1000 | -",
		"total - | - | - | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 3000 | -")
	w.says("untouched", w.report(Untouched(Scope{}), ""), "total 0 | families | - | - | - | - | - | - | - | -")
	w.says("disbursements", w.report(Disbursements(Scope{}), ""),
		"BPNT-202611-all-1 | order | BPNT | 202611 | 202611 | 6 | 6000 | funding | 25 Nov 12:00:00 | - | 3000 | 0 | 3000 | 0 | 0 | 0 | 0")
	w.says("exceptions", w.report(Exceptions(Scope{}), ""),
		"disbursement half done | 25 Nov 12:00:00 | 25 Nov 12:00:00 | - | - | - | 6 | 6000 | BPNT-202611-all-1: run the same command again")
	w.says("statement", w.report(FamilyStatement(1, Scope{}), ""),
		"01 Jan | opening balance | - | - | - | - | - | 0 | 0", "total 25 Nov | closing balance | - | - | - | - | - | 0 | 0")
}
