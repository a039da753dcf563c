package e2e

import (
	"fmt"
	"testing"

	"bpnt/iso"
	"bpnt/loadtest/faults"
)

// cuttersAtOnce share the commits.
func cuttersAtOnce(t *testing.T) int { return shortly(t, 16, 6) }

// TestCutAtEveryByte: every message of a terminal and every answer to it is cut at every byte offset, over a connection of
// its own and under a STAN of its own. The terminal does what terminals do: it reverses what may have been done, repeats
// what must be done, and all money ends where it was.
func TestCutAtEveryByte(t *testing.T) {
	w := newWorld(t, refunding)
	w.onCredit(50_000, 100_000_000)
	var cutters []cutter
	for n := range cuttersAtOnce(t) {
		cutters = append(cutters, w.cutTill(fmt.Sprintf("CUT%05d", n)))
	}
	w.disburse()
	w.cutAll(w.crossing(0), cutters)
}

// TestSwitchCutAtEveryByte is the same with a bank's switch.
func TestSwitchCutAtEveryByte(t *testing.T) {
	w := switchWorld(t, nil)
	var cutters []cutter
	for n := range cuttersAtOnce(t) {
		cutters = append(cutters, w.cutBank(fmt.Sprintf("CUT%05d", n)))
	}
	w.disburse()
	w.cutAll(w.crossing(1), cutters)
}

// cutAll cuts every message of the cutters, counts, and holds the books against what was there before.
func (w *world) cutAll(x *crossing, cutters []cutter) {
	w.t.Helper()
	total, before := 0, w.audit()
	for n, job := range cutters[0].jobs {
		request, answer, cuts := x.cutEverywhere(cutters, n)
		after := w.audit()
		if after.DebitsIDR != before.DebitsIDR {
			w.t.Errorf("%s: outlets are owed Rp %d more than before", job.name, after.DebitsIDR-before.DebitsIDR)
		}
		w.wantDebits(job, after.Redemptions-before.Redemptions, cuts, answer)
		total, before = total+cuts, after
		w.t.Logf("%-26s request of %3d bytes, answer of %3d: cut %4d times", job.name, request, answer, cuts)
	}
	for family := int64(1); family <= w.families; family++ {
		if got := w.balance(family); got != testGrant {
			w.t.Errorf("family %d has %d, want %d", family, got, testGrant)
		}
	}
	if got := x.proxy.Counts()[faults.Cut]; got != int64(total) {
		w.t.Errorf("the network cut %d frames, want %d", got, total)
	}
	if !w.t.Failed() {
		w.t.Logf("%d cuts of %d messages and their answers: 0 wrong", total, len(cutters[0].jobs))
	}
}

// wantDebits counts the debits of a job with the one exchange that was measured. Of the messages that are not repeated
// those debit whose answer was cut, and perhaps the request that passed whole, if its reversal was not faster.
func (w *world) wantDebits(job cutJob, got int64, cuts, answer int) {
	w.t.Helper()
	least, most := int64(cuts)+1, int64(cuts)+1
	switch job.debits {
	case debitsUncounted:
		return
	case debitsIfHeard:
		least = int64(len(cutPlaces(0, answer, cutStep(w.t))))
		most = least + 1
	}
	if got < least || got > most {
		w.t.Errorf("%s: %d debits, want %d to %d", job.name, got, least, most)
	}
}

// cutTill is a terminal with one family, whose answers are cut. What it sends to make good goes over a connection that
// holds.
func (w *world) cutTill(tid string) cutter {
	w.addTerminal(tid, testMID)
	k, c := w.till(tid), w.family()
	jobs := []cutJob{
		{"logon", func() iso.Outgoing { return k.who.Logon(k.next()) }, k.insist("00"), debitsUncounted},
		{"echo", k.echo, k.insist("00"), debitsUncounted},
		{"balance inquiry", func() iso.Outgoing { return k.inquiry(c) }, k.insist("00"), debitsUncounted},
		{"purchase", func() iso.Outgoing { return k.purchase(c) }, k.undone(k.who.Reversal), debitsIfHeard},
		{"purchase, repeated", func() iso.Outgoing { return k.purchase(c) }, k.repeated, debitsOnce},
		{"reversal", func() iso.Outgoing {
			return k.who.Reversal(k.sell(c, 5_000).Outgoing)
		}, k.insist("00"), debitsUncounted},
	}
	jobs = append(jobs, k.cutAmendments(c)...)
	jobs = append(jobs, k.cutSettlements(c)...)
	return cutter{jobs, func() []iso.Outgoing { return nil }}
}

// cutAmendments are the messages about an earlier one, and the one that happened already.
func (k *till) cutAmendments(c card) []cutJob {
	var s sale
	back := func(what func(iso.Outgoing, *iso.Answer)) func(iso.Outgoing, *iso.Answer) {
		return func(o iso.Outgoing, a *iso.Answer) {
			what(o, a)
			k.want("the sale is reversed", "00", k.who.Reversal(s.Outgoing))
		}
	}
	void := func() iso.Outgoing {
		s = k.sell(c, 5_000)
		return k.who.Void(k.next(), s.Outgoing, s.rrn)
	}
	return []cutJob{
		{"void", void, back(k.undone(k.who.VoidReversal)), debitsUncounted},
		{"reversal of a void", func() iso.Outgoing {
			o := void()
			k.want("void", "00", o)
			return k.who.VoidReversal(o)
		}, back(k.insist("00")), debitsUncounted},
		{"refund", func() iso.Outgoing {
			s = k.sell(c, 5_000)
			return k.who.Refund(k.next(), s.Outgoing, s.rrn, 2_000)
		}, back(k.undone(k.who.Reversal)), debitsUncounted},
		{"advice", func() iso.Outgoing {
			return k.who.Advice(k.next(), c.track2, 3_000, "000009", 1125094257)
		}, func(o iso.Outgoing, a *iso.Answer) {
			k.insist("00")(o, a)
			k.want("the advice is reversed", "00", k.who.Reversal(o))
		}, debitsUncounted},
	}
}

// cutSettlements are the messages that close a batch.
func (k *till) cutSettlements(c card) []cutJob {
	wrong := iso.Totals{N: 2}
	wrong.Pairs[0] = iso.Total{Count: 1, Amount: 1}
	closed := func(o iso.Outgoing, a *iso.Answer) {
		k.insist("00")(o, a)
		k.open()
	}
	differs := func() { k.want("wrong totals", "95", k.who.Settlement(k.next(), wrong)) }
	return []cutJob{
		{"settlement", func() iso.Outgoing {
			return k.who.Settlement(k.next(), iso.Totals{N: 2})
		}, closed, debitsUncounted},
		{"batch upload", func() iso.Outgoing {
			s := k.sell(c, 5_000)
			k.want("the sale is reversed", "00", k.who.Reversal(s.Outgoing))
			differs()
			return k.who.Upload(k.next(), s.Outgoing, s.rrn, false)
		}, func(o iso.Outgoing, a *iso.Answer) {
			k.insist("00")(o, a)
			k.want("trailer", "00", k.who.Trailer(k.next(), wrong))
			k.open()
		}, debitsUncounted},
		{"trailer of an upload", func() iso.Outgoing {
			differs()
			return k.who.Trailer(k.next(), wrong)
		}, closed, debitsUncounted},
	}
}

func (k *till) purchase(c card) iso.Outgoing {
	stan := k.next()
	return k.who.Purchase(stan, c.track2, 5_000, block(k.t, c, testPIN), fmt.Sprintf("%06d", stan))
}

func (k *till) inquiry(c card) iso.Outgoing {
	return k.who.Inquiry(k.next(), c.track2, block(k.t, c, testPIN))
}

func (k *till) echo() iso.Outgoing {
	o := k.who.Logon(k.next())
	o.ProcessingCode = iso.ProcessingTest
	return o
}

// insist repeats a message without an answer, and wants this code however it came.
func (k *till) insist(code string) func(iso.Outgoing, *iso.Answer) {
	return func(o iso.Outgoing, a *iso.Answer) {
		if a == nil {
			a = k.ask(o.Repeat())
		}
		if a.ResponseCode != code {
			k.t.Errorf("%s: DE39 %s, want %s", o.MTI, a.ResponseCode, code)
		}
	}
}

// undone takes a message back: once, and for a cut one a second time. Then its repeat must be refused.
func (k *till) undone(reversal func(iso.Outgoing) iso.Outgoing) func(iso.Outgoing, *iso.Answer) {
	return func(o iso.Outgoing, a *iso.Answer) {
		if a != nil && a.ResponseCode != "00" {
			k.t.Errorf("%s: DE39 %s", o.MTI, a.ResponseCode)
		}
		undo := reversal(o)
		k.want("reversal", "00", undo)
		if a == nil {
			k.want("reversal, repeated", "00", undo.Repeat())
			k.want("what was reversed, late", "94", o.Repeat())
		}
	}
}

// repeated asks again for what was not heard, which debits once, and then takes it back.
func (k *till) repeated(o iso.Outgoing, a *iso.Answer) {
	k.insist("00")(o, a)
	k.want("reversal", "00", k.who.Reversal(o))
}
