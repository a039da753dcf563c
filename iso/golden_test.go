package iso

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/*.hex and *.want anew; read the difference before you commit it")

// family is the golden messages of one dialect: frames in DIR/NAME.hex, and beside each in NAME.want what it decodes to,
// the typed message and then the masked table of `bpnt decode`.
type family struct {
	dir    string
	codec  *Codec
	frames map[string][]byte
}

func families(t testing.TB) []family {
	return []family{
		{"testdata", mustCodec(t), goldens(t)},
		{"testdata/switch", mustSwitch(t), switchGoldens(t)},
	}
}

// goldens are our own messages of a terminal and the answers to them.
func goldens(t testing.TB) map[string][]byte {
	c, terminal, purchase := mustCodec(t), testTerminal(), testPurchase(t)
	stripe := terminal.Purchase(37, mustTrack2(t, card16+"D3112221"), 12_500, PINBlock{}, "000037")
	stripe.EntryMode, stripe.Time, stripe.Fields = "0022", 1122094257, stripe.Fields.With(12, 13)
	manual := purchase
	manual.Track2, manual.Chip, manual.PAN, manual.Expiry = Track2{}, nil, mustPAN(t, card19), "3112"
	manual.Fields = manual.Fields.With(2, 14)
	inquiry := terminal.Inquiry(38, purchase.Track2, purchase.PIN)
	authorized := inquiry
	authorized.MTI, authorized.ProcessingCode = MTIAuthorization, "301000"
	frames := map[string]Outgoing{
		"purchase_chip": purchase, "purchase_repeat": purchase.Repeat(), "purchase_stripe": stripe, "purchase_manual_19": manual,
		"cash":    terminal.Cash(39, purchase.Track2, 50_000, purchase.PIN, "000039").From("10"),
		"inquiry": inquiry, "inquiry_authorization": authorized, "inquiry_savings": inquiry.From("10"),
		"reversal": terminal.Reversal(purchase), "reversal_repeat": terminal.Reversal(purchase).Repeat(),
		"logon": terminal.Logon(1), "sign_on": terminal.Network(2, "0001", 1122094257), "echo": terminal.Network(3, "0301", 1122094300),
	}
	all := map[string][]byte{}
	maps.Copy(frames, dayRequests(t))
	for name, o := range frames {
		all[name] = mustEncode(t, c, &o)
	}
	for name, r := range goldenResponses(t, c) {
		all["response_"+name] = mustAnswer(t, c, r)
	}
	for name, r := range dayResponses(t, c) {
		all["response_"+name] = mustAnswer(t, c, r)
	}
	return all
}

func mustAnswer(t testing.TB, c *Codec, r *Response) []byte {
	t.Helper()
	frame, err := c.Encode(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func goldenResponses(t testing.TB, c *Codec) map[string]*Response {
	heads := map[string]*Header{}
	for name, o := range map[string]Outgoing{
		"reversal": testTerminal().Reversal(testPurchase(t)), "logon": testTerminal().Logon(1),
		"echo": testTerminal().Network(3, "0301", 1122094300),
	} {
		r, err := c.Decode(frameBody(t, c, o))
		if err != nil {
			t.Fatal(err)
		}
		heads[name] = r.Head()
	}
	approved := benchResponse(t)
	declined := *approved
	declined.ResponseCode, declined.Approval, declined.Balance = "51", "", 12_000
	declined.Receipt = NewReceipt("SALDO TIDAK CUKUP - 51").Bold("SISA SALDO Rp12.000").Text()
	return map[string]*Response{
		"approved": approved, "declined": &declined,
		"reversal": {Header: *heads["reversal"], Fields: Fields(3, 4, 11, 12, 13, 24, 37, 39, 41), Time: 1122094400, ResponseCode: "00", RRN: "000000000037", Amount: 50_000, HasAmount: true},
		"logon":    {Header: *heads["logon"], Fields: Fields(3, 11, 12, 13, 24, 39, 41), Time: 1122094100, ResponseCode: "00"},
		"echo":     {Header: *heads["echo"], Fields: Fields(7, 11, 39, 70), TransmissionAt: "1122094300", ResponseCode: "00", Code: "0301"},
	}
}

func mustEncode(t testing.TB, c *Codec, o *Outgoing) []byte {
	t.Helper()
	frame, err := c.EncodeRequest(nil, o)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

// TestGolden: the encoder still writes the committed bytes, and the committed bytes still mean the same.
func TestGolden(t *testing.T) {
	for _, f := range families(t) {
		for name, frame := range f.frames {
			t.Run(f.dir+"/"+name, func(t *testing.T) {
				path := filepath.Join(f.dir, name)
				compareGolden(t, path+".hex", hexLines(frame))
				body, rest, err := CutFrame(frame, f.codec.framing)
				if err != nil || len(rest) != 0 {
					t.Fatal(err)
				}
				compareGolden(t, path+".want", explain(t, f.codec, body))
			})
		}
		if files, _ := filepath.Glob(f.dir + "/*.hex"); len(files) != len(f.frames) {
			t.Errorf("%s: %d .hex files for %d goldens", f.dir, len(files), len(f.frames))
		}
	}
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", path, got)
	}
}

// goldenBodies reads the committed frames of terminals, without their lengths; switchBodies those of switches.
func goldenBodies(t testing.TB) map[string][]byte { return bodiesIn(t, "testdata", edcFraming) }

func switchBodies(t testing.TB) map[string][]byte {
	return bodiesIn(t, "testdata/switch", SwitchDialect().Framing())
}

func bodiesIn(t testing.TB, dir string, framing Framing) map[string][]byte {
	files, err := filepath.Glob(dir + "/*.hex")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden messages: %v", err)
	}
	bodies := map[string][]byte{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		bodies[strings.TrimSuffix(filepath.Base(file), ".hex")] = unhex(t, string(data))[framing.header():]
	}
	return bodies
}

func hexLines(frame []byte) string {
	var out strings.Builder
	for len(frame) > 0 {
		n := min(len(frame), 32)
		fmt.Fprintf(&out, "%X\n", frame[:n])
		frame = frame[n:]
	}
	return out.String()
}

// explain is the .want of a message.
func explain(t *testing.T, c *Codec, body []byte) string {
	var out strings.Builder
	if r, err := c.Decode(body); err == nil {
		fmt.Fprintln(&out, kindName(r))
		dump(&out, reflect.ValueOf(r).Elem())
	} else if a, err := c.DecodeResponse(body); err == nil {
		fmt.Fprintln(&out, "Answer")
		dump(&out, reflect.ValueOf(a).Elem())
	} else {
		t.Fatal(err)
	}
	fmt.Fprintln(&out)
	if err := Describe(&out, c, body); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// dump writes every exported field that is not zero. The cards here are synthetic, so their digits may be seen.
func dump(out *strings.Builder, v reflect.Value) {
	for i := range v.NumField() {
		name, value := v.Type().Field(i), v.Field(i)
		switch {
		case !name.IsExported() || value.IsZero():
		case value.Kind() == reflect.Pointer:
			fmt.Fprintf(out, "%s: %+v\n", name.Name, value.Elem().Interface())
		case name.Anonymous && value.Kind() == reflect.Struct:
			dump(out, value)
		default:
			fmt.Fprintf(out, "%s: %s\n", name.Name, clear(value.Interface()))
		}
	}
}

func clear(v any) string {
	switch v := v.(type) {
	case PAN:
		return string(v.Digits())
	case PINBlock:
		block := v.Bytes()
		return upperHex(block[:])
	case Opaque:
		return upperHex(v)
	}
	return fmt.Sprintf("%+v", v)
}
