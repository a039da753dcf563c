package gateway

import (
	"fmt"
	"testing"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// TestVelocity: so many at once, one more for each share of an hour that goes by, all again after an hour of rest.
func TestVelocity(t *testing.T) {
	v := newVelocity(60, 8)
	who := velocityName{link: 1, name: "60060060"}
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	take := func() (n int) {
		for ; !v.spent(who, now); n++ {
			v.note(who, now)
		}
		return n
	}
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 60}, {59 * time.Second, 0}, {time.Second, 1}, {30 * time.Minute, 30}, {time.Hour, 60}, {100 * time.Hour, 60}} {
		now = now.Add(step.after)
		if got := take(); got != step.want {
			t.Errorf("%v later: %d, want %d", step.after, got, step.want)
		}
	}
	if v.spent(velocityName{link: 2, name: who.name}, now) || v.spent(velocityName{link: 1, outlet: true, name: who.name}, now) {
		t.Error("another link, or an outlet of the same number, pays for it")
	}
}

// TestVelocityHoldsSoManyNames: and forgets who rested.
func TestVelocityHoldsSoManyNames(t *testing.T) {
	v, now := newVelocity(2, 8), time.Now()
	for i := range 100 {
		v.note(velocityName{name: fmt.Sprint(i)}, now)
	}
	if len(v.free) != 8 {
		t.Errorf("%d names are remembered, want 8", len(v.free))
	}
	for who := range v.free {
		if v.spent(who, now.Add(2*time.Hour)) {
			t.Error("nothing is forgiven")
		}
	}
	if len(v.free) != 0 {
		t.Errorf("%d names are remembered for nothing", len(v.free))
	}
}

// guesser is a terminal whose every PIN is wrong.
type guesser struct {
	*terminal
	t     *testing.T
	books *poster
	block [8]byte
}

func newGuesser(t *testing.T, change func(*Config)) (*guesser, *Gateway) {
	t.Helper()
	keys := keystore(t)
	books, tpk, _ := equipped(t, keys)
	books.outcome = func(r ledger.Request) ledger.Result {
		if r.Kind == ledger.KindReverse {
			return ledger.Result{Outcome: ledger.OutcomeReversed}
		}
		return ledger.Result{Outcome: ledger.OutcomePINWrong}
	}
	g := start(t, testConfig(change), books, keys)
	return &guesser{terminal: dial(t, g), t: t, books: books, block: guess(t, tpk)}, g
}

func guess(t *testing.T, tpk *pin.TerminalKey) [8]byte {
	t.Helper()
	block, err := tpk.Encrypt([]byte("123456"), []byte("4863990000001423"))
	if err != nil {
		t.Fatal(err)
	}
	return block
}

func (e *guesser) purchase(stan int32) *iso.Outgoing {
	o := purchase(stan)
	o.PIN = iso.NewPINBlock(e.block)
	return o
}

func (e *guesser) want(what, code string, o *iso.Outgoing) {
	e.t.Helper()
	if a := e.ask(o); a.ResponseCode != code {
		e.t.Errorf("%s: %s, want %s", what, a.ResponseCode, code)
	}
}

// TestWrongPINsOfATerminal: at the limit the books are asked no more, and nothing but a message with a PIN feels it.
func TestWrongPINsOfATerminal(t *testing.T) {
	e, g := newGuesser(t, func(c *Config) { c.Limits.WrongPINsTerminal = 3 })
	for stan := range int32(3) {
		e.want("up to the limit", "55", e.purchase(stan+1))
	}
	inquiry := e.purchase(5)
	inquiry.ProcessingCode, inquiry.HasAmount = iso.ProcessingInquiry, false
	e.want("beyond it", "91", e.purchase(4))
	e.want("beyond it, in an inquiry", "91", inquiry)
	if n := len(e.books.posted()); n != 3 {
		t.Errorf("the books were asked %d times", n)
	}
	e.want("a reversal", "00", withMTI(purchase(6), iso.MTIReversal))
	e.want("a purchase without a PIN, at which nobody guesses", "55", purchase(7))
	e.wantSilence(g, withMTI(e.purchase(1), iso.MTIFinancial.Repeat()))
	eventually(t, g, `bpnt_shed_total{reason="wrong_pins"}`, 3)
}

// TestWrongPINsOfAnOutlet: an outlet's terminals share its count.
func TestWrongPINsOfAnOutlet(t *testing.T) {
	e, g := newGuesser(t, func(c *Config) { c.Limits.WrongPINsOutlet = 2 })
	for range 2 {
		g.velocities.outletPINs.note(velocityName{1, true, purchase(1).MID}, time.Now())
	}
	e.want("after the outlet's other terminals", "91", e.purchase(1))
	elsewhere := e.purchase(2)
	elsewhere.MID = "ANOTHER"
	e.want("in another outlet", "55", elsewhere)
}

// TestRightPINsAreNotCounted: approvals, repeats of a wrong PIN and money that is missing are held against nobody.
func TestRightPINsAreNotCounted(t *testing.T) {
	e, _ := newGuesser(t, func(c *Config) { c.Limits.WrongPINsTerminal, c.Limits.WrongPINsOutlet = 1, 1 })
	for stan, r := range []ledger.Result{
		{Outcome: ledger.OutcomeApproved},
		{Outcome: ledger.OutcomeInsufficientFunds},
		{Outcome: ledger.OutcomePINFault},
		{Outcome: ledger.OutcomePINWrong, Replay: true},
	} {
		e.books.set(func() { e.books.outcome = func(ledger.Request) ledger.Result { return r } })
		if a := e.ask(e.purchase(int32(stan) + 1)); a.ResponseCode == "91" {
			t.Errorf("after %d of them: 91", stan)
		}
	}
}

// TestErrandsOfATerminal: settlements and uploads are bounded, and sales go on.
func TestErrandsOfATerminal(t *testing.T) {
	g := start(t, testConfig(func(c *Config) { c.Limits.ErrandsTerminal = 2 }), newPoster(), keystore(t))
	e := dial(t, g)
	for n, want := range []string{"00", "00", "91"} {
		if a := e.ask(settlement("60060060", int32(n)+1)); a.ResponseCode != want {
			t.Errorf("settlement %d: %s, want %s", n+1, a.ResponseCode, want)
		}
	}
	if a := e.ask(purchase(9)); a.ResponseCode != "00" {
		t.Errorf("a sale after that: %s", a.ResponseCode)
	}
	eventually(t, g, `bpnt_shed_total{reason="errands"}`, 1)
}
