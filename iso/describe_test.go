package iso

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestDescribeMasks: no secret of a message with all of them gets into the table or the JSON.
func TestDescribeMasks(t *testing.T) {
	c := mustCodec(t)
	o := testPurchase(t)
	o.PAN, o.Expiry, o.Fields = mustPAN(t, card16), "3112", o.Fields.With(2, 14)
	o.PIN = NewPINBlock(maskedPIN)
	// Card number, track image, name, dates and an unknown tag in the chip data; constructed templates too.
	o.Chip = unhex(t, "5A08"+card16+" 5712"+card16+"D31125200000000000FF 5F2003414243 5F2403311231 5F2503211231 DF0108"+card16+" 700A5A08"+card16+" 9F36020001")
	o.Invoice = card16 // a number of a card where none belongs
	assertDescription(t, c, frameBody(t, c, o))
	masked := c.Describe(frameBody(t, c, o))
	if masked.Problem != "" {
		t.Errorf("problem: %s", masked.Problem)
	}
	seen := map[string]string{}
	for _, f := range masked.Fields {
		seen[f.label()] = f.Value
	}
	for label, want := range map[string]string{
		"DE2": "999912XXXXXX0422", "DE35": "999912XXXXXX0422D****", "DE52": "(8 bytes)", "DE14": "(2 bytes)", "DE62": "999912XXXXXX0422",
		"  5A": "(8 bytes)", "  57": "(18 bytes)", "  5F20": "(3 bytes)", "  DF01": "(8 bytes)", "  9F36": "0001", "DE4": "000005000000 = Rp50000",
	} {
		if seen[label] != want {
			t.Errorf("%s is shown as %q, want %q", label, seen[label], want)
		}
	}
}

func assertDescription(t *testing.T, c *Codec, body []byte) {
	t.Helper()
	var table strings.Builder
	if err := Describe(&table, c, body); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(c.Describe(body))
	if err != nil {
		t.Fatal(err)
	}
	assertMasked(t, "the table", table.String())
	assertMasked(t, "the JSON", string(encoded))
}

// TestDescribeKeys: DE48 of a network message, which may be a key, is shown as its length.
func TestDescribeKeys(t *testing.T) {
	body := unhex(t, build("0800", "2020000000810000", "920000", de11, de41, "0016 30313233343536373839414243444546"))
	for _, mti := range []string{"0800", "0810"} {
		body[edcOpening.mti+1] = unhex(t, mti)[1]
		d := mustCodec(t).Describe(body)
		if last := d.Fields[len(d.Fields)-1]; last.Field != 48 || last.Value != "(16 bytes)" || d.Problem != "" {
			t.Errorf("%s: %+v %s", mti, last, d.Problem)
		}
	}
}

// TestDescribeAsFarAsItGoes: what could be read is shown, then why the rest was not.
func TestDescribeAsFarAsItGoes(t *testing.T) {
	c := mustCodec(t)
	d := c.Describe(unhex(t, build("0200", smallBitmap, de3, "00000500000A", de11, de24, "99")))
	if d.MTI != "0200" || d.TPDU != "6000100007" || len(d.Fields) != 3 || d.Problem != "message refused: DE4 not_bcd" {
		t.Errorf("%+v", d)
	}
	d = c.Describe(unhex(t, build("0210", smallBitmap, de3, "000005000001", de11, de24, smallTrack(), de41)))
	if len(d.Fields) != 6 || d.Problem != "message refused: DE4 amount_scale" || d.Fields[1].Value != "000005000001 = Rp50000 and a remainder below one rupiah" {
		t.Errorf("%+v", d)
	}
	if d := c.Describe([]byte{1, 2}); d.Problem != "message refused: short" || d.Fields == nil {
		t.Errorf("%+v", d)
	}
}
