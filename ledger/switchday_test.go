package ledger

import (
	"strings"
	"sync"
	"testing"
	"time"
)

const switchTID = "0000000000600600" // 16 characters, as switches send

// switchBooks is a shop whose cards are used on a switch's link as well.
func switchBooks(t *testing.T) *books {
	b := shop(t)
	link, err := b.gateway.LinkID(t.Context(), "alto")
	b.must(0, err)
	b.link = link
	b.asOwner(`insert into bpnt.terminal (link, tid, outlet) select k.id, '` + switchTID + `', o.id from bpnt.link k, bpnt.outlet o
		where k.name = 'alto'; insert into bpnt.stay select t.id, now(), t.outlet from bpnt.terminal t where t.tid = '` + switchTID + `'`)
	b.must(0, b.gateway.at(b.now).OpenSwitchDay(t.Context(), link))
	return b
}

// atSwitch makes a request one of the switch's.
func atSwitch(r Request) Request {
	r.TID, r.Batch, r.PINRequired, r.PINValue = switchTID, Absent, false, PINNone
	return r
}

func (b *books) cutOver(date string, want Outcome) {
	b.t.Helper()
	got, err := b.gateway.at(b.now).CutOver(b.t.Context(), b.link, date)
	b.must(0, err)
	if got != want {
		b.t.Errorf("cut-over to %s: %v, want %v", date, got, want)
	}
}

func (b *books) reconciles(what string, c SwitchClaim, outcome Outcome, replay bool) SwitchAnswer {
	b.t.Helper()
	a, err := b.gateway.at(b.now).Reconcile(b.t.Context(), c)
	b.must(0, err)
	if a.Outcome != outcome || a.Replay != replay {
		b.t.Errorf("%s: %+v, want %v, replay %t", what, a, outcome, replay)
	}
	return a
}

func (b *books) day() LinkCard {
	b.t.Helper()
	k, err := b.gateway.Link(b.t.Context(), b.link)
	b.must(0, err)
	return k
}

func TestCutOver(t *testing.T) {
	b := switchBooks(t)
	b.must(0, b.gateway.OpenSwitchDay(t.Context(), b.link))
	if k := b.day(); k.Day != 1 || k.BusinessDate != "2026-11-25" || k.Name != "alto" {
		t.Errorf("%+v", k)
	}
	b.cutOver("1125", OutcomeApproved)
	b.cutOver("1126", OutcomeApproved)
	b.cutOver("1126", OutcomeApproved)
	b.cutOver("1125", OutcomeCutOverPast)
	b.cutOver("1207", OutcomeCutOverPast)
	b.cutOver("1332", OutcomeCutOverPast)
	b.cutOver("0229", OutcomeCutOverPast)
	b.cutOver("", OutcomeCutOverPast)
	b.cutOver("1205", OutcomeApproved)
	b.cutOver("1206", OutcomeCutOverPast) // again and again it still comes no further than ten days
	b.now = b.now.AddDate(0, 0, 40)       // and a switch that was away for long goes on with today
	b.cutOver("0104", OutcomeApproved)
	b.cutOver("0114", OutcomeApproved)
	if k := b.day(); k.Day != 5 || k.BusinessDate != "2027-01-14" {
		t.Errorf("%+v", k)
	}
	edc, err := b.gateway.LinkID(t.Context(), "edc")
	b.must(0, err)
	if got, err := b.gateway.CutOver(t.Context(), edc, "1126"); err != nil || got != OutcomeBatchUnknown {
		t.Errorf("an EDC link: %v %v", got, err)
	}
}

func TestReconcileSwitch(t *testing.T) {
	b := switchBooks(t)
	a := pan("a", 0)
	b.reconciles("no day is over", SwitchClaim{Link: b.link, STAN: 1}, OutcomeBatchUnknown, false)
	b.want("sale", b.post(atSwitch(b.redeem(a, 1, 10_000))), OutcomeApproved)
	b.want("sale", b.post(atSwitch(b.redeem(pan("b", 1), 2, 20_000))), OutcomeApproved)
	b.want("sale", b.post(atSwitch(b.redeem(a, 3, 3_000))), OutcomeApproved)
	b.want("reversal", b.post(atSwitch(b.reverse(pan("b", 1), 2, 20_000))), OutcomeReversed)
	b.cutOver("1126", OutcomeApproved)
	b.want("reversal after the cut-over", b.post(atSwitch(b.reverse(a, 3, 3_000))), OutcomeReversed)
	b.want("sale after the cut-over", b.post(atSwitch(b.redeem(a, 4, 7_000))), OutcomeApproved)
	day := SwitchTotals{Debits: Sum{3, 33_000}, DebitReversals: Sum{1, 20_000}, Net: 13_000}
	claim := SwitchClaim{Link: b.link, STAN: 5, Date: "1125", Totals: day}
	if got := b.reconciles("in balance", claim, OutcomeApproved, false); got.Ours != day {
		t.Errorf("%+v", got)
	}
	b.reconciles("again", claim, OutcomeApproved, true)
	claim.STAN = 6
	b.reconciles("with another STAN", claim, OutcomeApproved, true)
	claim.STAN, claim.Totals.Net = 5, 12_000
	b.reconciles("the same STAN with another net", claim, OutcomeConflict, false)
	claim.STAN = 7
	b.reconciles("out of balance", claim, OutcomeTotalsDiffer, false)
	b.reconciles("out of balance again", claim, OutcomeTotalsDiffer, true)
	claim.Totals, claim.STAN = day, 8
	b.reconciles("in balance after all", claim, OutcomeApproved, false)
	b.reconciles("a day that is open", SwitchClaim{Link: b.link, STAN: 9, Date: "1126"}, OutcomeBatchUnknown, false)
	b.cutOver("1127", OutcomeApproved)
	next := SwitchTotals{Debits: Sum{1, 7_000}, DebitReversals: Sum{1, 3_000}, Net: 4_000}
	b.reconciles("the newest day, unnamed", SwitchClaim{Link: b.link, STAN: 10, Totals: next}, OutcomeApproved, false)
	if kinds := b.kinds(); kinds["switch_totals"] != 1 || len(kinds) != 1 {
		t.Errorf("exceptions %v", kinds)
	}
	b.audit()
}

// TestEDCLinkIsNoSwitch: batches and days are counted alike, so a link has one or the other.
func TestEDCLinkIsNoSwitch(t *testing.T) {
	b := shop(t)
	b.sale(1, 10_000)
	if err := b.gateway.OpenSwitchDay(t.Context(), b.link); err == nil || !strings.Contains(err.Error(), "another name") {
		t.Errorf("%v", err)
	}
	s := switchBooks(t)
	c := s.claim(1, 0, 0)
	c.TID = switchTID
	s.settles("a terminal's settlement on a switch's link", c, OutcomeBatchUnknown, false, Totals{})
	if r, err := s.operator.at(s.now.AddDate(0, 0, 3)).CloseForgotten(t.Context(), time.Time{}); err != nil || len(r.Batches) != 0 {
		t.Errorf("%+v %v", r, err)
	}
}

// TestSwitchDayInSteps: a day of many terminals is summed in steps, and one that was broken off goes on.
func TestSwitchDayInSteps(t *testing.T) {
	const terminals = 230
	b := switchBooks(t)
	b.asOwner(`insert into bpnt.terminal (link, tid, outlet) select k.id, 'T' || lpad(i::text, 15, '0'), o.id
		from bpnt.link k, bpnt.outlet o, generate_series(1, 230) i where k.name = 'alto';
		insert into bpnt.message (id, at, amount, balance, pan, terminal, stan, processing_code, batch, bucket, generation, epoch,
			outcome, class, invoice)
		select 1000 + t.id, now(), 1000, 0, gen_random_uuid(), t.id, 1, 0, 1, t.id % 2, 0, 0, 1, 'R', ''
		from bpnt.terminal t where t.tid like 'T%'`)
	b.cutOver("1126", OutcomeApproved)
	var day int32
	b.must(0, b.operator.pool.QueryRow(t.Context(), `select id from bpnt.batch`).Scan(&day))
	b.must(0, b.gateway.passBuckets(t.Context()))
	for range 3 {
		var done bool
		b.must(0, b.gateway.pool.QueryRow(t.Context(), `select bpnt.batch_step($1, true)`, day).Scan(&done))
		if done {
			t.Error("done too early")
		}
	}
	b.must(0, b.operator.FinishBatches(t.Context()))
	claim := SwitchClaim{Link: b.link, STAN: 1, Totals: SwitchTotals{Debits: Sum{terminals, terminals * 1000}, Net: terminals * 1000}}
	b.reconciles("summed", claim, OutcomeApproved, false)
	var parts int
	b.must(0, b.operator.pool.QueryRow(t.Context(), `select count(*) from bpnt.batch_part`).Scan(&parts))
	if parts != 0 {
		t.Errorf("%d parts left", parts)
	}
}

// TestPurchasesRaceWithCutOver: every purchase is in one day, the one that its answer names, and each day closes with the
// sum of what was answered.
func TestPurchasesRaceWithCutOver(t *testing.T) {
	const rounds = 60
	r := &race{books: switchBooks(t), sold: map[int32]Sum{}}
	r.disburse(testPeriod+1, 1_000_000_000)
	date := day0
	for n := range int32(rounds) {
		date = date.AddDate(0, 0, 1)
		var wait sync.WaitGroup
		for i, card := range []PANKey{pan("a", 0), pan("b", 1)} {
			wait.Go(func() {
				for k := range int32(3) {
					r.count(r.sold, r.send(atSwitch(r.redeem(card, n*10+int32(i)*3+k, 1_000+int64(k))), OutcomeApproved))
				}
			})
		}
		wait.Go(func() {
			if got, err := r.gateway.at(date).CutOver(t.Context(), r.link, date.Format("0102")); err != nil || got != OutcomeApproved {
				t.Errorf("cut-over: %v %v", got, err)
			}
		})
		wait.Wait()
	}
	r.now = date
	r.cutOver(date.AddDate(0, 0, 1).Format("0102"), OutcomeApproved)
	r.must(0, r.operator.FinishBatches(t.Context()))
	all, err := r.operator.Batches(t.Context(), BatchFilter{})
	r.must(0, err)
	if len(all) != rounds+1 || r.total(r.sold) != rounds*6 {
		t.Errorf("%d days, %d sales", len(all), r.total(r.sold))
	}
	for _, day := range all {
		if day.Sales != r.sold[day.No] || day.TID != "" || day.ClosedBy != "switch" {
			t.Errorf("day %d holds %+v, answered were %+v", day.No, day.Sales, r.sold[day.No])
		}
	}
	r.audit()
}
