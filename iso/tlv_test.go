package iso

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func walkReason(data []byte, answer bool) string {
	return walkTLV(data, answer, func(uint32, []byte) {})
}

// TestTLVStrict is the table of what DE55 may not be.
func TestTLVStrict(t *testing.T) {
	for hex, want := range map[string]string{
		"":                          "",
		chipHex:                     "",
		"9F36020001":                "",
		"9F3602":                    ReasonTLVForm,
		"9F36":                      ReasonTLVForm,
		"9F":                        ReasonTLVForm,
		"9F36020001 00":             ReasonTLVForm, // padding
		"9F8001 00":                 ReasonTLVForm, // a tag not in its shortest form
		"1F818101 00":               ReasonTLVForm, // a tag of four bytes
		"82 8102 5400":              ReasonTLVForm, // a length not in its shortest form
		"82 820002 5400":            ReasonTLVForm,
		"82 80":                     ReasonTLVForm, // indefinite length
		"82 83000001 00":            ReasonTLVForm,
		"82025400 82025400":         ReasonTLVDuplicate,
		"7200 7200":                 ReasonTLVDuplicate,
		"9F360100":                  "",
		"DF5B0A1100000001 11000000": ReasonTLVForm,
	} {
		if got := walkReason(unhex(t, hex), false); got != want {
			t.Errorf("%s: %q, want %q", hex, got, want)
		}
	}
	if got := walkReason(unhex(t, "910A0102030405060708090A 72021122 72021122 710133 710133"), true); got != "" {
		t.Errorf("an answer's repeated issuer scripts: %s", got)
	}
	if got := walkReason(unhex(t, "82025400 82025400"), true); got != ReasonTLVDuplicate {
		t.Errorf("an answer's repeated tag: %s", got)
	}
}

// TestTLVLimit: 64 tags pass, 65 do not, and a bomb of 499 costs no allocation.
func TestTLVLimit(t *testing.T) {
	if got := walkReason(unhex(t, manyTags(EMVTagsMax)), false); got != "" {
		t.Errorf("%d tags: %s", EMVTagsMax, got)
	}
	if got := walkReason(unhex(t, manyTags(EMVTagsMax+1)), false); got != ReasonTLVMany {
		t.Errorf("%d tags: %q", EMVTagsMax+1, got)
	}
	if got := walkReason(unhex(t, strings.Repeat("7200", EMVTagsMax+1)), true); got != ReasonTLVMany {
		t.Errorf("%d issuer scripts: %q", EMVTagsMax+1, got)
	}
	bomb := unhex(t, strings.Repeat("8200", 499))
	if n := testing.AllocsPerRun(100, func() { walkReason(bomb, false) }); n != 0 {
		t.Errorf("a TLV bomb costs %v allocations", n)
	}
}

// manyTags is n different tags without a value.
func manyTags(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "DF81%02X00", i)
	}
	return b.String()
}

// TestTLVBombInMessage: the whole message is refused, with an answer.
func TestTLVBombInMessage(t *testing.T) {
	c := mustCodec(t)
	o := testPurchase(t)
	o.Chip = unhex(t, manyTags(240))
	if got := refusal(t, c, frameBody(t, c, o)); got.Field != 55 || got.Reason != ReasonTLVMany || got.Header == nil {
		t.Errorf("%v", got)
	}
}

// TestChipValues: 9F36 and 9F02 are read in their EMV form only.
func TestChipValues(t *testing.T) {
	for hex, want := range map[string]struct {
		chip   chip
		reason string
	}{
		"":                            {chip{-1, -1}, ""},
		"9F3602FFFF":                  {chip{65535, -1}, ""},
		"9F0206000000000001":          {chip{-1, 1}, ""},
		"9F36030000FF":                {chip{-1, -1}, ReasonTLVValue},
		"9F0206 0000000000AB":         {chip{-1, -1}, ReasonTLVValue},
		"9F0205 0000000001":           {chip{-1, -1}, ReasonTLVValue},
		"9F36020001 9F0206ABCDEF0000": {chip{}, ReasonTLVForm},
	} {
		got, reason := readChip(unhex(t, hex))
		if reason != want.reason || reason != ReasonTLVForm && got != want.chip {
			t.Errorf("%s: %+v %q, want %+v %q", hex, got, reason, want.chip, want.reason)
		}
	}
}

// TestTLVRoundTrip: objects written in the shortest form are cut into the same objects.
func TestTLVRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tags := rapid.SliceOfNDistinct(rapid.Uint32Range(0xDF01, 0xDF7F), 0, EMVTagsMax, rapid.ID).Draw(t, "tags")
		values := map[uint32]string{}
		var data []byte
		for _, tag := range tags {
			value := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "value")
			values[tag] = string(value)
			data = appendTLV(data, tag, value)
		}
		seen := 0
		reason := walkTLV(data, false, func(tag uint32, value []byte) {
			seen++
			if values[tag] != string(value) {
				t.Fatalf("tag %X came back with another value", tag)
			}
		})
		if reason != "" || seen != len(tags) {
			t.Fatalf("%q after %d of %d tags", reason, seen, len(tags))
		}
	})
}

func appendTLV(dst []byte, tag uint32, value []byte) []byte {
	for shift := 24; shift >= 0; shift -= 8 {
		if tag>>shift != 0 {
			dst = append(dst, byte(tag>>shift))
		}
	}
	switch n := len(value); {
	case n < 0x80:
		dst = append(dst, byte(n))
	case n < 0x100:
		dst = append(dst, 0x81, byte(n))
	default:
		dst = append(dst, 0x82, byte(n>>8), byte(n))
	}
	return append(dst, value...)
}
