package ledger

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// bazaar is a month of many outlets of two banks: most have EDCs of their own, some stand on a switch's link. The stalls
// and the switch keep their own counts, as terminals do, and never look into the books.
type bazaar struct {
	*books
	area   Jakarta
	random *rand.Rand
	stalls []*stall
	alto   *alto
	said   int64      // by terminals and the switch, net, of batches and days that they ended
	late   []lateSale // sales of which the answer was lost: reversed later
	next   int        // family, by turns
}

// lateSale is reversed when its time has come.
type lateSale struct {
	stall *stall
	sale  Request
}

// The shares of what goes wrong, in a thousand.
const (
	forgottenOf1000 = 50 // nights on which an operator forgets to settle
	wrongOf1000     = 20 // settlements with totals that are not the terminal's
	lostOf1000      = 10 // sales that the terminal never heard the answer of
	voidOf1000      = 30
	earlyOf1000     = 300 // settlements in the afternoon, so that the evening's sales stand in the next day's batch
)

// newBazaar seeds outlets with a terminal each, every eleventh on the switch's link, every third of BRI; every fourth
// family has a card of BRI.
func newBazaar(t *testing.T, outlets int) *bazaar {
	z := &bazaar{books: newBooks(t), area: Jakarta{Seed: 7, Families: 8 * outlets, Outlets: outlets}}
	z.random = rand.New(rand.NewPCG(2026, 11))
	z.asOwner(`insert into bpnt.bank (id, code, name, account) values (2, 'BRI', 'Bank Rakyat Indonesia', '2002')`)
	z.must(0, z.operator.Seed(t.Context(), SeedOptions{
		Area: z.area, Link: "edc", Keys: benchKeys{}, WrapTPK: func(string, []byte) ([]byte, error) { return nil, nil },
	}))
	link, err := z.gateway.LinkID(t.Context(), "alto")
	z.must(0, err)
	z.asOwner(fmt.Sprintf(`update bpnt.outlet set bank = 2 where id %% 3 = 0; update bpnt.family set bank = 2 where id %% 4 = 0;
		update bpnt.terminal set link = %d where right(tid, 5)::integer %% 11 = 0 and tid like 'JKT%%'`, link))
	z.on("2026-11-01")
	z.must(0, z.gateway.at(z.now).OpenSwitchDay(t.Context(), link))
	z.alto = &alto{link: link}
	for i := range outlets {
		terminal := z.area.Terminal(i)
		s := &stall{bazaar: z, tid: terminal.TID, mid: terminal.MID, link: z.link, number: 1}
		if (i+1)%11 == 0 {
			s.link, s.alto = link, z.alto
		}
		z.stalls = append(z.stalls, s)
	}
	z.must(z.operator.at(z.now).Disburse(t.Context(), Disbursement{Programme: 1, Period: 202611, AmountIDR: 1_000_000}))
	return z
}

// happens is true in so many of a thousand cases.
func (z *bazaar) happens(of1000 int) bool { return z.random.IntN(1000) < of1000 }

// clock moves the clock to a time of a day in Jakarta.
func (z *bazaar) clock(day, hour, minute int) {
	z.now = time.Date(2026, 11, day, hour, minute, 0, 0, time.FixedZone("WIB", 7*3600))
}

// sell lets every stall sell once, to families by turns, many to a call as the lanes do.
func (z *bazaar) sell() {
	sales, stalls := map[int16][]Request{}, map[int16][]*stall{}
	for _, s := range z.stalls {
		digits := z.area.Card(z.next % z.area.Families).PAN
		z.next++
		card := PANKey(benchKeys{}.PANKey(digits[:]))
		sale := z.redeem(card, s.stan(), int64(1+z.random.IntN(9))*1000)
		sale.Link, sale.TID, sale.MID, sale.Batch = s.link, s.tid, s.mid, s.number
		bucket := z.gateway.BucketOf(card)
		sales[bucket], stalls[bucket] = append(sales[bucket], sale), append(stalls[bucket], s)
	}
	for bucket := range int16(2) {
		for i, r := range z.batch(bucket, sales[bucket]...) {
			z.want("sale", r, OutcomeApproved)
			stalls[bucket][i].sold(sales[bucket][i], r)
		}
	}
}

// reverseLate sends the reversals that were put off.
func (z *bazaar) reverseLate() {
	for _, l := range z.late {
		l.stall.reverse(l.sale)
	}
	z.late = nil
}

// trade is a day of trade. On the last one nobody forgets anything.
func (z *bazaar) trade(day int, last bool) {
	z.clock(day, 9, 0)
	z.reverseLate()
	z.sell()
	z.clock(day, 15, 0)
	for _, s := range z.stalls {
		s.void()
	}
	z.sell()
	z.clock(day, 17, 0)
	early := map[*stall]bool{}
	for _, s := range z.stalls {
		if early[s] = z.happens(earlyOf1000); early[s] {
			s.settle()
		}
	}
	z.clock(day, 18, 30)
	z.sell()
	for _, s := range z.stalls {
		s.toVoid = nil // whoever is sorry in the evening says nothing
	}
	z.clock(day, 22, 0)
	if last {
		z.reverseLate()
	}
	for _, s := range z.stalls {
		if last || !early[s] && !z.happens(forgottenOf1000) {
			s.settle()
		}
	}
	z.clock(day, 23, 30)
	z.alto.cutOver(z)
}

// office is what the banks do after midnight.
func (z *bazaar) office(day int) {
	z.clock(day+1, 0, 10)
	_, err := z.operator.at(z.now).CloseForgotten(z.t.Context(), time.Time{})
	z.must(0, err)
	date := fmt.Sprintf("2026-11-%02d", day)
	for _, bank := range []string{bankBNI, bankBRI} {
		s := z.settle(bank, date)
		r, err := z.operator.at(z.now).ReconcileDay(z.t.Context(), bank, date)
		z.must(0, err)
		if r.Differences != 0 || r.DifferenceIDR != 0 || r.LedgerIDR != s.NetIDR {
			z.t.Fatalf("%s: %d differences, Rp %d: %+v", s.Name, r.Differences, r.DifferenceIDR, z.kinds())
		}
	}
}

// TestMonthOfSettlement: at the end of a month what outlets were paid is what the ledger has, and what the terminals and
// the switch said together with the exceptions that are listed, to the rupiah.
func TestMonthOfSettlement(t *testing.T) {
	outlets, days := JakartaOutlets, 28
	if testing.Short() {
		outlets, days = 33, 5
	}
	z := newBazaar(t, outlets)
	for day := 1; day <= days; day++ {
		z.trade(day, day == days)
		z.office(day)
	}
	audit := z.audit()
	paid, carried := z.paidOut()
	listed := z.listed()
	explained := z.said
	for _, amount := range listed {
		explained += amount
	}
	t.Logf("%d redemptions, %d undone: Rp %d in the ledger; Rp %d paid out, Rp %d carried; terminals and switch said Rp %d, exceptions %v",
		audit.Redemptions, audit.Reversals, audit.DebitsIDR, paid, carried, z.said, listed)
	if paid+carried != audit.DebitsIDR || explained != audit.DebitsIDR {
		t.Errorf("paid %d and carried %d, the ledger %d, said and listed %d", paid, carried, audit.DebitsIDR, explained)
	}
	kinds := z.kinds()
	for _, kind := range []string{"batch_totals", "switch_totals", "late_correction"} {
		if kinds[kind] == 0 && !testing.Short() {
			t.Errorf("a month without %s: %v", kind, kinds)
		}
	}
	if kinds["day_difference"] > 0 {
		t.Error(kinds)
	}
}

// paidOut is what was paid, and what the newest settlements carry on.
func (z *bazaar) paidOut() (paid, carried int64) {
	z.t.Helper()
	z.must(0, z.operator.pool.QueryRow(z.t.Context(), `select (select sum(amount) from bpnt.payout)::bigint, (
		select coalesce(sum(l.carried), 0) from (select distinct on (outlet) carried from bpnt.settlement_line order by outlet, settlement desc) l)::bigint`).
		Scan(&paid, &carried))
	return paid, carried
}

// listed are the amounts of the exceptions that say why what was said is not what the ledger has, by kind.
func (z *bazaar) listed() map[string]int64 {
	z.t.Helper()
	all, err := z.operator.Exceptions(z.t.Context(), ExceptionFilter{})
	z.must(0, err)
	sums := map[string]int64{}
	for _, x := range all {
		switch {
		case strings.HasSuffix(x.Kind, "_totals"):
			sums[x.Kind] += *x.Ours - *x.Theirs
		case x.Kind == "late_correction":
			sums[x.Kind] -= *x.Ours
		}
	}
	return sums
}
