package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bpnt/gateway"
	"bpnt/iso"
	"bpnt/ledger"
)

// hindrance is one thing that stands in the way of a purchase, and DE39 where it is the first of them. Two of one kind
// cannot be in the way at once.
type hindrance struct {
	name, code, kind string
	sql              string // run by the owner, for the card's family
	message          func(w *world, c card, o *iso.Outgoing)
}

func from(tid, mid string) func(*world, card, *iso.Outgoing) {
	return func(_ *world, _ card, o *iso.Outgoing) {
		if tid != "" {
			o.TID = tid
		}
		if mid != "" {
			o.MID = mid
		}
	}
}

func withPIN(digits string) func(*world, card, *iso.Outgoing) {
	return func(w *world, c card, o *iso.Outgoing) { o.PIN = block(w.t, c, digits) }
}

func withAmount(idr int64) func(*world, card, *iso.Outgoing) {
	return func(_ *world, _ card, o *iso.Outgoing) { o.Amount = idr }
}

// hindrances stand in their order of precedence (DESIGN D5).
var hindrances = []hindrance{
	{name: "unknown terminal", code: "58", kind: "terminal", message: from("NOBODY01", "")},
	{name: "suspended terminal", code: "58", kind: "terminal", message: from("SUSPTID1", "")},
	{name: "another outlet's MID", code: "03", kind: "outlet", message: from("", "SUSPENDED")},
	{name: "suspended outlet", code: "03", kind: "terminal outlet", message: from("SUSPOUT1", "SUSPENDED")},
	{
		name: "unknown card", code: "14", kind: "card pin",
		message: func(w *world, _ card, o *iso.Outgoing) {
			track, err := iso.ParseTrack2("9999120000000001=30121200000000000000")
			w.check(err)
			o.Track2, o.PIN = track, block(w.t, card{track2: track}, testPIN)
		},
	},
	{name: "lost card", code: "41", kind: "card", sql: `update bpnt.card set status = 'lost'`},
	{name: "stolen card", code: "43", kind: "card", sql: `update bpnt.card set status = 'stolen'`},
	{name: "card not handed over", code: "62", kind: "card", sql: `update bpnt.card set status = 'inactive'`},
	{name: "blocked card", code: "62", kind: "card", sql: `update bpnt.card set status = 'blocked'`},
	{name: "expired card", code: "54", kind: "expiry", sql: `update bpnt.card set expiry = 2610`},
	{name: "no PIN tries left", code: "75", kind: "tries", sql: `update bpnt.card set tries = 3`},
	{name: "no PIN", code: "55", kind: "pin", message: func(_ *world, _ card, o *iso.Outgoing) { o.PIN = iso.PINBlock{} }},
	{name: "a PIN under another key", code: "96", kind: "pin", message: func(_ *world, _ card, o *iso.Outgoing) {
		o.PIN = iso.NewPINBlock([8]byte{1, 2, 3, 4, 5, 6, 7, 8})
	}},
	{name: "wrong PIN", code: "55", kind: "pin", message: withPIN("654321")},
	{name: "amount 0", code: "13", kind: "amount", message: withAmount(0)},
	{name: "more than there is", code: "51", kind: "amount", message: withAmount(testGrant + 1)},
}

// TestPairsOfHindrances: of every two things that are in the way of a purchase at once the higher one is told, over the
// wire, and no money moves; a reversal is heard whatever is in the way (F58, F59).
func TestPairsOfHindrances(t *testing.T) {
	w := newWorld(t, func(c *gateway.Config) { c.Limits.WrongPINsTerminal, c.Limits.WrongPINsOutlet = 1_000, 1_000 })
	w.addOutlet("SUSPENDED")
	w.addTerminal("SUSPOUT1", "SUSPENDED")
	w.addTerminal("SUSPTID1", testMID)
	w.check(w.operator.ChangeOutlet(t.Context(), "SUSPENDED", ledger.OutletSuspend, "test"))
	w.check(w.operator.ChangeTerminal(t.Context(), "edc", "SUSPTID1", ledger.TerminalSuspend, "test"))
	cards := map[int]card{}
	for i := range len(hindrances) * len(hindrances) {
		if hindrances[i/len(hindrances)].with(hindrances[i%len(hindrances)]) {
			cards[i] = w.family()
		}
	}
	w.disburse()
	e, stan := w.dial(), int32(0)
	for i, c := range cards {
		high, low := hindrances[i/len(hindrances)], hindrances[i%len(hindrances)]
		stan++
		o := w.purchase(c, stan, 1_000)
		for _, h := range []hindrance{low, high} {
			if h.sql != "" {
				w.asOwner(fmt.Sprintf("%s where family = %d", h.sql, c.family))
			}
			if h.message != nil {
				h.message(w, c, &o)
			}
		}
		e.want(high.name+", and "+low.name, high.code, o)
		e.want("the reversal of that", "00", terminal(o.TID).Reversal(o))
		w.wantBalance(high.name+", and "+low.name, c, testGrant)
	}
	w.audit()
}

// with tells whether the other may be in the way at the same time, below this one.
func (h hindrance) with(low hindrance) bool {
	at := func(x hindrance) int {
		return slices.IndexFunc(hindrances, func(y hindrance) bool { return x.name == y.name })
	}
	shared := slices.ContainsFunc(strings.Fields(h.kind), func(kind string) bool {
		return slices.Contains(strings.Fields(low.kind), kind)
	})
	return at(h) < at(low) && !shared
}
