package iso

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Generators of values that a link can carry.
var (
	anyDigits = func(n int) *rapid.Generator[string] { return rapid.StringMatching(fmt.Sprintf(`[0-9]{%d}`, n)) }
	anyText   = func(from, to int) *rapid.Generator[string] {
		return rapid.StringMatching(fmt.Sprintf(`[ -~]{%d,%d}`, from, to))
	}
	anyN3    = rapid.StringMatching(`0[0-9]{3}`)
	anyPAN   = rapid.StringMatching(`[0-9]{8,19}`)
	anyTrack = rapid.StringMatching(`[0-9]{8,19}D[0-9]{7,17}`)
	anyBytes = func(n int) *rapid.Generator[[]byte] { return rapid.SliceOfN(rapid.Byte(), n, n) }
)

// anyCodec is a link with any dialect.
var anyCodec = rapid.Custom(func(t *rapid.T) *Codec {
	c, err := NewCodec(Dialect{
		Name: "any", AmountDecimals: rapid.SampledFrom([]int{0, 2}).Draw(t, "decimals"),
		PANPad: rapid.SampledFrom([]PadSide{PadLeft, PadRight}).Draw(t, "pad"),
		TPDU:   rapid.SampledFrom([]TPDUReply{TPDUSwap, TPDUEcho}).Draw(t, "tpdu"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
})

var anyOutgoing = rapid.Custom(func(t *rapid.T) Outgoing {
	terminal := Terminal{
		TPDU: TPDU(anyBytes(5).Draw(t, "tpdu")), NII: anyN3.Draw(t, "nii"), TID: anyText(8, 8).Draw(t, "tid"),
		MID: strings.TrimRight(anyText(1, 15).Draw(t, "mid"), " "), Batch: anyDigits(6).Draw(t, "batch"), EntryMode: anyN3.Draw(t, "entry"),
		ComputeMAC: func(input []byte) (mac [8]byte) { copy(mac[:], input); return mac },
	}
	stan := rapid.Int32Range(0, 999_999).Draw(t, "stan")
	track, err := ParseTrack2(anyTrack.Draw(t, "track"))
	if err != nil {
		t.Fatal(err)
	}
	pin := NewPINBlock([8]byte(anyBytes(8).Draw(t, "pin")))
	purchase := terminal.Purchase(stan, track, rapid.Int64Range(0, 9_999_999_999).Draw(t, "amount"), pin, anyText(6, 6).Draw(t, "invoice"))
	purchase.Time = LocalTime(rapid.Int64Range(1, 1231_235959).Draw(t, "time"))
	purchase.Fields = purchase.Fields.With(12, 13)
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		return terminal.Inquiry(stan, track, pin)
	case 1:
		return terminal.Reversal(purchase)
	case 2:
		return terminal.Logon(stan)
	}
	return purchase
})

// TestRequestRoundTrip: what a terminal sends is what the gateway reads, for every kind and dialect.
func TestRequestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, o := anyCodec.Draw(t, "codec"), anyOutgoing.Draw(t, "message")
		frame, err := c.EncodeRequest([]byte("kept"), &o)
		if err != nil || string(frame[:4]) != "kept" {
			t.Fatal(err)
		}
		body, rest, err := CutFrame(frame[4:], edcFraming)
		if err != nil || len(rest) != 0 {
			t.Fatal(err)
		}
		r, err := c.Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		compareHeader(t, r.Head(), &o)
		switch r := r.(type) {
		case *Purchase:
			comparePayment(t, &r.Payment, &o)
			if r.PIN != o.PIN || r.Amount != o.Amount || r.Invoice != strings.TrimRight(o.Invoice, " ") || r.Batch != o.Batch || r.LocalStamp != int64(o.Time) {
				t.Fatal("the purchase differs")
			}
		case *Inquiry:
			comparePayment(t, &r.Payment, &o)
			if r.PIN != o.PIN || r.Batch != o.Batch {
				t.Fatal("the inquiry differs")
			}
		case *Reversal:
			comparePayment(t, &r.Payment, &o)
			if r.Amount != o.Amount || r.Batch != "" || r.LocalStamp != -1 {
				t.Fatal("the reversal differs")
			}
		case *Network:
			if o.ProcessingCode != ProcessingLogon {
				t.Fatal("a payment became a network message")
			}
		}
	})
}

func compareHeader(t *rapid.T, h *Header, o *Outgoing) {
	if h.TPDU != o.TPDU || h.MTI != o.MTI || h.STAN != o.STAN || h.TID != o.TID || h.NII != o.NII || h.MID != o.MID || h.ProcessingCode != o.ProcessingCode {
		t.Fatalf("%+v is not the header of %s %d", h, o.MTI, o.STAN)
	}
	if o.Fields.Has(64) != (h.MAC != nil) || h.MAC != nil && string(h.MAC) != string(h.MACInput[:8]) {
		t.Fatal("the MAC covers other bytes at the two ends")
	}
}

func comparePayment(t *rapid.T, p *Payment, o *Outgoing) {
	want, expiry := o.PAN, o.Expiry
	if o.Track2.Present() {
		want, expiry = o.Track2.PAN(), o.Track2.Expiry()
	}
	if p.PAN != want || p.Expiry != expiry || p.EntryMode != o.EntryMode || p.Fraction || p.ATC != -1 || p.ChipAmount != -1 {
		t.Fatal("the payment differs")
	}
}

var anyResponse = rapid.Custom(func(t *rapid.T) *Response {
	pan, err := ParsePAN(anyPAN.Draw(t, "pan"))
	if err != nil {
		t.Fatal(err)
	}
	all := []int{2, 3, 4, 7, 11, 12, 13, 15, 24, 37, 38, 39, 41, 42, 48, 54, 60, 62, 64, 70}
	return &Response{
		Header: Header{
			TPDU: TPDU(anyBytes(5).Draw(t, "tpdu")), MTI: rapid.SampledFrom([]MTI{0x0200, 0x0201, 0x0100, 0x0400, 0x0401}).Draw(t, "mti"),
			ProcessingCode: anyDigits(6).Draw(t, "pc"), STAN: rapid.Int32Range(0, 999_999).Draw(t, "stan"), NII: anyN3.Draw(t, "nii"),
			TID: anyText(8, 8).Draw(t, "tid"), MID: "M" + strings.TrimRight(anyText(0, 14).Draw(t, "mid"), " "),
		},
		Fields: Fields(rapid.SliceOfDistinct(rapid.SampledFrom(all), rapid.ID).Draw(t, "fields")...).With(11),
		Time:   LocalTime(rapid.Int64Range(0, 1231_235959).Draw(t, "time")), ResponseCode: anyText(2, 2).Draw(t, "rc"), PAN: pan,
		Amount: rapid.Int64Range(0, 9_999_999_999).Draw(t, "amount"), HasAmount: rapid.Bool().Draw(t, "has amount"),
		RRN: anyText(12, 12).Draw(t, "rrn"), Approval: anyText(6, 6).Draw(t, "approval"),
		Receipt: NewReceipt("T").Normal(anyText(0, 60).Draw(t, "line")).Text(),
		Balance: rapid.Int64Range(-9_999_999_999, 9_999_999_999).Draw(t, "balance"), HasBalance: rapid.Bool().Draw(t, "has balance"),
		Batch: anyDigits(6).Draw(t, "batch"), Invoice: anyDigits(6).Draw(t, "invoice"), Code: anyN3.Draw(t, "code"),
		TransmissionAt: anyDigits(10).Draw(t, "at"), SettlementDate: anyDigits(4).Draw(t, "date"),
		ComputeMAC: func(input []byte) (mac [8]byte) { copy(mac[:], input[len(input)-8:]); return mac },
	}
})

// TestResponseRoundTrip: what the gateway answers is what the terminal reads, and only the link's fields are in it.
func TestResponseRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, r := anyCodec.Draw(t, "codec"), anyResponse.Draw(t, "response")
		frame, err := c.Encode(nil, r)
		if err != nil {
			t.Fatal(err)
		}
		a, err := c.DecodeResponse(frame[2:])
		if err != nil {
			t.Fatal(err)
		}
		want := r.expected(c)
		got := *a
		got.field, got.MAC, got.MACInput = nil, nil, nil
		if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) || got.PAN != want.PAN {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
		if a.MAC != nil && string(a.MAC) != string(a.MACInput[len(a.MACInput)-8:]) {
			t.Fatal("the MAC covers other bytes at the two ends")
		}
	})
}

// expected is the answer that a terminal should read, field by field.
func (r *Response) expected(c *Codec) Answer {
	a := Answer{Header: Header{TPDU: r.TPDU, MTI: r.MTI.Response(), STAN: r.STAN}}
	if c.dialect.TPDU == TPDUSwap {
		a.TPDU = r.TPDU.Swap()
	}
	a.Fields = r.Fields
	if !r.HasAmount {
		a.Fields = a.Fields.Without(4)
	}
	if !r.HasBalance {
		a.Fields = a.Fields.Without(54)
	}
	if r.Time == 0 {
		a.Fields = a.Fields.Without(12, 13)
	}
	if a.Fields.Has(4) {
		a.Amount, a.HasAmount = r.Amount, true
	}
	if a.Fields.Has(54) {
		a.Balance, a.HasBalance = r.Balance, true
	}
	if a.Fields.Has(12) && a.Fields.Has(13) {
		a.Time = r.Time
	}
	if a.Fields.Has(2) {
		a.PAN = r.PAN
	}
	for de, to := range map[int]*string{
		3: &a.ProcessingCode, 24: &a.NII, 41: &a.TID, 42: &a.MID, 39: &a.ResponseCode, 37: &a.RRN, 38: &a.Approval, 48: &a.Receipt,
		60: &a.Batch, 62: &a.Invoice, 70: &a.Code, 7: &a.TransmissionTime, 15: &a.SettlementDate,
	} {
		if a.Fields.Has(de) {
			*to = r.text(de, c)
		}
	}
	return a
}

// TestEncodeRefuses values that a field cannot carry, and leaves the caller's buffer as it was.
func TestEncodeRefuses(t *testing.T) {
	c := mustCodec(t)
	for name, x := range map[string]struct {
		change func(r *Response)
		field  int
		reason string
	}{
		"code of three characters": {func(r *Response) { r.ResponseCode = "000" }, 39, ReasonValueLength},
		"short RRN":                {func(r *Response) { r.RRN = "1" }, 37, ReasonValueLength},
		"NUL in the receipt's end": {func(r *Response) { r.Approval = "A\x00BCDE" }, 38, ReasonValueForm},
		"STAN of seven digits":     {func(r *Response) { r.STAN = 1_000_000 }, 11, ReasonValueForm},
		"negative amount":          {func(r *Response) { r.Amount = -1 }, 4, ReasonValueForm},
		"amount of 11 digits":      {func(r *Response) { r.Amount = 10_000_000_000 }, 4, ReasonValueForm},
		"balance out of range":     {func(r *Response) { r.Balance = -10_000_000_000 }, 54, ReasonValueForm},
		"receipt of 1000":          {func(r *Response) { r.Receipt = strings.Repeat("x", 1000) }, 48, ReasonValueLength},
		"processing code letters":  {func(r *Response) { r.ProcessingCode = "00000A" }, 3, ReasonValueForm},
		"n3 of four digits":        {func(r *Response) { r.NII = "1000" }, 24, ReasonValueForm},
		"terminal of seven":        {func(r *Response) { r.TID = "1234567" }, 41, ReasonValueLength},
		"merchant of sixteen": {func(r *Response) {
			r.MID, r.Fields = "1234567890123456", r.Fields.With(42)
		}, 42, ReasonValueLength},
		"frame above its limit": {func(r *Response) {
			r.Receipt, r.Batch, r.Invoice = strings.Repeat("x", 999), strings.Repeat("x", 999), strings.Repeat("x", 999)
			r.Fields = r.Fields.With(60)
		}, 0, ReasonFrameOversize},
	} {
		r := benchResponse(t)
		x.change(r)
		dst, err := c.Encode([]byte("kept"), r)
		refused, ok := err.(*EncodeError)
		if !ok || refused.Field != x.field || refused.Reason != x.reason || string(dst) != "kept" {
			t.Errorf("%s: %v, %d bytes", name, err, len(dst))
		}
	}
}

// TestLocalTime: DE13 and DE12 of a moment, in its own location.
func TestLocalTime(t *testing.T) {
	jakarta := time.FixedZone("WIB", 7*3600)
	at := LocalTimeOf(time.Date(2026, 1, 2, 3, 4, 5, 0, jakarta))
	if at != 102030405 || at.String() != "0102030405" || at.Date() != 102 || at.Clock() != 30405 || LocalTime(0).String() != "" {
		t.Errorf("%d %s", at, at)
	}
}
