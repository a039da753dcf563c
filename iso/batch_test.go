package iso

import (
	"testing"

	"pgregory.net/rapid"
)

// The fields of a small settlement: 3 11 24 41 60 63, bitmap 2020 0100 0080 0012.
const (
	settleBitmap = "2020010000800012"
	de60         = "0006 303030303031"
)

// de63 is totals with their length.
func de63(length, text string) string { return length + " " + hexText(text) }

// TestBatchStrict is the table of what must be refused of the messages about a batch. Each finds its way back (30).
func TestBatchStrict(t *testing.T) {
	c := mustCodec(t)
	settle := func(mti, code, totals string) string {
		return build(mti, settleBitmap, code, de11, de24, de41, de60, totals)
	}
	const pair = "001000000050000"
	upload := func(length, reference string) string {
		return build("0320", "7020010000800010", "16"+card16, de3, de4, de11, de24, de41, length, hexText(reference))
	}
	void := build("0200", "7020010008800000", "16"+card16, "020000", de4, de11, de24, hexText("000000000036"), de41)
	if r, err := c.Decode(unhex(t, void)); kindName(r) != "Void" {
		t.Fatalf("the plain void is refused: %v", err)
	}
	cases := []struct {
		name   string
		hex    string
		field  int
		reason string
	}{
		{"totals of 14", settle("0500", "920000", de63("0014", pair[1:])), 63, ReasonTotalsForm},
		{"totals of 16", settle("0500", "920000", de63("0016", pair+"0")), 63, ReasonTotalsForm},
		{"totals of none", settle("0500", "920000", "0000"), 63, ReasonTotalsForm},
		{"totals of three pairs", settle("0500", "920000", de63("0045", pair+pair+pair)), 63, ReasonTotalsForm},
		{"totals of five pairs", settle("0500", "920000", de63("0075", pair+pair+pair+pair+pair)), 63, ReasonTotalsForm},
		{"totals of seven pairs", settle("0500", "920000", de63("0105", pair+pair+pair+pair+pair+pair+pair)), 63, ReasonTotalsForm},
		{"totals with a sign", settle("0500", "920000", de63("0015", "001-00000050000")), 63, ReasonTotalsForm},
		{"totals with a NUL", settle("0500", "920000", "0015"+hexText(pair[:14])+"00"), 63, ReasonTotalsForm},
		{"totals with a remainder", settle("0500", "920000", de63("0015", "001000000050001")), 63, ReasonAmountScale},
		{"a repeat with bad totals", settle("0501", "920000", de63("0003", "000")), 63, ReasonTotalsForm},
		{"a trailer with bad totals", settle("0500", "960000", de63("0003", "000")), 63, ReasonTotalsForm},
		{"a settlement without totals", build("0500", "2020010000800010", "920000", de11, de24, de41, de60), 63, ReasonMissing},
		{"a settlement without DE3", build("0500", "0020010000800012", de11, de24, de41, de60, de63("0015", pair)), 3, ReasonMissing},
		{"an upload without DE60", build("0320", "7020010000800000", "16"+card16, de3, de4, de11, de24, de41), 60, ReasonMissing},
		{"an upload without a card", build("0320", "3020010000800010", de3, de4, de11, de24, de41, "0022", hexText("0200000118110718000118")), 2, ReasonMissing},
		{"an upload with a batch number in DE60", upload("0006", "000001"), 60, ReasonOriginalForm},
		{"an upload with letters in the STAN", upload("0022", "02000001A8110718000118"), 60, ReasonOriginalForm},
		{"an upload with too long a reference", upload("0023", "02000001181107180001180"), 60, ReasonOriginalForm},
		{"a void without DE37", build("0200", "7020010000800000", "16"+card16, "020000", de4, de11, de24, de41), 37, ReasonMissing},
		{"a void without an amount", build("0200", "6020010008800000", "16"+card16, "020000", de11, de24, hexText("000000000036"), de41), 4, ReasonMissing},
		{"a void of another card than its track", build("0200", "7020010028800000", "16"+card16[:15]+otherDigit(card16[15]), "020000", de4, de11, de24, smallTrack(), hexText("000000000036"), de41), 35, ReasonPANMismatch},
		{"a refund without DE37", build("0200", "7020010000800000", "16"+card16, "200000", de4, de11, de24, de41), 37, ReasonMissing},
		{"a refund with a wrong check digit", build("0200", "7020010008800000", "16"+card16[:15]+otherDigit(card16[15]), "200000", de4, de11, de24, hexText("000000000036"), de41), 2, ReasonPANLuhn},
		{"an advice without DE3", build("0220", "5020010000800000", "16"+card16, de4, de11, de24, de41), 3, ReasonMissing},
		{"an advice without an amount", build("0220", "6020010000800000", "16"+card16, de3, de11, de24, de41), 4, ReasonMissing},
		{"an advice without a card", build("0220", "3020010000800000", de3, de4, de11, de24, de41), 2, ReasonMissing},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			got := refusal(t, c, unhex(t, x.hex))
			if got.Field != x.field || got.Reason != x.reason || got.Header == nil || got.Header.TID != "JKT00001" {
				t.Errorf("%v, header %v; want DE%d %s", got, got.Header, x.field, x.reason)
			}
		})
	}
}

// TestBatchKinds: what the processing code makes of the types about a batch.
func TestBatchKinds(t *testing.T) {
	c := mustCodec(t)
	totals := de63("0015", "001000000050000")
	for _, x := range []struct{ mti, code, want string }{
		{"0500", "920000", "Settlement"},
		{"0501", "960000", "Settlement"},
		{"0520", "920000", "Settlement"},
		{"0521", "960000", "Settlement"},
		{"0500", "000000", "Unsupported"},
		{"0500", "920001", "Unsupported"},
		{"0420", "920000", "Unsupported"},
	} {
		r, err := c.Decode(unhex(t, build(x.mti, settleBitmap, x.code, de11, de24, de41, de60, totals)))
		if kindName(r) != x.want {
			t.Errorf("%s %s: %s, want %s (%v)", x.mti, x.code, kindName(r), x.want, err)
		}
	}
	for _, x := range []struct{ mti, code, want string }{
		{"0220", "000000", "Advice"},
		{"0221", "009000", "Advice"},
		{"0220", "010000", "Unsupported"},
		{"0220", "020000", "Unsupported"},
		{"0420", "000000", "Unsupported"},
		{"0120", "000000", "Unsupported"},
		{"0400", "020000", "Reversal"},
		{"0401", "200000", "Reversal"},
	} {
		o := testPurchase(t)
		o.MTI, o.ProcessingCode = MTI(packDigits([]byte(x.mti))), x.code
		if r, err := c.Decode(frameBody(t, c, o)); kindName(r) != x.want {
			t.Errorf("%s %s: %s, want %s (%v)", x.mti, x.code, kindName(r), x.want, err)
		}
	}
}

// TestHeardAllTheSame: a wrong check digit stops neither an advice, for the food is gone, nor an upload, for the batch
// must close.
func TestHeardAllTheSame(t *testing.T) {
	c, terminal := mustCodec(t), testTerminal()
	bad := mustTrack2(t, card16[:15]+otherDigit(card16[15])+"D3112520")
	advice := terminal.Advice(42, bad, 30_000, "000042", 1122101500)
	for _, o := range []Outgoing{advice, terminal.Upload(43, advice, "000000000042", false)} {
		if r, err := c.Decode(frameBody(t, c, o)); err != nil {
			t.Errorf("%s: %v", kindName(r), err)
		}
	}
	if got := refusal(t, c, frameBody(t, c, terminal.Void(44, advice, "000000000042"))); got.Reason != ReasonPANLuhn {
		t.Errorf("void: %v", got)
	}
}

// TestTrailerAlone: the trailer's totals count for nothing, so that it may come without.
func TestTrailerAlone(t *testing.T) {
	o := testTerminal().Trailer(47, Totals{})
	o.Totals, o.Batch = nil, ""
	s, ok := decodeOutgoing(t, mustCodec(t), o).(*Settlement)
	if !ok || !s.Trailer || s.Totals.N != 0 || s.Batch != "" {
		t.Errorf("%+v", s)
	}
}

// anyTotals are totals that a terminal can send on any link.
var anyTotals = rapid.Custom(func(t *rapid.T) Totals {
	totals := Totals{N: rapid.SampledFrom([]int{1, 2, 4, 6}).Draw(t, "pairs")}
	for i := range totals.Pairs[:totals.N] {
		totals.Pairs[i] = Total{rapid.Int32Range(0, 999).Draw(t, "count"), rapid.Int64Range(0, 9_999_999_999).Draw(t, "amount")}
	}
	return totals
})

// TestDayRoundTrip: what a terminal sends about its batch is what the gateway reads.
func TestDayRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, sale := anyCodec.Draw(t, "codec"), anyOutgoing.Filter(func(o Outgoing) bool { return o.MTI == MTIFinancial && o.HasAmount }).Draw(t, "sale")
		terminal := Terminal{TPDU: sale.TPDU, NII: sale.NII, TID: sale.TID, MID: sale.MID, Batch: sale.Batch, EntryMode: sale.EntryMode, ComputeMAC: sale.ComputeMAC}
		stan, rrn, totals := rapid.Int32Range(0, 999_999).Draw(t, "stan"), anyText(12, 12).Draw(t, "rrn"), anyTotals.Draw(t, "totals")
		more := rapid.Bool().Draw(t, "more")
		void, upload, settlement := terminal.Void(stan, sale, rrn), terminal.Upload(stan, sale, rrn, more), terminal.Settlement(stan, totals)
		for _, o := range []Outgoing{void, terminal.Refund(stan, sale, rrn, sale.Amount/2), terminal.VoidReversal(void)} {
			r := decodeAny(t, c, o)
			compareHeader(t, r.Head(), &o)
			if p := paymentOf(r); p == nil || r.Head().RRN != rrn || p.PAN != sale.Track2.PAN() || p.Amount != o.Amount || p.Batch != o.Batch || p.LocalStamp != int64(sale.Time) {
				t.Fatalf("%s differs", kindName(r))
			}
		}
		compareUpload(t, decodeAny(t, c, upload).(*Upload), &sale, rrn, more)
		s := decodeAny(t, c, settlement).(*Settlement)
		compareHeader(t, &s.Header, &settlement)
		if s.Totals != totals || s.Trailer || s.Batch != terminal.Batch || s.MAC == nil {
			t.Fatalf("%+v is not %+v", s, totals)
		}
	})
}

func compareUpload(t *rapid.T, u *Upload, sale *Outgoing, rrn string, more bool) {
	switch {
	case u.OriginalMTI != sale.MTI || u.OriginalSTAN != sale.STAN || u.OriginalRRN != rrn || u.RRN != rrn:
		t.Fatalf("the upload names %s %d %s", u.OriginalMTI, u.OriginalSTAN, u.OriginalRRN)
	case u.More != (more || sale.ProcessingCode[5] == '1') || u.Batch != "" || u.PAN != sale.Track2.PAN() || u.Amount != sale.Amount:
		t.Fatalf("the upload is %+v", u)
	}
}

func decodeAny(t *rapid.T, c *Codec, o Outgoing) Request {
	frame, err := c.EncodeRequest(nil, &o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Decode(frame[c.framing.header():])
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func paymentOf(r Request) *Payment {
	switch r := r.(type) {
	case *Purchase:
		return &r.Payment
	case *Inquiry:
		return &r.Payment
	case *Reversal:
		return &r.Payment
	case *Void:
		return &r.Payment
	case *Refund:
		return &r.Payment
	case *Advice:
		return &r.Payment
	}
	return nil
}

// TestTotalsRefused: totals that DE63 cannot carry are refused before a byte is sent, and the buffer is as it was.
func TestTotalsRefused(t *testing.T) {
	c := mustCodec(t)
	for name, totals := range map[string]Totals{
		"no pairs": {}, "three pairs": {N: 3}, "seven pairs": {N: 7}, "a count of 1000": TotalsOf(Total{1000, 0}, Total{}),
		"a negative count": TotalsOf(Total{-1, 0}, Total{}), "a negative amount": TotalsOf(Total{1, -1}, Total{}),
		"an amount of 11 digits": TotalsOf(Total{1, 10_000_000_000}, Total{}),
	} {
		o := testTerminal().Settlement(43, totals)
		dst, err := c.EncodeRequest([]byte("kept"), &o)
		if refused, ok := err.(*EncodeError); !ok || refused.Field != 63 || refused.Reason != ReasonValueForm || string(dst) != "kept" {
			t.Errorf("%s: %v, %d bytes", name, err, len(dst))
		}
	}
	if refunds := TotalsOf(Total{1, 5}, Total{2, 7}); refunds.N != 2 || refunds.Pairs[1] != (Total{2, 7}) {
		t.Errorf("%+v", refunds)
	}
}
