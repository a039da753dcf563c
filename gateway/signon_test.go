package gateway

import (
	"testing"

	"bpnt/iso"
	"bpnt/ledger"
)

// wantNothing fails where the books were asked for anything.
func (p *poster) wantNothing(t *testing.T) {
	t.Helper()
	if n := len(p.posted()); n > 0 {
		t.Errorf("%d messages were posted", n)
	}
}

func TestTrafficBeforeSignOn(t *testing.T) {
	books := newPoster()
	books.cutOver = func(string) ledger.Outcome { t.Error("a cut-over"); return ledger.OutcomeApproved }
	books.reconcile = func(ledger.SwitchClaim) ledger.SwitchAnswer {
		t.Error("a reconciliation")
		return ledger.SwitchAnswer{}
	}
	g := start(t, switchConfig(nil), books, keystore(t))
	b := dialBank(t, g)
	b.want("echo", "00", b.speaker.Echo(b.next(), bankTime))
	b.want("purchase", "01", b.purchase())
	b.want("reversal", "01", b.speaker.Reversal(b.next(), bankTime, b.purchase()))
	b.want("reversal advice", "01", b.speaker.ReversalAdvice(b.next(), bankTime, b.purchase()))
	b.want("reconciliation", "01", b.speaker.Reconciliation(b.next(), bankTime, "1125", iso.Figures{}))
	b.want("cut-over", "01", b.speaker.CutOver(b.next(), bankTime, "1126"))
	b.wantNoAnswer(g, repeat(b.purchase()))
	books.wantNothing(t)

	b.want("sign-on", "00", b.speaker.SignOn(b.next(), bankTime))
	first := b.purchase()
	b.want("purchase after the sign-on", "00", first)
	b.want("sign-off", "00", b.speaker.SignOff(b.next(), bankTime))
	b.want("purchase after the sign-off", "01", b.purchase())
	b.wantNoAnswer(g, first) // it stands in the books: 01 would say that it does not
}

// wantNoAnswer proves by an echo, whose answer comes next, that the message before it had none.
func (b *bank) wantNoAnswer(g *Gateway, o iso.Outgoing) {
	b.t.Helper()
	const silences = `bpnt_outcomes_total{outcome="silence"}`
	before := figure(b.t, g, silences)
	b.send(b.frame(&o))
	eventually(b.t, g, silences, before+1)
	b.want("echo", "00", b.speaker.Echo(b.next(), bankTime))
}

func TestSignOnIsOfTheConnection(t *testing.T) {
	g := start(t, switchConfig(nil), newPoster(), keystore(t))
	first, second := signedBank(t, g), dialBank(t, g)
	second.want("another connection", "01", second.purchase())
	first.want("the one that signed on", "00", first.purchase())
	eventually(t, g, `bpnt_link_signed_on{link="edc"}`, 1)
	_ = first.Close()
	eventually(t, g, `bpnt_link_connections{link="edc"}`, 1)
	third := dialBank(t, g)
	third.stan = first.stan
	third.want("the one that takes its place", "01", third.purchase())
}

func TestSharedSignOn(t *testing.T) {
	shared := func(c *Config) { c.Links[0].Switch.SignOnShared = true }
	g := start(t, switchConfig(shared), newPoster(), keystore(t))
	first, second := signedBank(t, g), dialBank(t, g)
	second.want("another connection", "00", second.purchase())
	_ = first.Close()
	eventually(t, g, `bpnt_link_connections{link="edc"}`, 1)
	second.want("when the first has gone", "00", second.purchase())
	_ = second.Close()
	eventually(t, g, `bpnt_link_connections{link="edc"}`, 0)
	third := dialBank(t, g)
	third.stan = second.stan
	third.want("when the last has gone", "01", third.purchase())
}

func TestNobodySignsOn(t *testing.T) {
	none := func(c *Config) { c.Links[0].Switch.SignOn = SignOnNone }
	b := dialBank(t, start(t, switchConfig(none), newPoster(), keystore(t)))
	b.want("purchase", "00", b.purchase())
	b.want("cut-over", "00", b.speaker.CutOver(b.next(), bankTime, "1126"))
	b.want("sign-on all the same", "00", b.speaker.SignOn(b.next(), bankTime))
}
