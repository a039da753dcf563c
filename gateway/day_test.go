package gateway

import (
	"slices"
	"testing"

	"bpnt/iso"
	"bpnt/ledger"
)

// onceOnly are the messages that move money once, as a terminal sends them, all of one card and with one STAN.
func onceOnly(stan int32) map[string]*iso.Outgoing {
	sale := *purchase(1)
	void, refund := speaker(sale.TID).Void(stan, sale, "000000000061"), speaker(sale.TID).Refund(stan, sale, "000000000061", 20_000)
	advice := *purchase(stan)
	advice.MTI = iso.MTIAdvice
	all := map[string]*iso.Outgoing{"void": &void, "refund": &refund, "advice": &advice}
	for _, o := range all {
		o.Fields = o.Fields.Without(64)
	}
	return all
}

func refunding(c *Config) { c.Links[0].Refund = true }

// TestWhatTheLedgerIsAsked of a void, a refund and an advice: DE37 is the original of the first two, and none has a PIN.
func TestWhatTheLedgerIsAsked(t *testing.T) {
	books := newPoster()
	e := dial(t, start(t, testConfig(func(c *Config) {
		refunding(c)
		c.Links[0].PIN = PINRequired
	}), books, keystore(t)))
	for name, want := range map[string]ledger.Request{
		"void":   {Kind: ledger.KindVoid, ProcessingCode: 20_000, Amount: 50_000, Original: 61},
		"refund": {Kind: ledger.KindRefund, ProcessingCode: 200_000, Amount: 20_000, Original: 61},
		"advice": {Kind: ledger.KindAdvise, ProcessingCode: 0, Amount: 50_000, Original: ledger.Absent, Programme: 1, ByCard: true},
	} {
		a := e.ask(onceOnly(62)[name])
		if a.ResponseCode != "00" || a.RRN == "" || a.RRN == "000000000061" || len(a.Approval) != 6 || a.Receipt == "" || a.Amount != want.Amount {
			t.Errorf("%s: answer %s, RRN %s, amount %d", name, a.ResponseCode, a.RRN, a.Amount)
		}
		posted := books.posted()
		r := posted[len(posted)-1]
		if r.Kind != want.Kind || r.ProcessingCode != want.ProcessingCode || r.Amount != want.Amount || r.Original != want.Original ||
			r.Programme != want.Programme || r.ByCard != want.ByCard || r.PINRequired || r.PINValue != 0 || r.STAN != 62 {
			t.Errorf("%s: the ledger was asked %+v", name, r)
		}
	}
}

// TestNoRefundUnlessTheLinkSaysSo: nothing reaches the ledger, and a repeat hears nothing, since before a restart with
// another setting its first copy may have been taken.
func TestNoRefundUnlessTheLinkSaysSo(t *testing.T) {
	books := newPoster()
	g := start(t, testConfig(nil), books, keystore(t))
	e := dial(t, g)
	if a := e.ask(onceOnly(62)["refund"]); a.ResponseCode != "12" {
		t.Errorf("refund: %s", a.ResponseCode)
	}
	repeat := onceOnly(62)["refund"].Repeat()
	e.wantSilence(g, &repeat)
	if len(books.posted()) > 0 {
		t.Error("a refund reached the ledger")
	}
}

// TestCopiesAreNotRefused: what moves money once is never told that nothing was done when an earlier copy may have been.
func TestCopiesAreNotRefused(t *testing.T) {
	for name := range onceOnly(1) {
		t.Run(name, func(t *testing.T) {
			books := newPoster()
			g := start(t, testConfig(refunding), books, keystore(t))
			e := dial(t, g)
			books.set(func() { books.fail, books.down = ledger.ErrUnavailable, true })
			if a := e.ask(onceOnly(1)[name]); a.ResponseCode != "91" {
				t.Errorf("a first message: %s", a.ResponseCode)
			}
			e.wantSilence(g, onceOnly(1)[name]) // its copy
			repeat := onceOnly(2)[name].Repeat()
			e.wantSilence(g, &repeat)
			falsely := onceOnly(1)[name]
			falsely.Fields, falsely.ComputeMAC = falsely.Fields.With(64), func([]byte) [8]byte { return [8]byte{1} }
			e.wantSilence(g, falsely) // a copy with a wrong MAC
		})
	}
}

// TestVoidIsNoCopyOfItsPurchase: the same STAN names another message in another class; an advice is of the same class.
func TestVoidIsNoCopyOfItsPurchase(t *testing.T) {
	books := newPoster()
	g := start(t, testConfig(refunding), books, keystore(t))
	e := dial(t, g)
	books.set(func() { books.fail, books.down = ledger.ErrUnavailable, true })
	for _, o := range []*iso.Outgoing{purchase(1), onceOnly(1)["void"], onceOnly(1)["refund"]} {
		if a := e.ask(o); a.ResponseCode != "91" {
			t.Errorf("DE3 %s: %s", o.ProcessingCode, a.ResponseCode)
		}
	}
	e.wantSilence(g, onceOnly(1)["advice"])
}

// TestUnknownVoidsAreSettled: the tombstone has the DE3 of what it blocks, so that the ledger leaves it under that key.
func TestUnknownVoidsAreSettled(t *testing.T) {
	books := newPoster()
	books.buckets = 1
	books.fail = ledger.ErrIndeterminate
	g := start(t, testConfig(func(c *Config) {
		impatient(c)
		refunding(c)
	}), books, keystore(t))
	codes := []int32{}
	for _, o := range onceOnly(7) {
		books.set(func() { books.fail = ledger.ErrIndeterminate })
		before := figure(t, g, `bpnt_shed_total{reason="outcome_unknown"}`)
		e := dial(t, g)
		e.send(e.frame(o))
		eventually(t, g, `bpnt_shed_total{reason="outcome_unknown"}`, before+1)
		books.set(func() {
			books.fail = nil
			books.outcome = func(ledger.Request) ledger.Result { return ledger.Result{Outcome: ledger.OutcomeBlocked} }
		})
		eventually(t, g, "bpnt_lanes_ready", 1)
	}
	for _, r := range books.posted() {
		if r.Kind != ledger.KindBlock {
			t.Errorf("settled by %+v", r)
		}
		codes = append(codes, r.ProcessingCode)
	}
	slices.Sort(codes)
	if !slices.Equal(codes, []int32{0, 20_000, 200_000}) {
		t.Errorf("settled the processing codes %v", codes)
	}
}

// TestMACOfTheDay: the policy binds every message that moves money or speaks of a batch.
func TestMACOfTheDay(t *testing.T) {
	keys := keystore(t)
	books, _, tak := equipped(t, keys)
	g := start(t, testConfig(func(c *Config) {
		refunding(c)
		c.Links[0].MAC, c.Limits.MACFailures = MACRequired, 100
	}), books, keys)
	e := dial(t, g)
	upload := speaker("60060060").Upload(9, *purchase(7), "000000000061", false)
	all := onceOnly(62)
	all["settlement"], all["upload"] = settlement("60060060", 63), &upload
	for name, o := range all {
		o.Fields = o.Fields.Without(64)
		if a := e.ask(o); a.ResponseCode != "63" {
			t.Errorf("%s without a MAC: %s", name, a.ResponseCode)
		}
		o.Fields, o.ComputeMAC = o.Fields.With(64), tak.MAC
		if a := e.ask(o); a.ResponseCode != "00" || !tak.VerifyMAC(a.MACInput, a.MAC) {
			t.Errorf("%s with a right MAC: %s", name, a.ResponseCode)
		}
	}
}
