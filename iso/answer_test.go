package iso

import "testing"

// TestAnswerStrict: an answer is read as strictly as a request, and no error of it carries anybody to answer.
func TestAnswerStrict(t *testing.T) {
	const rc = "3030"
	c := mustCodec(t)
	cases := []struct {
		name   string
		hex    string
		field  int
		reason string
	}{
		{"a request", build("0200", "2020000002800000", de3, de11, rc, de41), 0, ReasonMTIResponse},
		{"no STAN", build("0210", "2000000002800000", de3, rc, de41), 11, ReasonMissing},
		{"trailing byte", build("0210", "2020000002800000", de3, de11, rc, de41, "00"), 0, ReasonTrailing},
		{"remainder below one rupiah", build("0210", "3020000002800000", de3, "000005000001", de11, rc, de41), 4, ReasonAmountScale},
		{"card number of 7 digits", build("0210", "6020000002800000", "0701234567", de3, de11, rc, de41), 2, ReasonPAN},
		{"cut additional amount", build("0210", "2020000002800400", de3, de11, rc, de41, "0004 30303032"), 54, ReasonAdditionalForm},
		{"balance with a remainder", build("0210", "2020000002800400", de3, de11, rc, de41, "0020", hexText("0002360C000000005001")), 54, ReasonAmountScale},
		{"repeated tag", build("0210", "2020000002800200", de3, de11, rc, de41, "0008 82025400 82025400"), 55, ReasonTLVDuplicate},
	}
	for _, x := range cases {
		_, err := c.DecodeResponse(unhex(t, x.hex))
		refused, ok := err.(*DecodeError)
		if !ok || refused.Field != x.field || refused.Reason != x.reason || refused.Header != nil {
			t.Errorf("%s: %v, want DE%d %s", x.name, err, x.field, x.reason)
		}
	}
}

func hexText(s string) string { return upperHex([]byte(s)) }

// TestAnswerBalance takes the available rupiah balance out of DE54 and passes over the amounts beside it.
func TestAnswerBalance(t *testing.T) {
	c := mustCodec(t)
	for text, want := range map[string]struct {
		balance int64
		has     bool
	}{
		"":                     {0, false},
		"0001360C000000700000": {0, false},
		"0002840C000000700000": {0, false},
		"0001360C0000007000000002360D000000500000": {-5_000, true},
	} {
		length := map[int]string{0: "0000", 20: "0020", 40: "0040"}[len(text)]
		a, err := c.DecodeResponse(unhex(t, build("0210", "2020000002800400", de3, de11, "3030", de41, length, hexText(text))))
		if err != nil || a.Balance != want.balance || a.HasBalance != want.has {
			t.Errorf("%q: %+v %v", text, a, err)
		}
	}
}

// TestErrorTexts: what an operator reads, made of constants and numbers only.
func TestErrorTexts(t *testing.T) {
	for want, err := range map[string]error{
		"message refused: trailing_bytes":              &DecodeError{Reason: ReasonTrailing},
		"message refused: DE55 tlv_form":               &DecodeError{Field: 55, Reason: ReasonTLVForm},
		"message cannot be written: DE39 value_length": &EncodeError{Field: 39, Reason: ReasonValueLength},
		"frame refused: frame_oversize (length 65535)": &FrameError{Reason: ReasonFrameOversize, Length: 65535},
	} {
		if err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
}

// TestChipTooLong: chip data above its limit is refused before a byte is written.
func TestChipTooLong(t *testing.T) {
	o := testPurchase(t)
	o.Chip = make([]byte, 1000)
	dst, err := mustCodec(t).EncodeRequest(nil, &o)
	if refused, ok := err.(*EncodeError); !ok || refused.Field != 55 || len(dst) != 0 {
		t.Errorf("%v, %d bytes", err, len(dst))
	}
}
