package ledger

import (
	"fmt"
	"testing"
	"time"
)

func TestReportDeclines(t *testing.T) {
	w := newWorld(t)
	w.november()
	w.jakarta("2026-12-06 10:00")
	for stan := range int32(2) {
		refused := w.redeem(w.cards[stan], 20+stan, 500_000)
		refused.TID, refused.MID = "70070070", otherMID
		w.want("too much", w.post(refused), OutcomeInsufficientFunds)
	}
	w.says("November", w.report(Declines(Scope{From: "2026-11-01", To: "2026-11-30"}), ""),
		"insufficient_funds | Jakarta Timur | 1 | 0 | 0 | 0 | 1 | 110001",
		"pin_wrong | Jakarta Timur | 0 | 1 | 0 | 0 | 1 | 0",
		"total - | - | 1 | 1 | 0 | 0 | 1 | 110001")
	w.says("since November", w.report(Declines(Scope{From: "2026-11-01"}), ""),
		"insufficient_funds | Jakarta Utara | 2 | 0 | 0 | 0 | 2 | 1000000",
		"insufficient_funds | Jakarta Timur | 1 | 0 | 0 | 0 | 1 | 110001",
		"pin_wrong | Jakarta Timur | 0 | 1 | 0 | 0 | 1 | 0",
		"total - | - | 3 | 1 | 0 | 0 | 3 | 1110001")
	w.says("one region", w.report(Declines(Scope{From: "2026-11-01", Region: 3175}), "2026-12-06"),
		"insufficient_funds | Jakarta Utara | 2 | 0 | 0 | 0 | 2 | 1000000", "total - | - | 2 | 0 | 0 | 0 | 2 | 1000000")
	w.says("a month without", w.report(Declines(Scope{From: "2026-12-01"}), "2026-12-05"))
}

func TestReportExceptions(t *testing.T) {
	w := newWorld(t)
	w.november()
	w.winter()
	w.says("none in November", w.report(Exceptions(Scope{From: "2026-11-01"}), "2026-11-30"))
	w.jakarta("2027-03-11 10:00")
	early := w.reverse(w.cards[2], 30, 10_000)
	w.want("never sent", w.post(early), OutcomeReversalUnmatched)
	early.TID, early.STAN = "NEWCOMER", 31
	w.want("nobody's terminal", w.post(early), OutcomeReversalUnmatched)
	fault := w.inquire(w.cards[2], 32)
	fault.PINValue = PINFault
	w.want("key", w.post(fault), OutcomePINFault)
	w.says("one fault is an accident", w.report(Exceptions(Scope{From: "2027-03-11"}), ""),
		"reversal without original | 11 Mar 10:00:00 | 11 Mar 10:00:00 | 60060060 | 600600600600600 | - | 1 | 10000 | ask the outlet: a bad line, or a terminal set back",
		"reversal without original | 11 Mar 10:00:00 | 11 Mar 10:00:00 | NEWCOMER | - | - | 1 | 10000 | ask the outlet: a bad line, or a terminal set back",
		"terminal not registered | 11 Mar 10:00:00 | 11 Mar 10:00:00 | NEWCOMER | - | - | 2 | - | register it, or find out who sends",
		"taken back after being spent | 25 Dec 10:00:00 | 26 Dec 10:00:00 | - | - | - | 6 | 100000 | BPNT 202612 of BPNT-202612-all-1: not recovered of Rp 6600000")
	fault.STAN = 33
	w.want("key", w.post(fault), OutcomePINFault)
	w.asOwner(`update bpnt.outlet set operator = 99 where mid = '` + testMID + `';
		update bpnt.tranche set status = 'closing', closing = 'X' where programme = 2 and period = 202701;
		insert into bpnt.card (bucket, pan, pan_key, family, expiry, first6, last4) values (0, md5('a')::uuid, 1, 98, 3012, '999912', '1111');
		insert into bpnt.card (bucket, pan, pan_key, forward, expiry, first6, last4) values (0, md5('b')::uuid, 1, 1, 3012, '999912', '2222')`)
	w.must(w.operator.AddOutlet(t.Context(), Outlet{MID: "800", Name: "KUBE DAHLIA", City: "Jakarta", Region: 3172, Bank: 9}))
	w.compare("the lot", lines(w.report(Exceptions(Scope{From: "2027-01-01"}), ""), "first_at", "last_at"), []string{
		"reversal without original | 60060060 | 600600600600600 | - | 1 | 10000 | ask the outlet: a bad line, or a terminal set back",
		"reversal without original | NEWCOMER | - | - | 1 | 10000 | ask the outlet: a bad line, or a terminal set back",
		"reversal into a closed purse | 60060060 | 600600600600600 | 1 | 1 | 75000 | PKH 202612: went to the treasury",
		"terminal not registered | NEWCOMER | - | - | 2 | - | register it, or find out who sends",
		"expiry half done | - | - | - | 6 | 450000 | PKH 202701 of PKH-202701-all-1: run bpnt ledger expire",
		"taken back after being spent | - | - | - | 6 | 100000 | BPNT 202612 of BPNT-202612-all-1: not recovered of Rp 6600000",
		"card of an unknown family | - | - | 98 | 1 | - | card 999912******1111",
		"card that leads nowhere | - | - | - | 1 | - | card 999912******2222: give it to its family again",
		"active outlet without a terminal | - | 800 | - | 1 | - | KUBE DAHLIA",
		"operator is no known family | - | 600600600600600 | 99 | 1 | - | E-WARONG MELATI",
		"PIN key out of step | 60060060 | 600600600600600 | - | 2 | - | load the key anew: bpnt ledger terminal key",
	})
}

// flagWorld is a world of twelve families with money of two programmes on 25 November.
func flagWorld(t *testing.T) *world {
	w := newWorld(t)
	for i := 6; i < 12; i++ {
		w.cards = append(w.cards, pan(fmt.Sprint("more", i), byte(i%2)))
		w.family(int64(i+1), w.cards[i])
	}
	w.jakarta("2026-11-25 08:00")
	w.pay(1, 202611, 110_000)
	w.pay(2, 202611, 75_000)
	return w
}

// flagged reads the flags of the day and leaves out what is the same in all of them.
func (w *world) flagged(t Thresholds) []string {
	w.t.Helper()
	return lines(w.report(Flags(Scope{}, t), ""), "outlet", "region")
}

// sale is one of a family's BPNT money at a time.
func (w *world) sale(at string, family int, stan int32, amount int64) {
	w.t.Helper()
	w.jakarta("2026-11-25 " + at)
	w.buy(family, stan, amount)
}

func TestFlagRun(t *testing.T) {
	w := flagWorld(t)
	w.jakarta("2026-11-25 09:00")
	for i := range 11 {
		w.buy(i+1, int32(i), 110_000)
		w.now = w.now.Add(-30 * time.Second) // buy lets a minute pass
	}
	w.compare("eleven cards in a run", w.flagged(DefaultThresholds()), []string{
		"run of cards | 25 Nov 09:00:00 | 25 Nov 09:05:00 | 60060060 | 600600600600600 | - | 11 | 1210000 | cards emptied one after the other",
	})
	slower := DefaultThresholds()
	slower.RunGap--
	w.compare("a pause of 30 s is over the gap", w.flagged(slower), nil)
	more := DefaultThresholds()
	more.RunCards = 12
	w.compare("eleven cards are not twelve", w.flagged(more), nil)
	kept := DefaultThresholds()
	kept.LeftBelowIDR = 0
	w.compare("nothing is less than nothing", w.flagged(kept), nil)
}

// TestFlagRunOfOneCard: one card used again and again is no run of cards, nor is one that was reversed.
func TestFlagRunOfOneCard(t *testing.T) {
	w := flagWorld(t)
	few := DefaultThresholds()
	few.RunCards = 2
	w.sale("09:00", 1, 1, 110_000)
	w.now = w.now.Add(-30 * time.Second)
	w.buy(2, 2, 110_000)
	w.undo(2, 2, 110_000)
	w.compare("the second was reversed", w.flagged(few), nil)
	w.jakarta("2026-11-25 09:01")
	w.want("again", w.post(w.redeem(w.cards[1], 3, 110_000)), OutcomeApproved)
	w.compare("31 s after the first", w.flagged(few), nil)
}

func TestFlagPile(t *testing.T) {
	w := flagWorld(t)
	w.jakarta("2026-11-25 09:00")
	ask := func(family int, stan int32) {
		w.want("inquiry", w.post(w.inquire(w.cards[family-1], stan)), OutcomeApproved)
		w.now = w.now.Add(time.Minute)
	}
	two := DefaultThresholds()
	two.PileCards = 2
	for i := range 3 { // served whole: asked, then bought
		ask(i+1, int32(10+i))
		w.buy(i+1, int32(20+i), 110_000)
	}
	w.compare("families at the counter", w.flagged(two), nil)
	for i := 3; i < 6; i++ { // asked all, then emptied all
		ask(i+1, int32(10+i))
	}
	for i := 3; i < 6; i++ {
		w.buy(i+1, int32(20+i), 101_000)
	}
	w.compare("a pile", w.flagged(two), []string{
		"pile of cards | 25 Nov 09:06:00 | 25 Nov 09:11:00 | 60060060 | 600600600600600 | - | 3 | 303000 | cards asked, put aside and emptied",
	})
	two.PileWithin = 3*time.Minute - 1
	w.compare("not that quickly", w.flagged(two), nil)
	w.compare("three cards are not ten", w.flagged(DefaultThresholds()), nil)
}

func TestFlagCrowd(t *testing.T) {
	w := flagWorld(t)
	for i := range 4 {
		w.sale("09:00", i+1, int32(i), 1000)
	}
	w.sale("10:00", 1, 9, 1000)
	three := DefaultThresholds()
	three.CrowdFamilies = 3
	w.compare("four families", w.flagged(three), []string{
		"crowd | 25 Nov 09:00:00 | 25 Nov 10:00:00 | - | 600600600600600 | - | 4 | 5000 | 4 families",
	})
	three.CrowdFamilies = 4
	w.compare("four are not over four", w.flagged(three), nil)
}

func TestFlagOperator(t *testing.T) {
	w := flagWorld(t)
	w.asOwner(`update bpnt.outlet set operator = 3 where mid = '` + otherMID + `'`)
	w.sale("09:00", 3, 1, 20_000)
	w.compare("at another outlet", w.flagged(DefaultThresholds()), nil)
	own := w.redeem(w.cards[2], 2, 30_000)
	own.TID, own.MID = "70070070", otherMID
	w.want("own", w.post(own), OutcomeApproved)
	w.compare("at the own outlet", w.flagged(DefaultThresholds()), []string{
		"operator's own card | 25 Nov 09:01:00 | 25 Nov 09:01:00 | 70070070 | 700700700700700 | 3 | 1 | 30000 | 1 redemptions",
	})
}

func TestFlagBothProgrammes(t *testing.T) {
	w := flagWorld(t)
	pkh := func(family int, stan int32, amount int64) {
		r := w.redeem(w.cards[family-1], stan, amount)
		r.Programme = 2
		w.want("PKH", w.post(r), OutcomeApproved)
	}
	w.sale("09:00", 1, 1, 110_000)
	w.jakarta("2026-11-25 09:15")
	pkh(1, 2, 75_000)
	w.sale("09:00", 2, 3, 110_000)
	pkh(2, 4, 50_000) // leaves 25,000
	w.sale("10:00", 3, 5, 110_000)
	w.jakarta("2026-11-25 10:16")
	pkh(3, 6, 75_000)
	w.compare("one family's", w.flagged(DefaultThresholds()), []string{
		"both programmes | 25 Nov 09:00:00 | 25 Nov 09:15:00 | 60060060 | 600600600600600 | 1 | 1 | 185000 | BPNT and PKH",
	})
}

func TestFlagHours(t *testing.T) {
	w := flagWorld(t)
	w.sale("08:30", 1, 1, 1000)
	w.sale("21:00", 1, 2, 1000)
	w.compare("by day", w.flagged(DefaultThresholds()), nil)
	w.sale("21:01", 2, 3, 1000)
	w.sale("21:02", 3, 4, 1000)
	w.compare("at night", w.flagged(DefaultThresholds()), []string{
		"outside hours | 25 Nov 21:01:00 | 25 Nov 21:02:00 | 60060060 | 600600600600600 | - | 2 | 2000 | 2 redemptions",
	})
	w.compare("as of that evening", lines(w.report(Flags(Scope{}, DefaultThresholds()), "2026-11-25 21:01"), "outlet", "region"), []string{
		"outside hours | 25 Nov 21:01:00 | 25 Nov 21:01:00 | 60060060 | 600600600600600 | - | 1 | 1000 | 1 redemptions",
	})
	w.decree("BPNT", "2026-11-26", func(r *Rule) { r.Opens, r.Closes = new("03:00"), new("23:00") })
	w.jakarta("2026-11-26 04:00")
	w.buy(4, 5, 1000)
	w.compare("the programme's own hours", w.flagged(DefaultThresholds()), nil)
	w.says("another region's day", w.report(Flags(Scope{From: "2026-11-25", Region: 3175}, DefaultThresholds()), ""))
}
