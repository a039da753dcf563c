package main

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bpnt/iso"
)

// purchaseFrame is a synthetic purchase with track 2 and a PIN block.
func purchaseFrame(t *testing.T) []byte {
	t.Helper()
	codec, err := iso.NewCodec(iso.EDC())
	if err != nil {
		t.Fatal(err)
	}
	track2, err := iso.ParseTrack2("9999120000000004=49121200000000000000")
	if err != nil {
		t.Fatal(err)
	}
	terminal := iso.Terminal{TPDU: iso.TPDU{0x60}, NII: "0001", TID: "JKT00001", MID: "DKI1", Batch: "000001", EntryMode: "0022"}
	o := terminal.Purchase(36, track2, 25_000, iso.NewPINBlock([8]byte{0xCA, 0xFE, 0xBA, 0xBE, 1, 2, 3, 4}), "000036")
	frame, err := codec.EncodeRequest(nil, &o)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

// TestDecode: from the argument, a file and stdin, with and without length header, one message or several; masked.
func TestDecode(t *testing.T) {
	frame := purchaseFrame(t)
	whole, body := hex.EncodeToString(frame), hex.EncodeToString(frame[2:])
	path := filepath.Join(t.TempDir(), "capture.hex")
	if err := os.WriteFile(path, []byte(whole+"\n"+whole+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, stdin string
		args        []string
		messages    int
	}{
		{"argument", "", []string{whole}, 1},
		{"without length header", "", []string{body}, 1},
		{"stdin", strings.ToUpper(whole) + "\n", nil, 1},
		{"stdin, spaced", strings.Join(strings.SplitAfter(whole, "00"), " "), nil, 1},
		{"file with two", "", []string{"--file", path}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := bpnt(t, tt.stdin, append([]string{"decode", "--json"}, tt.args...)...)
			var messages []iso.Description
			if err := json.Unmarshal([]byte(r.out), &messages); err != nil || r.status != 0 {
				t.Fatalf("status %d, %v: %s%s", r.status, err, r.out, r.err)
			}
			if len(messages) != tt.messages || messages[0].MTI != "0200" || messages[0].Problem != "" {
				t.Fatalf("%d messages, want %d: %s", len(messages), tt.messages, r.out)
			}
			plain := bpnt(t, tt.stdin, append([]string{"decode"}, tt.args...)...)
			assertNoSecret(t, r.out+plain.out)
		})
	}
}

// TestDecodeRefused: what can be read is printed, the reason is named, the status is 1.
func TestDecodeRefused(t *testing.T) {
	frame := purchaseFrame(t)
	r := bpnt(t, hex.EncodeToString(append(frame[2:], 0xAA)), "decode", "--json")
	if r.status != 1 || !strings.Contains(r.err, iso.ReasonTrailing) || !strings.Contains(r.out, "000036") {
		t.Errorf("status %d: %s%s", r.status, r.out, r.err)
	}
}
