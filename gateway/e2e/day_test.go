package e2e

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	"bpnt/iso"
)

// TestDayOfATerminal: purchases, a void, its reversal, a refund, an advice, and a settlement that agrees; then a day whose
// totals are wrong, with upload and trailer. Every answer, the slip, and the books.
func TestDayOfATerminal(t *testing.T) {
	w := newWorld(t, refunding)
	w.onCredit(50_000, 200_000)
	a, b := w.family(), w.family()
	w.disburse()
	k := w.till(testTID)

	first, second := k.sell(a, 10_000), k.sell(a, 20_000)
	void := k.void("void of the first", "00", first)
	w.wantBalance("after the void", a, testGrant-20_000)
	k.want("reversal of the void", "00", k.who.VoidReversal(void))
	k.add(0, 1, 10_000)
	w.wantBalance("after the void's reversal", a, testGrant-30_000)
	k.void("void of the first, anew", "00", first)
	k.want("refund of a part", "00", k.who.Refund(k.next(), second.Outgoing, second.rrn, 5_000))
	k.add(1, 1, 5_000)
	w.wantBalance("after the refund", a, testGrant-15_000)
	k.want("advice beyond the purse", "00", k.who.Advice(k.next(), b.track2, testGrant+30_000, "000009", 1125094257))
	k.add(0, 1, testGrant+30_000)
	w.wantBalance("after the advice", b, 0)
	answer := k.settle("settlement", "00")
	for _, line := range []string{"SETTLEMENT;", "BATCH : 000001 DITUTUP;", "PENJUALAN 003", "VOID      001          Rp 10.000", "REFUND    001", "TOTAL     003         Rp 155.000"} {
		if !strings.Contains(answer.Receipt, line) {
			t.Errorf("the slip lacks %q:\n%s", line, answer.Receipt)
		}
	}
	w.wantExceptions()

	third := k.sell(a, 7_000)
	k.add(0, 1, 1) // and it lost count
	if got := k.settle("wrong totals", "95"); got.Receipt != "" || got.Totals == nil || *got.Totals != k.count {
		t.Errorf("answer to wrong totals %+v", got)
	}
	k.want("upload", "00", k.who.Upload(k.next(), third.Outgoing, third.rrn, false))
	if got := k.want("trailer", "00", k.who.Trailer(k.next(), k.count)); !strings.Contains(got.Receipt, "YANG BERLAKU TOTAL BANK") {
		t.Errorf("the slip does not say whose totals count:\n%s", got.Receipt)
	}
	k.open()
	w.wantExceptions("batch_totals")
	k.settle("an empty batch", "00")
	w.wantExceptions("batch_totals")
	w.wantBalance("at the end", a, testGrant-22_000)
	w.audit()
}

// TestRepeatsOfTheDay: what was answered once is answered the same again, every byte but TPDU and MAC, and moves nothing.
func TestRepeatsOfTheDay(t *testing.T) {
	w := newWorld(t, refunding)
	w.onCredit(50_000, 200_000)
	c := w.family()
	w.disburse()
	k := w.till(testTID)
	s, other := k.sell(c, 10_000), k.sell(c, 20_000)
	void := k.who.Void(k.next(), s.Outgoing, s.rrn)
	for what, o := range map[string]iso.Outgoing{
		"void": void, "refund": k.who.Refund(k.next(), other.Outgoing, other.rrn, 3_000),
		"advice": k.who.Advice(k.next(), c.track2, 1_000, "000007", 1125094257),
	} {
		k.want(what, "00", o)
		balance := w.balance(c.family)
		first := w.burst(k.frame(o), 1, 1)[0]
		copies := append(w.burst(k.frame(o), 4, 5), w.burst(k.frame(o.Repeat()), 4, 5)...)
		for _, got := range copies {
			if !bytes.Equal(got, first) {
				t.Errorf("%s: a copy was answered %x, the first %x", what, got, first)
			}
		}
		w.wantBalance(what, c, balance)
	}
	k.want("the same void with another amount", "94", func() iso.Outgoing { o := void; o.Amount++; return o }())
	k.want("reversal of the void", "00", k.who.VoidReversal(void))
	k.want("the void, after its reversal", "94", void.Repeat())
	k.want("reversal of the void, again", "00", k.who.VoidReversal(void).Repeat())
	w.audit()
}

// TestBadVoids: 25 each, and no money moves.
func TestBadVoids(t *testing.T) {
	w := newWorld(t, refunding)
	w.addTerminal("OTHER001", testMID)
	c, d := w.family(), w.family()
	w.disburse()
	k, other := w.till(testTID), w.till("OTHER001")
	closed := k.sell(c, 1_000)
	k.settle("the batch of the first", "00")
	voided, reversed, refunded, open := k.sell(c, 2_000), k.sell(c, 3_000), k.sell(c, 4_000), k.sell(c, 5_000)
	k.void("a good one", "00", voided)
	k.want("its reversal", "00", k.who.Reversal(reversed.Outgoing))
	k.want("a refund", "00", k.who.Refund(k.next(), refunded.Outgoing, refunded.rrn, 100))
	balance := w.balance(c.family)

	k.void("of an RRN that nobody has", "25", sale{open.Outgoing, "009999999999"})
	k.void("of an RRN of a bucket that is none", "25", sale{open.Outgoing, "990000000001"})
	k.void("of an RRN that is no number", "25", sale{open.Outgoing, "ABCDEFGHIJKL"})
	k.void("of a closed batch", "25", closed)
	k.void("of one that is void", "25", voided)
	k.void("of one that was reversed", "25", reversed)
	k.void("of one that was refunded", "25", refunded)
	k.want("of another amount", "25", func() iso.Outgoing {
		o := k.who.Void(k.next(), open.Outgoing, open.rrn)
		o.Amount--
		return o
	}())
	k.want("of another card", "25", k.who.Void(k.next(), func() iso.Outgoing { o := open.Outgoing; o.Track2 = d.track2; return o }(), open.rrn))
	other.void("of another terminal", "25", open)
	w.wantBalance("after all of them", c, balance)
	w.wantBalance("and the other family", d, testGrant)
	k.want("the purchase, void since", "94", voided.Outgoing.Repeat())
	w.wantExceptions()
	w.audit()
}

// TestBadRefunds: each with its code, and no money moves.
func TestBadRefunds(t *testing.T) {
	w := newWorld(t, refunding)
	w.addOutlet("OUTLET2")
	w.addTerminal("OTHER001", "OUTLET2")
	c := w.family()
	w.disburse()
	k, other := w.till(testTID), w.till("OTHER001")
	other.who.MID = "OUTLET2"
	s, voided := k.sell(c, 5_000), k.sell(c, 6_000)
	k.void("a void", "00", voided)
	k.settle("the batch", "00")
	k.want("of a closed batch", "00", k.who.Refund(k.next(), s.Outgoing, s.rrn, 2_000))
	balance := w.balance(c.family)
	k.want("of more than is left", "61", k.who.Refund(k.next(), s.Outgoing, s.rrn, 3_001))
	k.want("of one that is void", "25", k.who.Refund(k.next(), voided.Outgoing, voided.rrn, 1))
	k.want("of an unknown RRN", "25", k.who.Refund(k.next(), s.Outgoing, "009999999999", 1))
	k.want("of nothing", "13", k.who.Refund(k.next(), s.Outgoing, s.rrn, 0))
	other.want("at another outlet", "25", other.mine(other.who.Refund(other.next(), s.Outgoing, s.rrn, 1)))
	w.wantBalance("after all of them", c, balance)

	without := newWorld(t, nil)
	d := without.family()
	without.disburse()
	l := without.till(testTID)
	s = l.sell(d, 5_000)
	l.want("on a link that takes none", "12", l.who.Refund(l.next(), s.Outgoing, s.rrn, 1))
	without.wantBalance("where refunds are not taken", d, testGrant-5_000)
	w.audit()
	without.audit()
}

// TestRefundAndAdviceUndone: their reversals take the money again, and give back what the purse paid and the debt.
func TestRefundAndAdviceUndone(t *testing.T) {
	w := newWorld(t, refunding)
	w.onCredit(50_000, 200_000)
	c, d := w.family(), w.family()
	w.disburse()
	k := w.till(testTID)
	s := k.sell(c, 5_000)
	refund := k.who.Refund(k.next(), s.Outgoing, s.rrn, 2_000)
	k.want("refund", "00", refund)
	k.want("its reversal", "00", k.who.Reversal(refund))
	w.wantBalance("after the refund was undone", c, testGrant-5_000)
	k.want("the refund, late", "94", refund.Repeat())
	k.want("refund of all of it", "00", k.who.Refund(k.next(), s.Outgoing, s.rrn, 5_000))
	k.add(1, 1, 5_000)
	w.wantBalance("after the refund of all", c, testGrant)

	advice := k.who.Advice(k.next(), d.track2, testGrant+20_000, "000005", 1125094257)
	k.want("advice", "00", advice)
	k.want("its reversal", "00", k.who.Reversal(advice))
	w.wantBalance("after the advice was undone", d, testGrant)
	if owed := w.figure("select coalesce(sum(owed), 0) from bpnt.receivable"); owed != 0 {
		t.Errorf("the family owes Rp %d", owed)
	}
	k.settle("settlement", "00")
	w.wantExceptions()
	w.audit()
}

// TestAdvicesThatAreRefused: off unless the programme turns it on, within its caps; people see what is not booked.
func TestAdvicesThatAreRefused(t *testing.T) {
	w := newWorld(t, nil)
	c, d := w.family(), w.family()
	w.disburse()
	k := w.till(testTID)
	advice := func(c card, amount int64) iso.Outgoing {
		return k.who.Advice(k.next(), c.track2, amount, "000001", 1125094257)
	}
	k.want("where the programme books none", "57", advice(c, 1_000))
	w.onCredit(50_000, testGrant+60_000)
	k.want("more than the family may owe", "61", advice(c, testGrant+50_001))
	k.want("as much as the family may owe", "00", advice(c, testGrant+50_000))
	k.want("more than the outlet may hand out in a day", "61", advice(d, 10_001))
	w.wantBalance("of the one that was refused", d, testGrant)
	w.wantExceptions("advice_refused", "advice_refused", "advice_refused")
	w.audit()
}

// TestVoidUndoneAfterTheMoneyWasSpent: the terminal hears 00, the family owes, people see it.
func TestVoidUndoneAfterTheMoneyWasSpent(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	k := w.till(testTID)
	void := k.void("void", "00", k.sell(c, 100_000))
	k.sell(c, 90_000)
	k.want("reversal of the void", "00", k.who.VoidReversal(void))
	w.wantBalance("afterwards", c, 0)
	if owed := w.figure("select sum(owed) from bpnt.receivable"); owed != 80_000 {
		t.Errorf("the family owes Rp %d", owed)
	}
	w.wantExceptions("void_spent")
	w.audit()
}

// TestBadSettlements: trailers and settlements that are out of place.
func TestBadSettlements(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	k := w.till(testTID)
	k.want("a trailer without a settlement", "77", k.who.Trailer(k.next(), k.count))
	k.sell(c, 1_000)
	batch, count := k.who, k.count
	closing := k.who.Settlement(k.next(), k.count)
	first := k.want("the settlement", "00", closing)
	if again := k.want("the same again", "00", closing.Repeat()); again.Receipt != first.Receipt || again.Time != first.Time {
		t.Errorf("answered\n%s\nand then\n%s", first.Receipt, again.Receipt)
	}
	k.want("the same STAN with other totals", "94", batch.Settlement(closing.STAN, iso.Totals{N: 2}))
	if again := k.want("a batch that is closed, anew", "00", batch.Settlement(k.next(), count)); again.Receipt != first.Receipt {
		t.Errorf("answered\n%s\nand then\n%s", first.Receipt, again.Receipt)
	}
	count.Pairs[0].Amount++
	k.want("a batch that is closed, with other totals", "79", batch.Settlement(k.next(), count))
	bare := batch.Trailer(k.next(), count)
	bare.Totals = nil
	if a := k.want("a trailer that names no totals", "00", bare); a.Receipt == "" || a.Fields.Has(63) {
		t.Errorf("answered %v\n%s", a.Fields, a.Receipt)
	}
	unknown := k.who
	unknown.TID = "NOBODY01"
	k.want("of an unknown terminal", "58", unknown.Settlement(k.next(), k.count))
	if n := w.figure("select count(*) from bpnt.batch"); n != 1 {
		t.Errorf("%d batches were closed", n)
	}
	w.wantExceptions()
	w.audit()
}

// TestTotalsOfAWrongLength: DE63 has 15, 30, 60 or 90 characters; any other is 30, and the batch stays open.
func TestTotalsOfAWrongLength(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	k := w.till(testTID)
	k.sell(c, 1_000)
	for _, n := range []int{0, 1, 14, 16, 29} {
		k.send(withTotalsOf(k.frame(k.who.Settlement(k.next(), k.count)), n))
		if a, _, err := k.receive(10 * time.Second); err != nil || a.MTI != 0x0510 || a.ResponseCode != "30" {
			t.Errorf("totals of %d characters: %v", n, err)
		}
	}
	if n := w.figure("select count(*) from bpnt.batch"); n != 0 {
		t.Errorf("%d batches were closed", n)
	}
	k.send(withTotalsOf(k.frame(k.who.Settlement(k.next(), k.count)), 15))
	if a, _, err := k.receive(10 * time.Second); err != nil || a.ResponseCode != "00" {
		t.Errorf("one pair: %v", err)
	}
	if n := w.figure("select count(*) from bpnt.batch"); n != 1 {
		t.Errorf("%d batches were closed", n)
	}
	w.audit()
}

// withTotalsOf cuts DE63 of a settlement, its last field, to so many of its 30 characters.
func withTotalsOf(frame []byte, n int) []byte {
	length := len(frame) - 30 - 2
	cut := append(slices.Clone(frame[:length]), 0, byte(n/10<<4|n%10))
	cut = append(cut, frame[length+2:length+2+n]...)
	binary.BigEndian.PutUint16(cut, uint16(len(cut)-2))
	return cut
}

// TestBadUploads: nothing of an upload is ever debited, whatever it names.
func TestBadUploads(t *testing.T) {
	w := newWorld(t, nil)
	w.addTerminal("OTHER001", testMID)
	c := w.family()
	w.disburse()
	k, other := w.till(testTID), w.till("OTHER001")
	mine, theirs := k.sell(c, 1_000), other.sell(c, 2_000)
	k.add(0, 1, 1)
	k.settle("wrong totals", "95")
	lost := k.who.Purchase(k.next(), c.track2, 9_000, iso.PINBlock{}, "000009")
	for _, u := range []struct {
		what, code string
		o          iso.Outgoing
	}{
		{"one of mine", "00", k.who.Upload(k.next(), mine.Outgoing, mine.rrn, true)},
		{"another terminal's RRN", "25", k.mine(k.who.Upload(k.next(), theirs.Outgoing, theirs.rrn, true))},
		{"one that the host never saw", "00", k.who.Upload(k.next(), lost, "000000009999", true)},
		{"another amount", "00", k.who.Upload(k.next(), func() iso.Outgoing { o := mine.Outgoing; o.STAN, o.Amount = 77, 5; return o }(), mine.rrn, false)},
	} {
		first := k.want(u.what, u.code, u.o)
		if again := k.want(u.what+", again", u.code, u.o); again.RRN != first.RRN || first.RRN != u.o.RRN {
			t.Errorf("%s: RRN %s, and then %s", u.what, first.RRN, again.RRN)
		}
	}
	w.wantExceptions("upload_differs", "upload_foreign", "upload_unknown")
	k.want("the trailer", "00", k.who.Trailer(k.next(), k.count))
	w.wantExceptions("batch_totals", "upload_differs", "upload_foreign", "upload_unknown")
	w.wantBalance("after the upload", c, testGrant-3_000)
	if report := w.audit(); report.Redemptions != 2 {
		t.Errorf("%d redemptions", report.Redemptions)
	}
}

// TestForgottenBatch: the cut-off closes it; the terminal settles late, and its totals agree.
func TestForgottenBatch(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	k := w.till(testTID)
	k.sell(c, 1_000)
	report, err := w.operator.CloseForgotten(t.Context(), time.Now())
	w.check(err)
	if len(report.Batches) != 1 {
		t.Errorf("the cut-off closed %d batches", len(report.Batches))
	}
	k.sell(c, 2_000)
	k.settle("the late settlement of both", "00")
	w.wantExceptions()
	if report := w.audit(); report.Redemptions != 2 {
		t.Errorf("%+v", report)
	}
}
