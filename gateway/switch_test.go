package gateway

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bpnt/iso"
	"bpnt/ledger"
)

// TestSwitchAnswer: the switch knows its message by DE7, 11, 12, 13, 32 and 37, so its answer repeats them.
func TestSwitchAnswer(t *testing.T) {
	b := signedBank(t, start(t, switchConfig(nil), newPoster(), keystore(t)))
	o := b.purchase()
	a := b.want("purchase", "00", o)
	if got, want := a.Fields.Elements(), []int{2, 3, 4, 7, 11, 12, 13, 15, 18, 32, 33, 37, 38, 39, 41, 42, 49}; !slices.Equal(got, want) {
		t.Errorf("fields %v, want %v", got, want)
	}
	if a.RRN != o.RRN || a.Time != o.Time || a.Route.TransmissionTime != o.TransmissionTime || a.Route.Acquirer != o.Acquirer || a.Amount != o.Amount {
		t.Errorf("DE37 %s, time %v, DE7 %s, DE32 %s, amount %d", a.RRN, a.Time, a.Route.TransmissionTime, a.Route.Acquirer, a.Amount)
	}
	o = b.purchase()
	o.RRN = ""
	if a := b.want("without DE37", "00", o); len(a.RRN) != 12 {
		t.Errorf("DE37 %q of the ledger", a.RRN)
	}
	o = b.purchase()
	o.ProcessingCode = "470040"
	b.want("no redemption", "12", o)
}

// TestSwitchReversal: the books are asked for the original that DE90 names, whatever STAN the reversal itself has.
func TestSwitchReversal(t *testing.T) {
	books := newPoster()
	books.outcome = func(r ledger.Request) ledger.Result {
		if r.Kind == ledger.KindReverse {
			return ledger.Result{Outcome: ledger.OutcomeReversalUnmatched}
		}
		return ledger.Result{Outcome: ledger.OutcomeApproved}
	}
	b := signedBank(t, start(t, switchConfig(nil), books, keystore(t)))
	original := b.purchase()
	for what, make := range map[string]func() iso.Outgoing{
		"0400": func() iso.Outgoing { return b.speaker.Reversal(b.next(), bankTime, original) },
		"0401": func() iso.Outgoing { return repeat(b.speaker.Reversal(b.next(), bankTime, original)) },
		"0420": func() iso.Outgoing { return b.speaker.ReversalAdvice(b.next(), bankTime, original) },
		"0421": func() iso.Outgoing { return repeat(b.speaker.ReversalAdvice(b.next(), bankTime, original)) },
	} {
		a := b.want(what+" of nothing", "25", make())
		if a.Original == nil || a.Original.STAN != original.STAN || a.RRN != original.RRN {
			t.Errorf("%s: DE90 %v, DE37 %s", what, a.Original, a.RRN)
		}
	}
	for _, r := range books.posted() {
		if r.STAN != original.STAN || r.Kind != ledger.KindReverse || r.Amount != 50_000 || r.TID != switchTID {
			t.Errorf("posted %+v", r)
		}
	}
	if n := len(books.posted()); n != 4 {
		t.Errorf("%d posted", n)
	}
}

func TestReversalWithoutAnOriginal(t *testing.T) {
	books := newPoster()
	b := signedBank(t, start(t, switchConfig(nil), books, keystore(t)))
	o := b.speaker.Reversal(b.next(), bankTime, b.purchase())
	o.Original = nil
	b.want("no DE90", "30", o)
	o = b.speaker.Reversal(b.next(), bankTime, b.purchase())
	o.Original.MTI = iso.MTINetwork
	b.want("DE90 of a network message", "30", o)
	books.wantNothing(t)
}

func TestCutOver(t *testing.T) {
	books := newPoster()
	var dates []string
	books.cutOver = func(date string) ledger.Outcome {
		dates = append(dates, date)
		if date == "1124" {
			return ledger.OutcomeCutOverPast
		}
		return ledger.OutcomeApproved
	}
	b := signedBank(t, start(t, switchConfig(nil), books, keystore(t)))
	a := b.want("cut-over", "00", b.speaker.CutOver(b.next(), bankTime, "1126"))
	if a.SettlementDate != "1126" || a.Code != iso.NetworkCutOver {
		t.Errorf("DE15 %s, DE70 %s", a.SettlementDate, a.Code)
	}
	b.want("cut-over again", "00", b.speaker.CutOver(b.next(), bankTime, "1126"))
	b.want("to a day that is over", "12", b.speaker.CutOver(b.next(), bankTime, "1124"))
	b.speaker.Date = ""
	b.want("to no day", "30", b.speaker.CutOver(b.next(), bankTime, ""))
	b.want("a function that nobody has", "40", iso.Outgoing{
		MTI: iso.MTINetwork, Fields: iso.Fields(7, 11, 70), STAN: b.next(), Code: "0999", TransmissionTime: "1125024257",
	})
	if !slices.Equal(dates, []string{"1126", "1126", "1124"}) {
		t.Errorf("the books were asked for %v", dates)
	}
}

func TestReconciliation(t *testing.T) {
	books := newPoster()
	ours := ledger.SwitchTotals{
		Debits: ledger.Sum{Count: 3, Amount: 150_000}, DebitReversals: ledger.Sum{Count: 1, Amount: 50_000}, Net: 100_000,
	}
	var claims []ledger.SwitchClaim
	books.reconcile = func(c ledger.SwitchClaim) ledger.SwitchAnswer {
		claims = append(claims, c)
		if c.Totals != ours {
			return ledger.SwitchAnswer{Outcome: ledger.OutcomeTotalsDiffer, Ours: ours}
		}
		return ledger.SwitchAnswer{Outcome: ledger.OutcomeApproved, Ours: ours}
	}
	b := signedBank(t, start(t, switchConfig(nil), books, keystore(t)))
	theirs := iso.Figures{Debits: iso.Total{Count: 3, Amount: 150_000}, DebitReversals: iso.Total{Count: 1, Amount: 50_000}, Net: -100_000}
	check := func(a *iso.Answer, code string) {
		t.Helper()
		if a.SettlementCode != code || a.Figures == nil || a.Institution != "503" || a.SettlementDate != "1125" {
			t.Fatalf("DE66 %q, figures %v, DE99 %q, DE15 %q", a.SettlementCode, a.Figures, a.Institution, a.SettlementDate)
		}
		if diff := cmp.Diff(iso.Figures{Debits: theirs.Debits, DebitReversals: iso.Total{Count: 1, Amount: 50_000}, Net: -100_000}, *a.Figures); diff != "" {
			t.Errorf("our figures (-want +got)\n%s", diff)
		}
	}
	check(b.want("in balance", "00", b.speaker.Reconciliation(b.next(), bankTime, "1125", theirs)), inBalance)
	check(b.want("in balance, told", "00", b.speaker.ReconciliationAdvice(b.next(), bankTime, "1125", theirs)), inBalance)
	wrong := theirs
	wrong.DebitReversals = iso.Total{}
	check(b.want("out of balance", "95", b.speaker.Reconciliation(b.next(), bankTime, "1125", wrong)), outOfBalance)
	if len(claims) != 3 || claims[0].Date != "1125" || claims[0].Advice || !claims[1].Advice || claims[0].STAN == claims[2].STAN {
		t.Errorf("claims %+v", claims)
	}
	books.reconcile = func(ledger.SwitchClaim) ledger.SwitchAnswer {
		return ledger.SwitchAnswer{Outcome: ledger.OutcomeBatchUnknown}
	}
	if a := b.want("of no day", "77", b.speaker.Reconciliation(b.next(), bankTime, "1125", theirs)); a.Figures != nil && a.Fields.Has(74) {
		t.Error("figures of a day that is none")
	}
	books.wantNothing(t)
}

// TestAnswersThatNobodyAskedFor: one that comes too late is let be, a stream of them ends the connection, and so does the
// answer to something that we never send.
func TestAnswersThatNobodyAskedFor(t *testing.T) {
	g := start(t, switchConfig(func(c *Config) { c.Limits.Malformed = 3 }), newPoster(), keystore(t))
	b := signedBank(t, g)
	// Length 47: type, DE7-less bitmaps, STAN 51, 00, echo.
	late := []byte("0047" + "0810" + "8020000002000000" + "0400000000000000" + "000051" + "00" + "301")
	for range 2 {
		b.send(late)
		b.want("echo", "00", b.speaker.Echo(b.next(), bankTime))
	}
	for range 3 {
		b.send(late)
	}
	b.wantClosed()
	wantReason(t, g, closeUnasked, 1)

	b = signedBank(t, g)
	o := b.purchase()
	o.MTI = o.MTI.Response()
	b.send(b.frame(&o))
	b.wantClosed()
	wantReason(t, g, closeAnswer, 1)
}
