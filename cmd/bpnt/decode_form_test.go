package main

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bpnt/iso"
)

// switchReversal is a synthetic reversal of a switch with chip data in it, in a dialect.
func switchReversal(t *testing.T, change func(*iso.Dialect)) []byte {
	t.Helper()
	dialect := iso.SwitchDialect()
	change(&dialect)
	codec, err := iso.NewCodec(dialect)
	if err != nil {
		t.Fatal(err)
	}
	track2, err := iso.ParseTrack2("9999120000000004=49121200000000000000")
	if err != nil {
		t.Fatal(err)
	}
	s := iso.Switch{Acquirer: "503", Forwarder: "503", Channel: "6018", Currency: "360", Date: "1122"}
	at := time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC)
	sale := s.Purchase(iso.Forward{STAN: 36, At: at, RRN: "261122000036", TID: "JKT00001", MID: "DKI1", Card: track2, Amount: 25_000})
	o := s.Reversal(37, at, sale)
	o.Track2, o.Fields = track2, o.Fields.With(35, 52)
	o.PIN = iso.NewPINBlock([8]byte{0xCA, 0xFE, 0xBA, 0xBE, 1, 2, 3, 4})
	frame, err := codec.EncodeRequest(nil, &o)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

// TestDecodeSwitch: whatever the switch's dialect, a message is found out without a word about it, and masked.
func TestDecodeSwitch(t *testing.T) {
	ascii := switchReversal(t, func(*iso.Dialect) {})
	long := switchReversal(t, func(d *iso.Dialect) { d.TIDLength = 16 })
	binary := switchReversal(t, func(d *iso.Dialect) { d.Length, d.Bitmap = iso.LengthBinary, iso.BitmapBinary })
	mixed := switchReversal(t, func(d *iso.Dialect) { d.Bitmap = iso.BitmapBinary })
	for _, tt := range []struct {
		name     string
		messages int
		args     []string
	}{
		{"text", 1, []string{"--text", string(ascii)}},
		{"text without length", 1, []string{"--text", string(ascii[4:])}},
		{"two in text", 2, []string{"--text", string(ascii) + string(ascii)}},
		{"hex", 1, []string{hex.EncodeToString(ascii)}},
		{"hex, asked for", 1, []string{"--form", "switch", hex.EncodeToString(ascii)}},
		{"hex without length", 1, []string{hex.EncodeToString(ascii[4:])}},
		{"terminal of 16", 1, []string{hex.EncodeToString(long)}},
		{"binary length and bitmap", 1, []string{hex.EncodeToString(binary)}},
		{"binary without length", 1, []string{hex.EncodeToString(binary[2:])}},
		{"ASCII length, binary bitmap", 1, []string{hex.EncodeToString(mixed)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := bpnt(t, "", append([]string{"decode", "--json"}, tt.args...)...)
			var messages []iso.Description
			if err := json.Unmarshal([]byte(r.out), &messages); err != nil || r.status != 0 {
				t.Fatalf("status %d, %v: %s%s", r.status, err, r.out, r.err)
			}
			if len(messages) != tt.messages || messages[0].MTI != "0400" || messages[0].TPDU != "" || messages[0].Problem != "" {
				t.Fatalf("%d messages, want %d: %s", len(messages), tt.messages, r.out)
			}
			assertNoSecret(t, r.out+bpnt(t, "", append([]string{"decode"}, tt.args...)...).out)
		})
	}
}

// TestDecodeWrongForm: read as another form than it has, a message is refused and shows nothing.
func TestDecodeWrongForm(t *testing.T) {
	ascii, terminal := switchReversal(t, func(*iso.Dialect) {}), purchaseFrame(t)
	for _, args := range [][]string{{"--form", "edc", hex.EncodeToString(ascii)}, {"--form", "switch", hex.EncodeToString(terminal)}} {
		r := bpnt(t, "", append([]string{"decode"}, args...)...)
		if r.status != 1 || !strings.Contains(r.out+r.err, iso.ReasonMTIForm) {
			t.Errorf("status %d: %s%s", r.status, r.out, r.err)
		}
		assertNoSecret(t, r.out+r.err)
	}
	if r := bpnt(t, "", "decode", "--text", "0800"); r.status == 0 || !strings.Contains(r.err, "bitmap") {
		t.Errorf("status %d: %s", r.status, r.err)
	}
}

func assertNoSecret(t *testing.T, printed string) {
	t.Helper()
	for _, secret := range []string{"9999120000000004", "120000000004", "4912120", "cafebabe"} {
		if strings.Contains(strings.ToLower(printed), secret) {
			t.Errorf("the output has %s", secret)
		}
	}
}
