package canary

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

const (
	pan   = "4863990000001423"
	track = pan + "D29121234567890123"
	pin   = "95173628"
)

var key = []byte("\x13\x57\x9b\xdf\x02\x46\x8a\xce\xfe\xff\x3e\x10\x76\x54\x32\x98")

func secrets() []Secret {
	return []Secret{Digits("PAN", pan), Digits("track", track), Digits("PIN", pin), Bytes("key", key)}
}

// scan looks through text and names the secrets that were found, each once.
func scan(t *testing.T, text []byte) (found []string) {
	t.Helper()
	s := NewScanner(nil, secrets()...)
	if err := s.Read("text", bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	for _, h := range s.Hits {
		if !slices.Contains(found, h.Secret) {
			found = append(found, h.Secret)
		}
	}
	return found
}

// noise is bytes and digits with no secret in them.
func noise(n int) []byte {
	random := rand.New(rand.NewPCG(8583, uint64(n)))
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(random.UintN(256))
		if i%64 < 32 {
			out[i] = "0123456789 "[random.UintN(11)]
		}
	}
	return out
}

// halfByteFurther puts a nibble before the bytes and one behind.
func halfByteFurther(b []byte) []byte {
	text := "7" + hex.EncodeToString(b) + "f"
	out, _ := hex.DecodeString(text)
	return out
}

func utf16Of(text string, bigEndian bool) (out []byte) {
	for _, u := range utf16.Encode([]rune(text)) {
		if bigEndian {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// writings are a secret as programs would write it, made by other means than the scanner's own.
func writings(text string, raw []byte) map[string][]byte {
	all := map[string][]byte{
		"text":          []byte(text),
		"upper case":    []byte(strings.ToUpper(text)),
		"a quoted text": fmt.Appendf(nil, "%q", text),
		"hex of text":   fmt.Appendf(nil, "%x", text),
		"HEX OF TEXT":   fmt.Appendf(nil, "%X", text),
		"list of text":  fmt.Appendf(nil, "%v", []byte(text)),
		"utf16 le":      utf16Of(text, false),
		"utf16 be":      utf16Of(text, true),
		"raw":           raw,
		"raw, shifted":  halfByteFurther(raw),
		"hex of raw":    fmt.Appendf(nil, "%x", raw),
		"HEX OF RAW":    fmt.Appendf(nil, "%X", raw),
		"list of raw":   fmt.Appendf(nil, "%v", raw),
	}
	for before := range 5 {
		for name, b := range map[string][]byte{"text": []byte(text), "raw": raw} {
			longer := append(append(noise(before), b...), "and more"...)
			all[fmt.Sprintf("base64 of %s after %d", name, before)] = []byte(base64.StdEncoding.EncodeToString(longer))
			all[fmt.Sprintf("url base64 of %s after %d", name, before)] = []byte(base64.RawURLEncoding.EncodeToString(longer))
		}
	}
	return all
}

// TestPlanted: a secret is found in every form, wherever it stands.
func TestPlanted(t *testing.T) {
	around := noise(4096)
	if found := scan(t, around); len(found) > 0 {
		t.Fatalf("%v was found where nothing is", found)
	}
	for _, tt := range []struct {
		secret, text string
		raw          []byte
	}{
		{"PAN", pan, packed(pan)},
		{"track", track, packed(track)},
		{"key", hex.EncodeToString(key), key},
	} {
		for name, written := range writings(tt.text, tt.raw) {
			for _, at := range []int{0, 1, 2047, len(around)} {
				if text := slices.Insert(slices.Clone(around), at, written...); !slices.Contains(scan(t, text), tt.secret) {
					t.Errorf("%s as %s at byte %d was not found", tt.secret, name, at)
				}
			}
		}
	}
	if !slices.Contains(scan(t, []byte("track "+strings.ReplaceAll(track, "D", "="))), "track") {
		t.Error("a track with = was not found")
	}
	if !slices.Contains(scan(t, []byte("pin="+pin)), "PIN") {
		t.Error("a PIN was not found")
	}
}

// TestReads: a secret is found however the reads cut it, and is counted as often as it stands there.
func TestReads(t *testing.T) {
	s := NewScanner(nil, secrets()...)
	text := strings.Repeat("x"+pan+"y", 3)
	if err := s.Read("bytes", iotest.OneByteReader(strings.NewReader(text))); err != nil {
		t.Fatal(err)
	}
	if s.Found != 3 || s.Bytes != int64(len(text)) || s.Places != 1 {
		t.Errorf("%v", s)
	}
	if want := "bytes, byte 16: PAN as text"; s.Hits[0].String() != want {
		t.Errorf("%v, want %s", s.Hits[0], want)
	}
	if err := s.Read("trouble", iotest.ErrReader(os.ErrClosed)); err == nil {
		t.Error("trouble was not told")
	}
}

// TestNet: card numbers of an issuer that nobody planted, at the end and within longer runs; neither masked ones, nor
// wrong check digits, nor others' numbers.
func TestNet(t *testing.T) {
	for text, want := range map[string]int64{
		"card 9999120000000018.":                      1,
		"9999120000000018":                            1,
		"31719999120000000018491217":                  1,
		"999912XXXXXX0018":                            0,
		"9999120000000019 ":                           0,
		"3171000000001 4863990000001423":              0,
		"99991200000 00018":                           0,
		strings.Repeat("7", 100) + "9999120000000018": 1,
	} {
		s := NewScanner([]string{"999912"})
		if err := s.Read("text", strings.NewReader(text)); err != nil || s.Found != want {
			t.Errorf("%s: %d hits, want %d; %v", text, s.Found, want, err)
		}
	}
}

// TestFolder: every file but those that are named.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a/log": "of " + pan, "a/b/dump": "nothing", "input": pan} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := NewScanner(nil, secrets()...)
	if err := s.Folder(dir, func(path string) bool { return filepath.Base(path) == "input" }); err != nil {
		t.Fatal(err)
	}
	if s.Places != 2 || len(s.Hits) != 1 || s.Hits[0].Place != filepath.Join(dir, "a/log") {
		t.Errorf("%v: %v", s, s.Hits)
	}
}

func BenchmarkScan(b *testing.B) {
	s := NewScanner([]string{"999912"}, secrets()...)
	text := noise(1 << 20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := s.Read("noise", bytes.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}
