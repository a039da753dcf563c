package iso

import (
	"fmt"
	"strings"
	"testing"
)

// stuffed is a switch's message with card data in every field that could hold some, in a dialect.
func stuffed(t *testing.T, c *Codec) []byte {
	t.Helper()
	o := testSwitch().Reversal(53, atWIB, testChipPurchase(t))
	o.Track2, o.PIN = mustTrack2(t, card16+"D31125201234567"), NewPINBlock(maskedPIN)
	o.Chip = unhex(t, "5A08"+card16+" 5712"+card16+"D31125200000000000FF DF0108"+card16)
	o.Fields = o.Fields.With(35, 52, 55)
	var w wire
	c.layout.walk(frameBody(t, c, o), &w)
	if w.fault.reason != "" {
		t.Fatal(w.fault)
	}
	secret := "B" + card16 + "^KPM^3112520"
	return stuff(c, &w, map[int]string{
		34: card16, 36: card16 + "=3112520", 43: pad("KARTU "+card16, 40), 44: card16, 45: secret, 46: secret, 48: card16, 56: secret, 60: card16, 61: secret,
		62: card16, 63: card16, 98: pad(card16, 25), 101: card16, 102: card16, 103: card16, 104: secret, 105: secret, 120: secret, 121: secret,
		122: secret, 123: secret, 124: secret, 125: secret, 126: secret, 127: secret,
	})
}

func pad(s string, n int) string { return s + strings.Repeat(" ", n-len(s)) }

// stuff writes a message anew with more fields.
func stuff(c *Codec, w *wire, more map[int]string) []byte {
	set := w.set
	for de := range more {
		set.add(de)
	}
	dst := c.layout.opening.appendBitmaps(append([]byte(nil), w.body[:c.layout.opening.bitmap]...), set)
	for de := set.next(0); de != 0; de = set.next(de) {
		content := w.bytes(de)
		if more[de] != "" {
			content = []byte(more[de])
		}
		dst = append(c.layout.elements[de].prefix.append(dst, len(content)), content...)
	}
	return dst
}

// TestSwitchDescribeMasks: no secret of a message that has one in every field gets into the table, the JSON, the typed
// message under any verb, or an error.
func TestSwitchDescribeMasks(t *testing.T) {
	for _, c := range []*Codec{mustSwitch(t), mustSwitch(t, binaryMap), mustSwitch(t, longTID)} {
		body := stuffed(t, c)
		assertDescription(t, c, body)
		d := c.Describe(body)
		if d.Problem != "" {
			t.Errorf("problem: %s", d.Problem)
		}
		for _, f := range d.Fields {
			hidden := f.Field == 14 || f.Field == 34 || f.Field == 36 || f.Field == 45 || f.Field == 52 || f.Field == 61 || f.Field >= 98 && f.Field != 99
			if hidden && !strings.HasSuffix(f.Value, " bytes)") {
				t.Errorf("DE%d is shown as %q", f.Field, f.Value)
			}
		}
		r, err := c.Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		for _, verb := range strings.Fields("%v %+v %#v %s %q %x %X %d") {
			assertMasked(t, "a reversal under "+verb, fmt.Sprintf(verb, r))
		}
		for n := range body {
			assertDescription(t, c, body[:n])
			if _, err := c.Decode(body[:n]); err != nil {
				assertMasked(t, "an error", err.Error())
			}
		}
	}
}

// TestDescribeOtherDialect: read by another dialect's codec, a message shows nothing of what it holds.
func TestDescribeOtherDialect(t *testing.T) {
	ascii, edc := stuffed(t, mustSwitch(t)), frameBody(t, mustCodec(t), testPurchase(t))
	for _, x := range []struct {
		c    *Codec
		body []byte
	}{{mustCodec(t), ascii}, {mustCodec(t, rightPad), stuffed(t, mustSwitch(t, binaryMap))}, {mustSwitch(t), edc}, {mustSwitch(t, binaryMap), edc}} {
		if d := x.c.Describe(x.body); len(d.Fields) != 0 || d.Problem != "message refused: mti_form" {
			t.Errorf("%+v", d)
		}
		assertDescription(t, x.c, x.body)
	}
}

// TestKeysMasked: a key in DE48 or DE62 of a network message shows as its length, and in Go values as that too.
func TestKeysMasked(t *testing.T) {
	const key = "0123456789ABCDEFFEDCBA9876543210"
	c, edc := mustSwitch(t), mustCodec(t)
	request := testSwitch().KeyExchange(5, atWIB, Opaque(key+"08D7B4"))
	body := frameBody(t, c, request)
	n := decodeBody[*Network](t, c, body)
	answer := &Response{Header: n.Header, Fields: Fields(7, 11, 39, 48, 70), ResponseCode: "00", Code: n.Code, Key: Opaque(key + "08D7B4")}
	switched := mustAnswer(t, c, answer)[4:]
	logon := &Response{Header: *decodeOutgoing(t, edc, testTerminal().Logon(1)).Head(), Fields: Fields(3, 11, 39, 41, 62), ResponseCode: "00", Key: Opaque(testKeys)}
	packed := mustAnswer(t, edc, logon)[2:]
	for _, x := range []struct {
		c    *Codec
		body []byte
	}{{c, switched}, {edc, packed}} {
		a, err := x.c.DecodeResponse(x.body)
		if err != nil || !strings.HasPrefix(string(a.Key), key) || a.Receipt != "" || a.Invoice != "" {
			t.Fatalf("%+v %v", a, err)
		}
		assertKeyless(t, a, x.c.Describe(x.body))
	}
	assertKeyless(t, n, request, &request, answer, *logon, c.Describe(body))
}

// assertKeyless looks for the key of TestKeysMasked as text and as bytes.
func assertKeyless(t *testing.T, values ...any) {
	t.Helper()
	for _, v := range values {
		for _, verb := range strings.Fields("%v %+v %#v %s %q %x %d") {
			printed := strings.ToUpper(fmt.Sprintf(verb, v))
			for _, secret := range []string{"89ABCDEFFED", "3839414243444546", "56 57 65 66 67 68"} {
				if strings.Contains(printed, secret) {
					t.Errorf("%T under %s shows a key", v, verb)
				}
			}
		}
	}
}
