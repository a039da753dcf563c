package e2e

import (
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

// cutBank is a switch that speaks for one terminal and one family. Every connection of it begins with a sign-on.
func (w *world) cutBank(tid string) cutter {
	w.t.Helper()
	w.check(w.operator.AddTerminal(w.t.Context(), ledger.NewTerminal{Link: "switch", TID: tid, MID: testMID}))
	b, c := w.signOn(), w.family()
	signOn := func() iso.Outgoing { return b.speaker.SignOn(b.next(), time.Now()) }
	redeem := func() iso.Outgoing {
		return b.speaker.Purchase(iso.Forward{
			STAN: b.next(), At: time.Now(), RRN: "632902000001", TID: tid, MID: testMID, Card: c.track2, Amount: 5_000,
		})
	}
	redeemed := func() iso.Outgoing {
		o := redeem()
		b.want("purchase", "00", o)
		return o
	}
	today, tomorrow := w.today()
	return cutter{[]cutJob{
		{"sign-on", signOn, b.insist, debitsUncounted},
		{"echo", func() iso.Outgoing { return b.speaker.Echo(b.next(), time.Now()) }, b.insist, debitsUncounted},
		{"purchase", redeem, b.undone, debitsIfHeard},
		{"purchase, repeated", redeem, b.repeated, debitsOnce},
		{"reversal", func() iso.Outgoing { return b.reversal(redeemed()) }, b.insist, debitsUncounted},
		{"reversal advice", func() iso.Outgoing {
			return b.speaker.ReversalAdvice(b.next(), time.Now(), redeemed())
		}, b.insist, debitsUncounted},
		{"cut-over", func() iso.Outgoing {
			return b.speaker.CutOver(b.next(), time.Now(), tomorrow)
		}, b.insist, debitsUncounted},
		{"reconciliation", func() iso.Outgoing {
			return b.speaker.Reconciliation(b.next(), time.Now(), today, iso.Figures{})
		}, b.answered, debitsUncounted},
	}, func() []iso.Outgoing { return []iso.Outgoing{signOn()} }}
}

// insist repeats a message without an answer until it has its 00.
func (b *bank) insist(o iso.Outgoing, a *iso.Answer) {
	if a == nil {
		a = b.ask(o.Repeat())
	}
	if a.ResponseCode != "00" {
		b.t.Errorf("%s: DE39 %s", o.MTI, a.ResponseCode)
	}
}

// answered repeats a message without an answer until it has any.
func (b *bank) answered(o iso.Outgoing, a *iso.Answer) {
	if a == nil {
		b.ask(o.Repeat())
	}
}

// undone reverses a purchase, twice, and its repeat comes too late.
func (b *bank) undone(o iso.Outgoing, a *iso.Answer) {
	undo := b.reversal(o)
	code := b.ask(undo).ResponseCode
	if code != "00" && (a != nil || code != "25") { // 25: the host never had the purchase, and will not take it any more
		b.t.Errorf("reversal: DE39 %s", code)
	}
	if a == nil {
		b.want("reversal, repeated", code, undo.Repeat())
		b.want("what was reversed, late", "94", o.Repeat())
	}
}

// repeated asks again for what was not heard, which debits once, and then takes it back.
func (b *bank) repeated(o iso.Outgoing, a *iso.Answer) {
	b.insist(o, a)
	b.want("reversal", "00", b.reversal(o))
}
