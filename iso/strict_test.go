package iso

import (
	"strings"
	"testing"
)

// refusal decodes what must be refused and returns the error.
func refusal(t *testing.T, c *Codec, body []byte) *DecodeError {
	t.Helper()
	r, err := c.Decode(body)
	if err == nil {
		t.Fatalf("accepted as %s", kindName(r))
	}
	refused, ok := err.(*DecodeError)
	if !ok {
		t.Fatalf("not a DecodeError: %T", err)
	}
	return refused
}

// build makes a body of raw fields, in the order given.
func build(mti, bitmap string, fields ...string) string {
	return "6000100007 " + mti + " " + bitmap + " " + strings.Join(fields, " ")
}

// The fields of a small magnetic purchase: 3 4 11 24 35 41, bitmap 3020 0100 2080 0000.
const (
	smallBitmap = "3020010020800000"
	de3         = "000000"
	de4         = "000005000000"
	de11        = "000036"
	de24        = "0010"
	de41        = "4A4B543030303031"
)

func smallTrack() string { return "28" + card16 + "D31125200000" }

// TestStrict is the table of what must be refused, why, and whether the terminal gets an answer (30) or silence.
func TestStrict(t *testing.T) {
	c := mustCodec(t)
	track := "27" + card16 + "D3112520000F" // 27 nibbles, one pad nibble
	good := build("0200", smallBitmap, de3, de4, de11, de24, track, de41)
	if _, err := c.Decode(unhex(t, good)); err != nil {
		t.Fatalf("the plain purchase is refused: %v", err)
	}
	replace := func(old, with string) string { return strings.Replace(good, old, with, 1) }
	cases := []struct {
		name   string
		hex    string
		field  int
		reason string
		answer bool
	}{
		{"trailing byte", good + "00", 0, ReasonTrailing, true},
		{"trailing text", good + "4741524241474520", 0, ReasonTrailing, true},
		{"minus in the amount, as BCD -00000000100 would be", replace(de4, "D00000000100"), 4, ReasonNotBCD, true},
		{"letters in STAN", replace(de11, "00003A"), 11, ReasonNotBCD, false},
		{"n3 with a leading digit", replace(" "+de24+" ", " 1010 "), 24, ReasonLeadingNibble, true},
		{"NUL in the terminal", replace(de41, "4A4B543030303000"), 41, ReasonNotPrintable, false},
		{"high byte in the terminal", replace(de41, "4A4B5430303030E9"), 41, ReasonNotPrintable, false},
		{"length with letters", replace(track, "2B"+track[2:]), 35, ReasonLengthForm, false},
		{"length +4 in ASCII", replace(track, "2B34"), 35, ReasonLengthForm, false},
		{"length above the field's limit", replace(track, "38"+track[2:]), 35, ReasonLengthMax, false},
		{"track 2 pad nibble 5", replace("D3112520000F", "D31125200005"), 35, ReasonPadNibble, true},
		{"track 2 with nibble A", replace("D3112520000F", "A3112520000F"), 35, ReasonTrack2, true},
		{"track 2 without a separator", replace("D3112520000F", "03112520000F"), 35, ReasonTrack2, true},
		{"wrong check digit", replace(card16, card16[:15]+otherDigit(card16[15])), 35, ReasonPANLuhn, true},
		{"type with a letter", replace("0200", "02A0"), 0, ReasonMTIForm, false},
		{"type of 1993", replace("0200", "1200"), 0, ReasonMTIForm, false},
		{"a response", replace("0200", "0210"), 0, ReasonMTIResponse, false},
		{"a repeat of a response", replace("0200", "0211"), 0, ReasonMTIResponse, false},
		{"an advice response", replace("0200", "0230"), 0, ReasonMTIResponse, false},
		{"third bitmap", build("0200", "B020010020800000 8000000000000000", de3, de4, de11, de24, track, de41), 1, ReasonBitmapThird, false},
		{"empty second bitmap", build("0200", "B020010020800000 0000000000000000", de3, de4, de11, de24, track, de41), 1, ReasonBitmapEmpty, false},
		{"cut second bitmap", build("0800", "8020000000000000", "040000"), 1, ReasonTruncated, false},
		{"field 5 is not in the spec", build("0200", "3820010020800000", de3, de4, de11), 5, ReasonFieldUnknown, false},
		{"field 45 after STAN, before the terminal", build("0200", "3020010020880000", de3, de4, de11, de24, track, de41, "00"), 45, ReasonFieldUnknown, true},
		{"no processing code", build("0200", "1020010020800000", de4, de11, de24, track, de41), 3, ReasonMissing, true},
		{"no amount", build("0200", "2020010020800000", de3, de11, de24, track, de41), 4, ReasonMissing, true},
		{"no STAN", build("0200", "3000010020800000", de3, de4, de24, track, de41), 11, ReasonMissing, false},
		{"no card", build("0200", "3020010000800000", de3, de4, de11, de24, de41), 2, ReasonMissing, true},
		{"no terminal", build("0200", "3020010020000000", de3, de4, de11, de24, track), 41, ReasonMissing, false},
		{"two cards", build("0200", "7020010020800000", "16"+card16[:15]+otherDigit(card16[15]), de3, de4, de11, de24, track, de41), 35, ReasonPANMismatch, true},
		{"a card number of 7 digits", build("0200", "7020010000800000", "0701234567", de3, de4, de11, de24, de41), 2, ReasonPAN, true},
		{"control byte in the batch", build("0200", smallBitmap[:14]+"10", de3, de4, de11, de24, track, de41, "0003 300A31"), 60, ReasonNotPrintable, true},
		{"length 1000 in LLL", build("0200", smallBitmap[:14]+"10", de3, de4, de11, de24, track, de41, "1000"), 60, ReasonLengthForm, true},
		{"a network message that asks nothing", build("0800", "0020000000800000", de11, de41), 3, ReasonMissing, true},
		{"an inquiry without a terminal", build("0200", "2020010020000000", "310000", de11, de24, track), 41, ReasonMissing, false},
		{"a reversal without an amount", build("0400", "2020010020800000", de3, de11, de24, track, de41), 4, ReasonMissing, true},
		{"a settlement without STAN", build("0500", "2000000000800000", "920000", de41), 11, ReasonMissing, false},
		{"a settlement without a terminal", build("0500", "2020000000000000", "920000", de11), 41, ReasonMissing, false},
		{"a network message without STAN", build("0800", "2000000000800000", "920000", de41), 11, ReasonMissing, false},
		{"chip data with a repeated tag", build("0200", smallBitmap[:13]+"200", de3, de4, de11, de24, track, de41, "0008 82025400 82025400"), 55, ReasonTLVDuplicate, true},
		{"shorter than any message", "6000100007 0200 00000000000000", 0, ReasonShort, false},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			got := refusal(t, c, unhex(t, x.hex))
			if got.Field != x.field || got.Reason != x.reason || (got.Header != nil) != x.answer {
				t.Errorf("%v, answer %v; want DE%d %s, answer %v", got, got.Header != nil, x.field, x.reason, x.answer)
			}
			if got.Header != nil && got.Header.TID != "JKT00001" {
				t.Errorf("the answer would go to %q", got.Header.TID)
			}
		})
	}
}

func otherDigit(c byte) string { return string('0' + (c-'0'+1)%10) }

// TestToleratesExtraFields: what a fleet adds and nobody reads does not stop a purchase.
func TestToleratesExtraFields(t *testing.T) {
	// 48, 57, 58, 59, 61 and 63 with bytes that are no text, beside the small purchase.
	body := build("0200", "30200100208100EA", de3, de4, de11, de24, smallTrack(), de41,
		"0002 FF00", "0001 80", "0001 81", "0001 82", "0000", "0003 0001FE")
	r, err := mustCodec(t).Decode(unhex(t, body))
	if err != nil || kindName(r) != "Purchase" {
		t.Fatalf("%s, %v", kindName(r), err)
	}
}

// TestSTANZero: STAN 000000 is a number like any other; a decoder that pads identifiers loses it.
func TestSTANZero(t *testing.T) {
	c := mustCodec(t)
	o := testPurchase(t)
	o.STAN = 0
	r, err := c.Decode(frameBody(t, c, o))
	if err != nil || r.Head().STAN != 0 {
		t.Fatalf("STAN 000000: %v", err)
	}
	frame, err := c.Encode(nil, testResponse(r.(*Purchase)))
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.DecodeResponse(frame[2:])
	if err != nil || upperHex(a.Field(11)) != "000000" {
		t.Fatalf("STAN 000000 came back as %x: %v", a.Field(11), err)
	}
}

// TestCutEverywhere: a message that ends early never decodes, whatever the place of the cut, and never panics.
func TestCutEverywhere(t *testing.T) {
	c := mustCodec(t)
	for name, body := range goldenBodies(t) {
		for n := range len(body) {
			if r, err := c.Decode(body[:n]); err == nil {
				t.Errorf("%s cut at %d decodes as %s", name, n, kindName(r))
			}
			c.Describe(body[:n])
		}
	}
}

// TestOddPAN reads 17 and 19 digits with a zero on either side under both rules, and F by itself.
func TestOddPAN(t *testing.T) {
	left, right := mustCodec(t), mustCodec(t, rightPad)
	for _, pan := range []string{card17, card19} {
		length := map[int]string{17: "17", 19: "19"}[len(pan)]
		cases := []struct {
			name, content string
			left, right   bool // accepted under that rule
		}{
			{"zero left", "0" + pan, true, false},
			{"zero right", pan + "0", false, true},
			{"F left", "F" + pan, true, true},
			{"F right", pan + "F", true, true},
			{"F on both sides", "F" + pan[:len(pan)-1] + "F", false, false},
			{"no pad", pan + "5", false, false},
		}
		for _, x := range cases {
			body := unhex(t, build("0200", "7020010000800000", length+x.content, de3, de4, de11, de24, de41))
			checkPAN(t, left, x.name+" with left rule", body, pan, x.left)
			checkPAN(t, right, x.name+" with right rule", body, pan, x.right)
		}
	}
}

func checkPAN(t *testing.T, c *Codec, name string, body []byte, pan string, want bool) {
	t.Helper()
	r, err := c.Decode(body)
	if (err == nil) != want {
		t.Errorf("%s, %d digits: accepted %v, want %v (%v)", name, len(pan), err == nil, want, err)
	}
	if err == nil && r.(*Purchase).PAN != mustPAN(t, pan) {
		t.Errorf("%s, %d digits: another card", name, len(pan))
	}
}

// TestTypes sends every type from 0000 to 9999 with the fields of a purchase: an answer is never answered, and nothing
// but the types of a terminal is served. A switch's reversal advice is none of them.
func TestTypes(t *testing.T) {
	c := mustCodec(t)
	body := frameBody(t, c, testPurchase(t))
	served := map[string]string{
		"0100": "Unsupported", "0101": "Unsupported", "0200": "Purchase", "0201": "Purchase",
		"0220": "Advice", "0221": "Advice", "0320": "nothing", "0321": "nothing", // DE60 is no reference
		"0400": "Reversal", "0401": "Reversal", "0800": "Network", "0801": "Network",
	}
	for n := range 10000 {
		mti := MTI(n/1000<<12 | n/100%10<<8 | n/10%10<<4 | n%10)
		body[edcOpening.mti], body[edcOpening.mti+1] = byte(mti>>8), byte(mti)
		r, err := c.Decode(body)
		want := "Unsupported"
		if mti.Version() != 0 || mti.IsResponse() {
			want = "nothing"
		} else if kind, ok := served[mti.String()]; ok {
			want = kind
		}
		if kindName(r) != want {
			t.Fatalf("%s: %s, want %s (%v)", mti, kindName(r), want, err)
		}
		if refused, ok := err.(*DecodeError); ok && refused.Header != nil && mti.Original() != MTIUpload {
			t.Fatalf("%s would be answered", mti)
		}
	}
}

// TestProcessingCodes: what DE3 makes of a financial message.
func TestProcessingCodes(t *testing.T) {
	c := mustCodec(t)
	for code, want := range map[string][2]string{
		"000000": {"Purchase", "Unsupported"}, "003000": {"Purchase", "Unsupported"},
		"300000": {"Inquiry", "Inquiry"}, "301000": {"Inquiry", "Inquiry"}, "310000": {"Inquiry", "Inquiry"},
		"020000": {"Void", "Unsupported"}, "200000": {"Refund", "Unsupported"}, "920000": {"Unsupported", "Unsupported"},
		"010000": {"Purchase", "Unsupported"}, "120000": {"Unsupported", "Unsupported"},
	} {
		for i, mti := range []MTI{MTIFinancial, MTIAuthorization} {
			o := testPurchase(t)
			o.ProcessingCode, o.MTI, o.RRN, o.Fields = code, mti, "000000000036", o.Fields.With(37)
			if r, err := c.Decode(frameBody(t, c, o)); kindName(r) != want[i] {
				t.Errorf("%s %s: %s, want %s (%v)", mti, code, kindName(r), want[i], err)
			}
		}
	}
}

// TestReversalIsHeard: a wrong check digit does not stop a reversal, or the terminal would repeat it for ever.
func TestReversalIsHeard(t *testing.T) {
	c := mustCodec(t)
	o := testPurchase(t)
	o.Track2 = mustTrack2(t, card16[:15]+otherDigit(card16[15])+"D3112520")
	if got := refusal(t, c, frameBody(t, c, o)); got.Reason != ReasonPANLuhn {
		t.Errorf("purchase: %v", got)
	}
	if r, err := c.Decode(frameBody(t, c, testTerminal().Reversal(o))); kindName(r) != "Reversal" {
		t.Errorf("reversal: %v", err)
	}
}

// TestAmountScale: DE4 in the link's minor units becomes whole rupiah, and a remainder is told.
func TestAmountScale(t *testing.T) {
	cases := []struct {
		wire     string
		codec    *Codec
		amount   int64
		fraction bool
	}{
		{"000005000000", mustCodec(t), 50_000, false},
		{"000005000001", mustCodec(t), 50_000, true},
		{"000000000099", mustCodec(t), 0, true},
		{"999999999999", mustCodec(t), 9_999_999_999, true},
		{"000000138983", mustCodec(t, wholeIDR), 138_983, false},
		{"999999999999", mustCodec(t, wholeIDR), 999_999_999_999, false},
	}
	for _, x := range cases {
		r, err := x.codec.Decode(unhex(t, build("0200", smallBitmap, de3, x.wire, de11, de24, smallTrack(), de41)))
		if err != nil {
			t.Fatal(err)
		}
		if p := r.(*Purchase); p.Amount != x.amount || p.Fraction != x.fraction {
			t.Errorf("%s: %d, remainder %v; want %d, %v", x.wire, p.Amount, p.Fraction, x.amount, x.fraction)
		}
	}
}
