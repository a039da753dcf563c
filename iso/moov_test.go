package iso

import (
	"bytes"
	"strings"
	"testing"

	"github.com/moov-io/iso8583"
	"github.com/moov-io/iso8583/encoding"
	"github.com/moov-io/iso8583/prefix"
	"pgregory.net/rapid"
)

// TestBCDLikeMoov: our BCD writes and reads what moov's does. It is stricter in one thing: the pad nibble of an odd
// number must be 0, where moov takes any digit.
func TestBCDLikeMoov(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.SliceOfN(rapid.SampledFrom([]byte("0123456789:/A")), 0, 24).Draw(t, "digits")
		ours, err := formBCD.Encode(digits)
		theirs, theirErr := encoding.BCD.Encode(digits)
		if (err == nil) != (theirErr == nil) || err == nil && !bytes.Equal(ours, theirs) {
			t.Fatalf("Encode: %x %v, moov %x", ours, err, theirs)
		}
		wire := rapid.SliceOfN(nibbles, 0, 12).Draw(t, "wire")
		n := rapid.IntRange(-1, 26).Draw(t, "n")
		got, read, err := formBCD.Decode(wire, n)
		want, theirRead, theirErr := encoding.BCD.Decode(wire, n)
		strict := n > 0 && n&1 == 1 && len(wire) > 0 && wire[0]>>4 != 0
		if (err == nil) != (theirErr == nil && !strict) {
			t.Fatalf("Decode: %v, moov failed %v", err, theirErr != nil)
		}
		if err == nil && (!bytes.Equal(got, want) || read != theirRead) {
			t.Fatalf("Decode: %s %d, moov %s %d", got, read, want, theirRead)
		}
	})
}

// nibbles are bytes that are BCD more often than not.
var nibbles = rapid.Custom(func(t *rapid.T) byte {
	return rapid.SampledFrom([]byte("\x00\x01\x12\x34\x56\x78\x90\x99\x0A\xA0\xFF")).Draw(t, "byte")
})

// TestPrefixLikeMoov: the same for lengths; moov ignores the spare nibble of LLL where we want 0, and takes a sign where
// we want digits.
func TestPrefixLikeMoov(t *testing.T) {
	pairs := []struct {
		ours   lengthPrefix
		theirs prefix.Prefixer
	}{
		{prefixFixed, prefix.BCD.Fixed},
		{prefixLL, prefix.BCD.LL},
		{prefixLLL, prefix.BCD.LLL},
		{prefixASCIILL, prefix.ASCII.LL},
		{prefixASCIILLL, prefix.ASCII.LLL},
	}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(pairs).Draw(t, "prefix")
		most := map[int]int{0: 12, 2: 99, 3: 999}[p.ours.digits]
		limit, n := rapid.IntRange(0, most).Draw(t, "limit"), rapid.IntRange(0, 1200).Draw(t, "n")
		ours, err := p.ours.EncodeLength(limit, n)
		theirs, theirErr := p.theirs.EncodeLength(limit, n)
		if (err == nil) != (theirErr == nil) || !bytes.Equal(ours, theirs) {
			t.Fatalf("EncodeLength(%d, %d): %x %v, moov %x", limit, n, ours, err, theirs)
		}
		wire := rapid.SliceOfN(rapid.OneOf(nibbles, rapid.SampledFrom([]byte("0123459+- "))), 0, 3).Draw(t, "wire")
		got, size, err := p.ours.DecodeLength(limit, wire)
		want, theirSize, theirErr := p.theirs.DecodeLength(limit, wire)
		strict := p.ours == prefixLLL && len(wire) > 0 && wire[0]>>4 != 0 || p.ours.ascii() && bytes.ContainsAny(wire[:min(len(wire), p.ours.size)], "+-")
		if (err == nil) != (theirErr == nil && !strict) || err == nil && (got != want || size != theirSize) {
			t.Fatalf("DecodeLength(%d, %x): %d %d %v, moov %d %d", limit, wire, got, size, err, want, theirSize)
		}
	})
}

// TestWalkLikeMoov: what our walk cuts out of a message, moov's Message on the same spec cuts out too.
func TestWalkLikeMoov(t *testing.T) {
	for _, f := range families(t) {
		for name, frame := range f.frames {
			var w wire
			f.codec.layout.walk(frame[f.codec.framing.header():], &w)
			if problem := againstMoov(f.codec, &w); problem != "" || w.fault.reason != "" {
				t.Errorf("%s/%s: %s", f.dir, name, problem)
			}
		}
	}
}

// TestSwitchWalkLikeMoov: the same for every message and every dialect of a switch.
func TestSwitchWalkLikeMoov(t *testing.T) {
	for _, c := range []*Codec{mustSwitch(t, binaryMap), mustSwitch(t, binaryLength, longTID), mustSwitch(t, binaryMap, binaryLength, longTID, twoDecimals)} {
		for name, o := range switchRequests(t) {
			var w wire
			body := frameBody(t, c, o)
			c.layout.walk(body, &w)
			if problem := againstMoov(c, &w); problem != "" || w.fault.reason != "" {
				t.Errorf("%s: %s", name, problem)
			}
			m := iso8583.NewMessage(messageSpec(c.dialect))
			if err := m.Unpack(body); err != nil {
				t.Errorf("%s: moov refuses", name)
			}
			if packed, err := m.Pack(); err != nil || !bytes.Equal(packed, body) {
				t.Errorf("%s: moov writes another message", name)
			}
		}
	}
}

// TestSwitchTableLikeMoov: where moov has the table of ISO 8583:1987 in ASCII too, lengths are the same. Its DE44 has 99
// characters where the standard has 25, and its binary fields count bytes.
func TestSwitchTableLikeMoov(t *testing.T) {
	ours := messageSpec(SwitchDialect()).Fields
	for de, theirs := range iso8583.Spec87.Fields {
		if de < 2 {
			continue
		}
		length, kind := ours[de].Spec().Length, ours[de].Spec().Pref.(lengthPrefix).digits
		if want := strings.Count(strings.TrimPrefix(theirs.Spec().Pref.Inspect(), "ASCII."), "L"); kind != want {
			t.Errorf("DE%d has a length of %d digits, moov's of %d", de, kind, want)
		}
		if want := theirs.Spec().Length; de != 44 && length != want && length != 2*want {
			t.Errorf("DE%d has %d characters, moov's %d", de, length, want)
		}
	}
}

// againstMoov unpacks a message that the walk has taken with moov, and names the first difference.
func againstMoov(c *Codec, w *wire) string {
	m := iso8583.NewMessage(messageSpec(c.dialect))
	if m.Unpack(w.body[c.layout.opening.mti:]) != nil {
		return "moov refuses what the walk takes"
	}
	if len(m.GetFields()) != w.set.Len()+2 { // and the type and the bitmap
		return "moov finds other fields"
	}
	for de := w.set.next(0); de != 0; de = w.set.next(de) {
		theirs, err := m.GetBytes(de)
		ours, _, ourErr := c.layout.elements[de].form.Decode(w.bytes(de), int(w.spans[de].chars))
		if err != nil || ourErr != nil || !bytes.Equal(theirs, ours) {
			return "moov reads another value in a field"
		}
	}
	return ""
}

// TestPackLikeMoov: what moov packs from our spec is what our writer wrote, and the stock encoders agree.
func TestPackLikeMoov(t *testing.T) {
	edc, ascii := frameBody(t, mustCodec(t), testPurchase(t))[edcOpening.mti:], frameBody(t, mustSwitch(t), testChipPurchase(t))
	for name, x := range map[string]struct {
		spec *iso8583.MessageSpec
		body []byte
	}{
		"our encoders": {edcSpec(ourKit(panForm{})), edc}, "stock encoders": {edcSpec(stockKit()), edc},
		"a switch, our encoders": {switchSpec(ourSwitchKit(BitmapHex), 8), ascii}, "a switch, stock encoders": {switchSpec(stockSwitchKit(), 8), ascii},
	} {
		m := iso8583.NewMessage(x.spec)
		if err := m.Unpack(x.body); err != nil {
			t.Fatalf("%s refuse the purchase", name)
		}
		if packed, err := m.Pack(); err != nil || !bytes.Equal(packed, x.body) {
			t.Errorf("%s write another message", name)
		}
	}
}

// TestCompileRefuses specs that are not made of our parts, at construction and without a panic.
func TestCompileRefuses(t *testing.T) {
	if _, err := compile(edcSpec(stockKit()), edcOpening); err == nil {
		t.Error("a spec of foreign encoders was compiled")
	}
	if _, err := compile(&iso8583.MessageSpec{}, edcOpening); err == nil {
		t.Error("a spec without a bitmap was compiled")
	}
}

// TestErrorsQuoteNothing: errors of our encoders are fixed texts, for moov wraps them into longer ones.
func TestErrorsQuoteNothing(t *testing.T) {
	fixed := map[error]bool{errShort: true, errCharacter: true, errLength: true}
	for _, f := range []form{formBCD, formN3, panForm{}, panForm{right: true}, formTrack2, formText, formRaw, formDigits, formHex, formStripe} {
		for _, src := range []string{"", "\xFF\xFF\xFF\xFF", "\x00\x00", "\xA1"} {
			for n := -1; n < 9; n++ {
				if _, _, err := f.Decode([]byte(src), n); err != nil && !fixed[err] {
					t.Errorf("%T: %v", f, err)
				}
			}
			if _, err := f.Encode([]byte(src)); err != nil && !fixed[err] {
				t.Errorf("%T: %v", f, err)
			}
		}
	}
}

// TestStock: moov's message on its own encoders writes a purchase as we do, so the benchmarks compare the same work; and it
// tells what it cannot read without quoting it.
func TestStock(t *testing.T) {
	body := frameBody(t, mustCodec(t), testPurchase(t))
	if got, err := NewStock().Rewrite(body); err != nil || !bytes.Equal(got, body[edcOpening.mti:]) {
		t.Errorf("another message: %v", err)
	}
	for _, bad := range [][]byte{nil, body[:6], body[:40]} {
		if _, err := NewStock().Rewrite(bad); err != errStock {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
}
