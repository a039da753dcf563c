package iso

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anySwitch is a switch's link with any dialect.
var anySwitch = rapid.Custom(func(t *rapid.T) *Codec {
	c, err := NewCodec(Dialect{
		Name: "any", Form: FormSwitch, Length: rapid.SampledFrom([]LengthForm{LengthBinary, LengthASCII4}).Draw(t, "length"),
		Bitmap: rapid.SampledFrom([]BitmapForm{BitmapBinary, BitmapHex}).Draw(t, "bitmap"), TIDLength: rapid.SampledFrom([]int{0, 8, 16}).Draw(t, "tid"),
		AmountDecimals: rapid.SampledFrom([]int{0, 2}).Draw(t, "decimals"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
})

var anySpeaker = rapid.Custom(func(t *rapid.T) Switch {
	return Switch{
		Acquirer: rapid.StringMatching(`[0-9]{1,11}`).Draw(t, "acquirer"), Forwarder: rapid.StringMatching(`[0-9]{1,11}`).Draw(t, "forwarder"),
		Channel: anyDigits(4).Draw(t, "channel"), Currency: anyDigits(3).Draw(t, "currency"), Date: anyDigits(4).Draw(t, "date"),
		ComputeMAC: func(input []byte) (mac [8]byte) { copy(mac[:], input); return mac },
	}
})

var anyForward = rapid.Custom(func(t *rapid.T) Forward {
	track, err := ParseTrack2(anyTrack.Draw(t, "track"))
	if err != nil {
		t.Fatal(err)
	}
	return Forward{
		STAN: rapid.Int32Range(0, 999_999).Draw(t, "stan"), At: time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "at"), 0).In(wib),
		RRN: anyText(12, 12).Draw(t, "rrn"), TID: "T" + strings.TrimRight(anyText(0, 7).Draw(t, "tid"), " "),
		MID: "M" + strings.TrimRight(anyText(0, 14).Draw(t, "mid"), " "), Card: track, PIN: NewPINBlock([8]byte(anyBytes(8).Draw(t, "pin"))),
		Amount: rapid.Int64Range(0, 9_999_999_999).Draw(t, "amount"),
	}
})

// TestSwitchRoundTrip: what a switch sends is what the gateway reads, whatever the dialect.
func TestSwitchRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, s, f := anySwitch.Draw(t, "codec"), anySpeaker.Draw(t, "switch"), anyForward.Draw(t, "forward")
		sale := s.Purchase(f)
		sale.Chip = Opaque("\x9F\x36\x02\x01\x02")
		p := decodeAny(t, c, sale).(*Purchase)
		if p.PIN != f.PIN || p.PAN != f.Card.PAN() || p.Expiry != f.Card.Expiry() || p.Amount != f.Amount || p.ATC != 0x102 || p.EntryMode != "0051" {
			t.Fatalf("%+v", p)
		}
		if h := p.Header; h.TID != fmt.Sprintf("%-8s", f.TID) || h.MID != f.MID || h.RRN != f.RRN || h.STAN != f.STAN || p.LocalStamp != int64(LocalTimeOf(f.At)) {
			t.Fatalf("%+v", h)
		}
		route := Route{LocalTimeOf(f.At.UTC()).String(), s.Date, s.Channel, s.Acquirer, s.Forwarder, s.Currency}
		if p.Route != route || len(p.MAC) != 8 || string(p.MAC) != string(p.MACInput[:8]) {
			t.Fatalf("%+v", p.Route)
		}
		r := decodeAny(t, c, s.Reversal(f.STAN^1, f.At, sale)).(*Reversal)
		if o := r.Original; o.STAN != f.STAN || o.MTI != MTIFinancial || o.TransmissionTime != route.TransmissionTime || !strings.HasSuffix(o.Acquirer, s.Acquirer) || len(o.Forwarder) != 11 {
			t.Fatalf("%+v", o)
		}
		if r.STAN != f.STAN^1 || r.RRN != f.RRN || r.LocalStamp != p.LocalStamp || r.PAN != p.PAN || string(r.MAC) != string(r.MACInput[:8]) {
			t.Fatalf("%+v", r)
		}
	})
}

// TestReconciliationRoundTrip: the figures of both sides come through, with the answer's code.
func TestReconciliationRoundTrip(t *testing.T) {
	anyTotal := rapid.Custom(func(t *rapid.T) Total {
		return Total{rapid.Int32Range(0, 1<<31-1).Draw(t, "count"), rapid.Int64Range(0, 99_999_999_999_999).Draw(t, "amount")}
	})
	rapid.Check(t, func(t *rapid.T) {
		c, s := anySwitch.Draw(t, "codec"), anySpeaker.Draw(t, "switch")
		figures := Figures{
			anyTotal.Draw(t, "credits"), anyTotal.Draw(t, "credit reversals"), anyTotal.Draw(t, "debits"), anyTotal.Draw(t, "debit reversals"),
			rapid.Int64Range(-99_999_999_999_999, 99_999_999_999_999).Draw(t, "net"),
		}
		r := decodeAny(t, c, s.ReconciliationAdvice(7, atWIB, "1122", figures)).(*Reconciliation)
		if r.Figures != figures || r.Route.SettlementDate != "1122" || r.Institution != s.Acquirer || r.MTI != MTIReconciliationAdvice {
			t.Fatalf("%+v", r)
		}
		answer := Response{Header: r.Header, Fields: switchAnswer, ResponseCode: "00", SettlementCode: "1", Figures: &figures, Institution: r.Institution}
		frame, err := c.Encode(nil, &answer)
		if err != nil {
			t.Fatal(err)
		}
		a, err := c.DecodeResponse(frame[c.framing.header():])
		if err != nil || *a.Figures != figures || a.SettlementCode != "1" || a.Institution != r.Institution || a.Route.SettlementDate != "1122" {
			t.Fatalf("%+v %v", a, err)
		}
	})
}

// TestSwitchEncodeRefuses values that a switch's fields cannot carry, and leaves the caller's buffer as it was.
func TestSwitchEncodeRefuses(t *testing.T) {
	c := mustSwitch(t)
	for name, x := range map[string]struct {
		change func(o *Outgoing)
		field  int
		reason string
	}{
		"terminal of nine":         {func(o *Outgoing) { o.TID = "123456789" }, 41, ReasonValueLength},
		"entry mode of 1051":       {func(o *Outgoing) { o.EntryMode = "1051" }, 22, ReasonValueForm},
		"entry mode of three":      {func(o *Outgoing) { o.EntryMode = "051" }, 22, ReasonValueForm},
		"acquirer with letters":    {func(o *Outgoing) { o.Acquirer = "BNI" }, 32, ReasonValueForm},
		"acquirer of 12":           {func(o *Outgoing) { o.Acquirer = "123456789012" }, 32, ReasonValueLength},
		"original acquirer of 12":  {func(o *Outgoing) { o.Original.Acquirer = "123456789012" }, 90, ReasonValueForm},
		"original time of letters": {func(o *Outgoing) { o.Original.TransmissionTime = "now" }, 90, ReasonValueForm},
		"original type":            {func(o *Outgoing) { o.Original.MTI = 0x02A0 }, 90, ReasonValueForm},
		"chip data of 500":         {func(o *Outgoing) { o.Chip, o.Fields = make(Opaque, 500), o.Fields.With(55) }, 55, ReasonValueLength},
		"a key with a NUL beside":  {func(o *Outgoing) { o.RRN = "26112200005\x00" }, 37, ReasonValueForm},
		"net of 17 digits": {func(o *Outgoing) {
			o.Figures, o.Fields = &Figures{Net: -10_000_000_000_000_000}, o.Fields.With(97)
		}, 97, ReasonValueForm},
		"negative count": {func(o *Outgoing) { o.Figures, o.Fields = &Figures{Debits: Total{-1, 0}}, o.Fields.With(76) }, 76, ReasonValueForm},
	} {
		o := testSwitch().Reversal(53, atWIB, testChipPurchase(t))
		x.change(&o)
		dst, err := c.EncodeRequest([]byte("kept"), &o)
		if refused, ok := err.(*EncodeError); !ok || refused.Field != x.field || refused.Reason != x.reason || string(dst) != "kept" {
			t.Errorf("%s: %v, %d bytes", name, err, len(dst))
		}
	}
}

// TestSwitchFullAnswer: an answer with every field that an answer can have comes through whole.
func TestSwitchFullAnswer(t *testing.T) {
	c := mustSwitch(t)
	reversal := decodeOutgoing(t, c, switchRequests(t)["reversal_mac"]).(*Reversal)
	figures := testFigures()
	r := &Response{
		Header: reversal.Header, Fields: switchAnswer.With(24, 48), Time: 1122030405, ResponseCode: "00", PAN: reversal.PAN, Amount: 1,
		HasAmount: true, Approval: "A2B3C4", Receipt: "ID001A", Balance: -5, HasBalance: true, Code: NetworkEcho, SettlementCode: "1",
		Figures: &figures, Original: &reversal.Original, Institution: "503",
	}
	r.NII = "0010"
	a, err := c.DecodeResponse(mustAnswer(t, c, r)[4:])
	if err != nil || a.Fields != r.Fields.Without(64).With(128) || *a.Original != reversal.Original || a.Route != reversal.Route {
		t.Fatalf("%+v %v", a, err)
	}
	if a.Institution != "503" || a.SettlementCode != "1" || a.Code != NetworkEcho || a.Balance != -5 || a.Receipt != "ID001A" || a.RRN != reversal.RRN || a.NII != "0010" {
		t.Errorf("%+v", a)
	}
}

// TestFiguresScale: on a link with decimals a figure below one rupiah is refused by its field.
func TestFiguresScale(t *testing.T) {
	c := mustSwitch(t, twoDecimals)
	for de, content := range map[int]string{88: "0000000000000101", 97: "D0000000000000101"} {
		body := switchBody("0500", Fields(11, 15, de), ascii11, ascii13, content)
		if got := refusal(t, c, body); got.Field != de || got.Reason != ReasonAmountScale || got.Header == nil {
			t.Errorf("DE%d: %v", de, got)
		}
	}
	r := decodeBody[*Reconciliation](t, c, switchBody("0500", Fields(11, 15, 76, 88, 97), ascii11, ascii13, "0000000003", "0000000000000100", "D0000000000000100"))
	if r.Debits != (Total{3, 1}) || r.Net != -1 || r.Credits != (Total{}) || r.Code != "" {
		t.Errorf("%+v", r)
	}
}
