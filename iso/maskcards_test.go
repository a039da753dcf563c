package iso

import (
	"strings"
	"testing"
)

// TestMaskCards: what can be a card number is masked, with what stands behind it on a track; other numbers of the trade
// are not.
func TestMaskCards(t *testing.T) {
	const odd = "9999120000000004" // its check digit is wrong
	grouped := card16[:4] + " " + card16[4:8] + "-" + card16[8:12] + "." + card16[12:]
	for text, want := range map[string]string{
		"KARTU " + card16 + ", TOTAL 500": "KARTU 999912XXXXXX0422, TOTAL 500",
		card19 + card19:                   card19 + card19, // 38 digits are no card number
		"TID 60060060 RRN 000000000036":   "TID 60060060 RRN 000000000036",
		card17:                            "999912XXXXXXX" + card17[13:],
		grouped:                           "9999 12XX-XXXX.0422",
		card16 + "=49121200000":           "999912XXXXXX0422=XXXXXXXXXXX",
		card16 + "D4912 7":                "999912XXXXXX0422DXXXX 7",
		"31" + odd + "99":                 "31999912XXXXXX000499", // the message's own
		odd + "=4912, " + odd:             "999912XXXXXX0004=XXXX, 999912XXXXXX0004",
		"000123 " + card16:                "000123 999912XXXXXX0422", // with other numbers around it
		card16 + " 2512 30.000":           "999912XXXXXX0422 2512 30.000",
		"30.000 " + grouped + " 7":        "30.000 999X XXXX-XXXX.0422 7",
		card16 + " " + card16:             "999912XXXXXX0422 999912XXXXXX0422",
		"000042":                          "000042",
		"":                                "",
	} {
		own, err := ParsePAN(odd)
		if err != nil {
			t.Fatal(err)
		}
		if got := MaskCards(text, own); got != want {
			t.Errorf("%d characters became %q", len(text), got)
		}
	}
	short, err := ParsePAN("99991200")
	if err != nil {
		t.Fatal(err)
	}
	if got := MaskCards("KARTU 99991200", short); got != "KARTU XXXX1200" {
		t.Errorf("a short number became %q", got)
	}
	if got := MaskCards(odd, PAN{}); got != odd {
		t.Errorf("nobody's number became %q", got)
	}
	if got := maskRuns("KARTU 39501199" + odd + "D4912, 30.000"); got != "KARTU 395011XXXXXXXXXXXXXX0004D4912, 30.000" {
		t.Errorf("a number among other digits became %q", got)
	}
	if text := strings.Repeat("x", 999); MaskCards(text, short) != text {
		t.Error("text without digits was changed")
	}
}
