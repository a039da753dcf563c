package iso

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// holder has secrets where fmt may call their methods and where it may not.
type holder struct {
	PAN    PAN
	Track2 Track2
	PIN    PINBlock
	Raw    Opaque
	hidden hiddenHolder
}

type hiddenHolder struct {
	pan    PAN
	track2 Track2
	pin    PINBlock
}

var maskedPIN = [8]byte{0x51, 0x03, 0xAF, 0xE3, 0x04, 0xA0, 0x2C, 0x54}

func secrets(t *testing.T) holder {
	pan, track, pin := mustPAN(t, card16), mustTrack2(t, card16+"D31125201234567"), NewPINBlock(maskedPIN)
	return holder{
		PAN: pan, Track2: track, PIN: pin, Raw: unhex(t, card16),
		hidden: hiddenHolder{pan, track, pin},
	}
}

// assertMasked looks for the card number, what follows it on the track and the PIN block in every spelling
// that a printer of Go values might give them.
func assertMasked(t *testing.T, how, printed string) {
	t.Helper()
	packed := string(unhexString(card16))
	for _, secret := range []string{
		card16, fmt.Sprintf("%x", card16), fmt.Sprint([]byte(card16)), fmt.Sprintf("%v", []byte(packed)), fmt.Sprintf("%d", digitsOf(card16)),
		"3112520", "5103af", "5103AF", fmt.Sprint(maskedPIN), strings.Trim(fmt.Sprint(maskedPIN), "[]"),
		"0x99, 0x99, 0x12",
	} {
		if strings.Contains(strings.ToLower(printed), strings.ToLower(secret)) || strings.Contains(strings.ToLower(printed), strings.ToLower(strings.Trim(secret, "[]"))) {
			t.Errorf("%s shows a secret", how)
		}
	}
}

func unhexString(s string) []byte {
	var b []byte
	for i := 0; i+1 < len(s); i += 2 {
		b = append(b, (s[i]-'0')<<4|(s[i+1]-'0'))
	}
	return b
}

func digitsOf(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i]-'0')
	}
	return b
}

// TestMaskedUnderEveryVerb: whatever way a secret is printed, alone, in a struct, by pointer or in a field that fmt may
// not call methods on, its value does not come out.
func TestMaskedUnderEveryVerb(t *testing.T) {
	h := secrets(t)
	request, err := mustCodec(t).Decode(frameBody(t, mustCodec(t), testPurchase(t)))
	if err != nil {
		t.Fatal(err)
	}
	response := benchResponse(t)
	response.PAN, response.Fields = h.PAN, response.Fields.With(2)
	frame, err := mustCodec(t).Encode(nil, response)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := mustCodec(t).DecodeResponse(frame[2:])
	if err != nil || answer.PAN != h.PAN {
		t.Fatal(err)
	}
	values := []any{answer, *answer, response, h, &h, h.PAN, &h.PAN, h.Track2, h.PIN, h.Raw, []PAN{h.PAN}, map[PAN]PAN{h.PAN: h.PAN}, request, request.Head(), testPurchase(t)}
	for _, v := range values {
		for _, verb := range strings.Fields("%v %+v %#v %s %q %x %X %d %o %b %c %U %t %e %g %20v %-5.2s %#x %y") {
			assertMasked(t, fmt.Sprintf("%T under %s", v, verb), fmt.Sprintf(verb, v))
		}
		assertMasked(t, fmt.Sprintf("%T printed", v), fmt.Sprintln(v))
	}
	// fmt asks no method before it prints a value that is no pointer under %p; the veil holds there.
	for _, v := range []any{h.PAN, h.Track2, h.PIN, h.hidden} {
		verb := "%p"
		assertMasked(t, fmt.Sprintf("%T under %%p", v), fmt.Sprintf(verb, v))
	}
}

// TestMaskedInLogsAndJSON covers slog's two handlers and encoding/json.
func TestMaskedInLogsAndJSON(t *testing.T) {
	h := secrets(t)
	var out bytes.Buffer
	for _, log := range []*slog.Logger{slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))} {
		log.Info("card", "pan", h.PAN, "track", h.Track2, "pin", h.PIN, "raw", h.Raw, "all", h, "ref", &h)
	}
	encoded, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	assertMasked(t, "slog", out.String())
	assertMasked(t, "JSON", string(encoded))
	if want := `"PAN":"999912XXXXXX0422","Track2":"999912XXXXXX0422D****","PIN":"pin_block(present)","Raw":"opaque(8 bytes)"`; !strings.Contains(string(encoded), want) {
		t.Errorf("JSON is %s", encoded)
	}
}

// TestMaskedForms: what may be shown of numbers of every length, and of an absent one.
func TestMaskedForms(t *testing.T) {
	for digits, want := range map[string]string{
		"12345678": "XXXX5678", "123456789012": "XXXXXXXX9012", "1234567890123": "123456XXX0123",
		card16: "999912XXXXXX0422", "1234567890123456789": "123456XXXXXXXXX6789",
	} {
		if pan := mustPAN(t, digits); pan.Masked() != want || pan.String() != want || pan.Last4() != want[len(want)-4:] {
			t.Errorf("a PAN of %d digits is shown as %s, want %s", len(digits), pan.Masked(), want)
		}
	}
	if s := fmt.Sprint(PAN{}, Track2{}, PINBlock{}); s != "  pin_block(absent)" {
		t.Errorf("absent secrets print %q", s)
	}
	if (PAN{200}).Masked() == "" {
		t.Error("a PAN made from nonsense must print something and not panic")
	}
}

// TestParsePAN: 8 to 19 digits and nothing else; the digits come back only by name.
func TestParsePAN(t *testing.T) {
	for _, bad := range []string{"", "1234567", "12345678901234567890", "1234 5678", "12345678９", "-12345678", "+12345678"} {
		if _, err := ParsePAN(bad); err == nil {
			t.Errorf("%d bytes were accepted", len(bad))
		}
	}
	pan := mustPAN(t, card16)
	if string(pan.Digits()) != card16 || pan.First6() != card16[:6] || pan.Last4() != card16[12:] || !pan.Luhn() || pan.Len() != 16 {
		t.Error("the digits do not come back")
	}
	if pan != mustPAN(t, card16) || pan == mustPAN(t, card17) || (PAN{}).Luhn() {
		t.Error("equality or Luhn is wrong")
	}
}

// TestTrack2 takes tracks apart.
func TestTrack2(t *testing.T) {
	track := mustTrack2(t, card16+"=31125201234")
	if track.PAN() != mustPAN(t, card16) || track.Expiry() != "3112" || track.ServiceCode() != "520" || track.Len() != 28 {
		t.Errorf("%v: %s %s", track, track.Expiry(), track.ServiceCode())
	}
	if short := mustTrack2(t, card16+"D31"); short.Expiry() != "" || short.ServiceCode() != "" {
		t.Error("an expiry was made up")
	}
	if noExpiry := mustTrack2(t, card16+"DD520"); noExpiry.Expiry() != "" {
		t.Error("an expiry was made from a separator")
	}
	for _, bad := range []string{"", card16, "D3112", "1234567D3112", card16 + "A3112", card16 + "D" + strings.Repeat("0", 21)} {
		if _, err := ParseTrack2(bad); err == nil {
			t.Errorf("%d characters were accepted", len(bad))
		}
	}
}
