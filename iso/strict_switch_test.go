package iso

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// switchBody makes a body of a type, the fields that it names, and their content in this order.
func switchBody(mti string, set FieldSet, content ...string) []byte {
	o := SwitchDialect().opening()
	return append(o.appendBitmaps([]byte(mti), set), strings.Join(content, "")...)
}

// The fields of a small redemption: 2 3 4 7 11 12 13 37 41.
const (
	ascii3  = "000000"
	ascii4  = "000000110000"
	ascii7  = "1121200405"
	ascii11 = "000052"
	ascii12 = "030405"
	ascii13 = "1122"
	ascii37 = "261122000052"
	ascii41 = "JKT00001"
	ascii90 = "020000005211212004050000000050300000000504"
)

var smallSet = Fields(2, 3, 4, 7, 11, 12, 13, 37, 41)

func smallContent(then ...string) []string {
	return append([]string{"16", card16, ascii3, ascii4, ascii7, ascii11, ascii12, ascii13, ascii37, ascii41}, then...)
}

// TestSwitchStrict is the table of what a switch's link refuses, why, and whether the switch gets an answer.
func TestSwitchStrict(t *testing.T) {
	c := mustSwitch(t)
	good := switchBody("0200", smallSet, smallContent()...)
	if _, err := c.Decode(good); err != nil {
		t.Fatalf("the plain redemption is refused: %v", err)
	}
	replace := func(old, with string) []byte { return bytes.Replace(good, []byte(old), []byte(with), 1) }
	with := func(de int, content string) []byte {
		return switchBody("0200", smallSet.With(de), smallContent(content)...)
	}
	reversal := func(set FieldSet, then ...string) []byte {
		return switchBody("0400", smallSet.union(set), smallContent(then...)...)
	}
	noCard := smallContent()[2:]
	cases := []struct {
		name   string
		body   []byte
		field  int
		reason string
		answer bool
	}{
		{"trailing byte", append(bytes.Clone(good), '0'), 0, ReasonTrailing, true},
		{"minus in the amount", replace(ascii4, "-00000110000"), 4, ReasonNotDigits, true},
		{"blank in STAN", replace(ascii11, " 00052"), 11, ReasonNotDigits, false},
		{"length +6", replace("16"+card16, "+6"+card16), 2, ReasonLengthForm, false},
		{"length with a blank", replace("16"+card16, " 6"+card16), 2, ReasonLengthForm, false},
		{"length above the field's limit", replace("16"+card16, "20"+card16+"0000"), 2, ReasonLengthMax, false},
		{"a letter in the card number", replace(card16, card16[:15]+"F"), 2, ReasonNotDigits, true},
		{"a card number of 7 digits", replace("16"+card16, "071234567"), 2, ReasonPAN, true},
		{"wrong check digit", replace(card16, card16[:15]+otherDigit(card16[15])), 2, ReasonPANLuhn, true},
		{"NUL in DE37", replace(ascii37, "26112200005\x00"), 37, ReasonNotPrintable, true},
		{"type with a letter", replace("0200", "02A0"), 0, ReasonMTIForm, false},
		{"type of 1993", replace("0200", "1200"), 0, ReasonMTIForm, false},
		{"a response", replace("0200", "0210"), 0, ReasonMTIResponse, false},
		{"bitmap in lower case", bytes.Replace(good, good[4:20], bytes.Replace(good[4:20], []byte("3"), []byte("b"), 1), 1), 1, ReasonBitmapForm, false},
		{"cut bitmap", good[:19], 0, ReasonShort, false},
		{"cut second bitmap", []byte("08008222000000000000040000"), 1, ReasonTruncated, false},
		{"empty second bitmap", []byte("08008222000000000000" + strings.Repeat("0", 16)), 1, ReasonBitmapEmpty, false},
		{"third bitmap", []byte("08008222000000000000" + "8400000000000000"), 1, ReasonBitmapThird, false},
		{"no card", switchBody("0200", smallSet.Without(2), noCard...), 2, ReasonMissing, true},
		{"a blank terminal", replace(ascii41, "        "), 41, ReasonMissing, true},
		{"no terminal", switchBody("0200", smallSet.Without(41), smallContent()[:9]...), 41, ReasonMissing, true},
		{"track 2 with a letter", switchBody("0200", smallSet.Without(37).With(35), append(smallContent()[:8], "17"+card16+"A", ascii41)...), 35, ReasonTrack2, true},
		{"track 2 without a separator", switchBody("0200", smallSet.Without(37).With(35), append(smallContent()[:8], "16"+card16, ascii41)...), 35, ReasonTrack2, true},
		{"PIN block in lower case", with(52, "5103afe304a02c54"), 52, ReasonNotHex, true},
		{"chip data that is no hex", with(55, "003abc"), 55, ReasonNotHex, true},
		{"chip data of half a byte", with(55, "0039F3"), 55, ReasonNotHex, true},
		{"chip data with a cut tag", with(55, "0049F36"), 55, ReasonTLVForm, true},
		{"a repeated tag", with(55, "016"+"82025400"+"82025400"), 55, ReasonTLVDuplicate, true},
		{"MAC of bytes", with(64, "\x01\x02\x03\x04\x05\x06\x07\x0801234567"), 64, ReasonNotHex, true},
		{"reversal without DE90", reversal(FieldSet{}), 90, ReasonMissing, true},
		{"DE90 with letters", reversal(Fields(90), "ABCD"+ascii90[4:]), 90, ReasonNotDigits, true},
		{"cut DE90", reversal(Fields(90), ascii90[:41]), 90, ReasonTruncated, true},
		{"reversal of a part", reversal(Fields(90, 95), ascii90, "000000050000"+strings.Repeat("0", 30)), 95, ReasonReplacement, true},
		{"DE95 with letters", reversal(Fields(90, 95), ascii90, "00000011000A"+strings.Repeat("0", 30)), 95, ReasonReplacement, true},
		{"a settlement day that is missing", switchBody("0500", Fields(7, 11), ascii7, ascii11), 15, ReasonMissing, true},
		{"a count beyond all counting", switchBody("0500", Fields(11, 15, 76), ascii11, ascii13, "2147483648"), 76, ReasonTotalsForm, true},
		{"a net without a sign", switchBody("0500", Fields(11, 15, 97), ascii11, ascii13, strings.Repeat("0", 17)), 97, ReasonTotalsForm, true},
		{"a net with a letter", switchBody("0520", Fields(11, 15, 97), ascii11, ascii13, "C000000000000000A"), 97, ReasonTotalsForm, true},
		{"a network message without STAN", switchBody("0800", Fields(7, 70), ascii7, "301"), 11, ReasonMissing, false},
		{"a network message that asks nothing", switchBody("0800", Fields(7, 11), ascii7, ascii11), 3, ReasonMissing, true},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			got := refusal(t, c, x.body)
			if got.Field != x.field || got.Reason != x.reason || (got.Header != nil) != x.answer {
				t.Errorf("%v, answer %v; want DE%d %s, answer %v", got, got.Header != nil, x.field, x.reason, x.answer)
			}
		})
	}
}

// TestSwitchReplacement: a published reversal has DE4 again in DE95, others have zeros.
func TestSwitchReplacement(t *testing.T) {
	for _, amount := range []string{ascii4, "000000000000"} {
		body := switchBody("0421", smallSet.With(90, 95), smallContent(ascii90, amount+strings.Repeat("0", 30))...)
		if r, err := mustSwitch(t).Decode(body); kindName(r) != "Reversal" {
			t.Errorf("%s: %v", amount, err)
		}
	}
}

// TestSwitchTypes sends every type from 0000 to 9999 with the fields of a redemption and DE90.
func TestSwitchTypes(t *testing.T) {
	c := mustSwitch(t)
	body := switchBody("0200", smallSet.With(15, 90), "16", card16, ascii3, ascii4, ascii7, ascii11, ascii12, ascii13, ascii13, ascii37, ascii41, ascii90)
	served := map[string]string{
		"0200": "Purchase", "0201": "Purchase", "0220": "Advice", "0221": "Advice", "0400": "Reversal", "0401": "Reversal",
		"0420": "Reversal", "0421": "Reversal", "0500": "Reconciliation", "0501": "Reconciliation", "0520": "Reconciliation",
		"0521": "Reconciliation", "0800": "Network", "0801": "Network",
	}
	for n := range 10000 {
		copy(body, fmt.Sprintf("%04d", n))
		r, err := c.Decode(body)
		want := "Unsupported"
		if mti := MTI(packDigits(body[:4])); mti.Version() != 0 || mti.IsResponse() {
			want = "nothing"
		} else if kind, ok := served[mti.String()]; ok {
			want = kind
		}
		if kindName(r) != want {
			t.Fatalf("%04d: %s, want %s (%v)", n, kindName(r), want, err)
		}
	}
}

// TestSwitchVoid: DE37 is the message's own on a switch, so that a void or a refund there names nothing.
func TestSwitchVoid(t *testing.T) {
	for _, code := range []string{"020000", "200000"} {
		o := testSwitch().Purchase(testForward(t))
		o.ProcessingCode = code
		if r := decodeOutgoing(t, mustSwitch(t), o); kindName(r) != "Unsupported" {
			t.Errorf("%s became %s", code, kindName(r))
		}
	}
}

// TestSwitchEveryField: each of the 128 fields of the 1987 table has a format, is cut at its end and passed over where
// nobody reads it.
func TestSwitchEveryField(t *testing.T) {
	c := mustSwitch(t)
	for de := 2; de <= fieldMax; de++ {
		e := c.layout.elements[de]
		if de == 65 {
			continue // asks for a third bitmap
		}
		if e.form == nil || e.name == "" {
			t.Errorf("DE%d has no format", de)
			continue
		}
		if smallSet.Has(de) || Fields(35, 52, 55, 64).Has(de) {
			continue // read, and tested above
		}
		content := strings.Repeat("0", min(e.lengthMax, 28))
		if e.prefix.digits > 0 {
			content = fmt.Sprintf("%0*d%s", e.prefix.digits, len(content), content)
		} else {
			content = strings.Repeat("0", e.lengthMax)
		}
		body := insertField(t, c, de, content)
		if r, err := c.Decode(body); kindName(r) != "Purchase" || r.Head().TID != ascii41 {
			t.Errorf("DE%d: %s %v", de, kindName(r), err)
		}
	}
}

// insertField puts a field into the small redemption, in its place.
func insertField(t *testing.T, c *Codec, de int, content string) []byte {
	t.Helper()
	var w wire
	c.layout.walk(switchBody("0200", smallSet, smallContent()...), &w)
	var parts []string
	set := smallSet.With(de)
	for at := set.next(0); at != 0; at = set.next(at) {
		switch {
		case at == de:
			parts = append(parts, content)
		case at == 2:
			parts = append(parts, "16"+card16)
		default:
			parts = append(parts, string(w.bytes(at)))
		}
	}
	return switchBody("0200", set, parts...)
}

// TestSwitchMAC: the MAC is DE64, or DE128 where there are two bitmaps, and covers all in front of it; a DE64 that
// leaves fields behind it uncovered is no MAC.
func TestSwitchMAC(t *testing.T) {
	c := mustSwitch(t)
	signed := testSwitch()
	signed.ComputeMAC = func(input []byte) (mac [8]byte) { copy(mac[:], input[len(input)-8:]); return mac }
	one := decodeOutgoing(t, c, signed.Purchase(testForward(t))).Head()
	two := decodeOutgoing(t, c, signed.Reversal(53, atWIB, signed.Purchase(testForward(t)))).Head()
	for _, h := range []*Header{one, two} {
		if len(h.MAC) != 8 || !bytes.HasSuffix(h.MACInput, h.MAC) || !bytes.HasPrefix(h.MACInput, []byte("0")) {
			t.Errorf("%s: MAC %v over %v", h.MTI, h.MAC, h.MACInput)
		}
	}
	if !bytes.HasSuffix(two.MACInput, []byte("00000000504")) {
		t.Error("DE90 is not covered")
	}
	half := switchBody("0400", smallSet.With(64, 90), smallContent("0123456789ABCDEF", ascii90)...)
	if r, err := c.Decode(half); err != nil || r.Head().MAC != nil || r.Head().MACInput != nil {
		t.Errorf("half a message is covered: %v", err)
	}
}

// TestSwitchCutEverywhere: a message that ends early never decodes, whatever the place of the cut, and never panics.
func TestSwitchCutEverywhere(t *testing.T) {
	c := mustSwitch(t)
	for name, body := range switchBodies(t) {
		for n := range len(body) {
			if r, err := c.Decode(body[:n]); err == nil {
				t.Errorf("%s cut at %d decodes as %s", name, n, kindName(r))
			}
			c.Describe(body[:n])
		}
	}
}
