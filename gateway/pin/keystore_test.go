package pin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/bits"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func mustCreate(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	if err := Create(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustLoad(t testing.TB, dir string) *Keystore {
	t.Helper()
	k, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestCreateAndLoad(t *testing.T) {
	dir := mustCreate(t)
	for path, want := range map[string]fs.FileMode{"": 0o700, masterName: 0o600, keysName: 0o600} {
		if info, err := os.Stat(filepath.Join(dir, path)); err != nil || info.Mode().Perm() != want {
			t.Errorf("mode of %q: %v, %v", path, info.Mode().Perm(), err)
		}
	}
	first, second := mustLoad(t, dir), mustLoad(t, dir)
	pan, pin := []byte("6013010000000007"), []byte("123456")
	value1, _ := first.ValueOfPIN(pin, pan)
	value2, _ := second.ValueOfPIN(pin, pan)
	if first.PANKey(pan) != second.PANKey(pan) || value1 != value2 || first.Fingerprint() != second.Fingerprint() {
		t.Error("one keystore, loaded twice, is two")
	}
	if other := mustLoad(t, mustCreate(t)); other.Fingerprint() == first.Fingerprint() || other.PANKey(pan) == first.PANKey(pan) {
		t.Error("two keystores are one")
	}
}

func TestCreateNeverOverwrites(t *testing.T) {
	dir := mustCreate(t)
	before := mustLoad(t, dir).Fingerprint()
	if err := Create(dir + "/"); err == nil || mustLoad(t, dir).Fingerprint() != before {
		t.Errorf("Create over a keystore: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Create(file)
	if text, _ := os.ReadFile(file); err == nil || string(text) != "precious" {
		t.Errorf("Create over a file: %v", err)
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 1 {
		t.Errorf("a failed Create left something: %v, %v", left, err)
	}
	if err := Create(t.TempDir()); err != nil { // it exists and is empty
		t.Error(err)
	}
}

// Each mistake of an operator gets its own sentence, and no sentence holds key material.
func TestLoadSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, dir string)
		want   string
	}{
		{"no keystore", func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)) }, "create a keystore there"},
		{"others may read", func(t *testing.T, dir string) { must(t, os.Chmod(filepath.Join(dir, masterName), 0o640)) }, "chmod 600"},
		{"short master key", func(t *testing.T, dir string) { rewrite(t, dir, masterName, func(s string) string { return s[:40] }) }, "64 hex digits"},
		{"master key not hex", func(t *testing.T, dir string) {
			rewrite(t, dir, masterName, func(s string) string { return "z" + s[1:] })
		}, "64 hex digits"},
		{"wrong master key", func(t *testing.T, dir string) {
			rewrite(t, dir, masterName, func(string) string { return strings.Repeat("ab", 32) })
		}, "put the right one in its place"},
		{"no keys.json", func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, keysName))) }, "restore it from a backup"},
		{"cut keys.json", func(t *testing.T, dir string) {
			rewrite(t, dir, keysName, func(s string) string { return s[:len(s)/2] })
		}, "keys.json is damaged"},
		{"later format", replacing(`"format": 1`, `"format": 2`), "its format is 2"},
		{"unknown field", replacing(`"format": 1`, `"format": 1, "extra": 1`), "unknown field"},
		{"key of another use", replacing(`"pan-hmac"`, `"pin-verification"`), "stands there twice"},
		{"key of an unknown use", replacing(`"pan-hmac"`, `"zpk"`), "key zpk:1"},
		{"key of another id", replacing(`"id": 1`, `"id": 2`), "damaged, or belongs to another"},
		{"no active key", replacing(`"active": true`, `"active": false`), "exactly one key"},
		{"unknown method", replacing(methodIBM3624, "md5"), "neither ibm3624 nor pvv"},
		{"changed key", changeEntry(func(e *keyEntry) { e.Wrapped[len(e.Wrapped)-1] ^= 1 }), "damaged, or belongs to another"},
		{"key of another version", changeEntry(func(e *keyEntry) { e.Wrapped[0]++ }), "damaged, or belongs to another"},
		{"key of another master", changeEntry(func(e *keyEntry) { e.Wrapped[1] ^= 1 }), "under the master key with check value"},
		{"no key", changeEntry(func(e *keyEntry) { e.Wrapped = nil }), "damaged, or belongs to another"},
		{"changed check value", changeEntry(func(e *keyEntry) { e.Check = "000000" }), "check value is another"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := mustCreate(t)
			master, _ := os.ReadFile(filepath.Join(dir, masterName))
			c.damage(t, dir)
			_, err := Load(dir)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error: %v\nwant it to say: %s", err, c.want)
			}
			if strings.Contains(err.Error(), string(master[:8])) || strings.Contains(err.Error(), "\n") {
				t.Error("the error holds key material, or is longer than a sentence")
			}
			if errors.Is(err, fs.ErrNotExist) != (c.name == "no keystore") {
				t.Errorf("fs.ErrNotExist: %v", err)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func rewrite(t *testing.T, dir, name string, change func(string) string) {
	t.Helper()
	path := filepath.Join(dir, name)
	text, err := os.ReadFile(path)
	must(t, err)
	changed := change(string(text))
	if changed == string(text) {
		t.Fatal("nothing was broken")
	}
	must(t, os.WriteFile(path, []byte(changed), 0o600))
}

func replacing(old, new string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		rewrite(t, dir, keysName, func(s string) string { return strings.Replace(s, old, new, 1) })
	}
}

func changeEntry(change func(*keyEntry)) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		rewrite(t, dir, keysName, func(s string) string {
			file, err := parseKeyFile([]byte(s))
			must(t, err)
			change(&file.Keys[0])
			text, err := json.Marshal(file)
			must(t, err)
			return string(text)
		})
	}
}

// An older key stays readable beside the active one, and the active one is used.
func TestTheActiveKeyIsUsed(t *testing.T) {
	m, err := newMaster(make([]byte, masterBytes))
	must(t, err)
	old, pvk := newPANEntry(m), newVerificationEntry(m)
	pan := []byte("6013010000000007")
	before, err := newKeystore(m, keyFile{Keys: []keyEntry{old, pvk}})
	must(t, err)
	old.Active = false
	key := bytes.Repeat([]byte{7}, 32)
	check := hmacCheck(key)
	next := keyEntry{ID: 2, Use: usePAN, Active: true, Check: hexUpper(check[:])}
	next.Wrapped = m.wrap(key, next.label())
	after, err := newKeystore(m, keyFile{Keys: []keyEntry{next, old, pvk}})
	must(t, err)
	if before.PANKeyID() != 1 || after.PANKeyID() != 2 || before.PANKey(pan) == after.PANKey(pan) {
		t.Errorf("key ids %d and %d", before.PANKeyID(), after.PANKeyID())
	}
	if before.Fingerprint() == after.Fingerprint() {
		t.Error("the fingerprint does not show that the key changed")
	}
}

func TestMethodIsPartOfTheFingerprint(t *testing.T) {
	dir := mustCreate(t)
	before := mustLoad(t, dir).Fingerprint()
	replacing(methodIBM3624, methodPVV)(t, dir)
	if after := mustLoad(t, dir).Fingerprint(); after == before {
		t.Error("a ledger of offsets would be read with PVVs")
	}
}

// A wrapped key opens for its own use and terminal only, and with every byte as it was.
func TestWrappedKeyIsBound(t *testing.T) {
	k, stranger := mustLoad(t, mustCreate(t)), mustLoad(t, mustCreate(t))
	rapid.Check(t, func(t *rapid.T) {
		clear, tid := genKey.Draw(t, "key"), rapid.StringN(0, 8, 16).Draw(t, "tid")
		wrapped, err := k.WrapTerminalKey(UsePIN, tid, clear)
		if err != nil {
			t.Fatal(err)
		}
		key, err := k.OpenTerminalKey(UsePIN, tid, wrapped)
		if want, _ := ExpandTerminalKey(UsePIN, clear); err != nil || key.KCV() != want.KCV() {
			t.Fatalf("it does not open: %v", err)
		}
		if _, err := k.OpenTerminalKey(UseMAC, tid, wrapped); err == nil {
			t.Fatal("it opens for another use")
		}
		if _, err := k.OpenTerminalKey(UsePIN, tid+"1", wrapped); err == nil {
			t.Fatal("it opens for another terminal")
		}
		if _, err := stranger.OpenTerminalKey(UsePIN, tid, wrapped); err == nil {
			t.Fatal("it opens under another master key")
		}
		wrapped[rapid.IntRange(0, len(wrapped)-1).Draw(t, "i")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := k.OpenTerminalKey(UsePIN, tid, wrapped); err == nil {
			t.Fatal("it opens although it was changed")
		}
	})
}

func TestNewTerminalKey(t *testing.T) {
	k := mustLoad(t, mustCreate(t))
	wrapped, clear, err := k.NewTerminalKey(UseMAC, "E0000001")
	must(t, err)
	key, err := k.OpenTerminalKey(UseMAC, "E0000001", wrapped)
	must(t, err)
	if want := mustExpand(t, UseMAC, clear); len(clear) != 16 || key.KCV() != want.KCV() || key.MAC(nil) != want.MAC(nil) {
		t.Errorf("%d bytes, KCV %s and %s", len(clear), key.KCV(), want.KCV())
	}
	for _, b := range clear {
		if bits.OnesCount8(b)%2 == 0 {
			t.Fatal("a byte has even parity")
		}
	}
	for _, length := range []int{0, 7, 15, 17, 32} {
		if _, err := k.WrapTerminalKey(UsePIN, "E0000001", make([]byte, length)); !errors.Is(err, errKeyLength) {
			t.Errorf("a key of %d bytes: %v", length, err)
		}
	}
	if _, err := k.WrapTerminalKey(9, "E0000001", clear); !errors.Is(err, errUse) {
		t.Errorf("a key for nothing: %v", err)
	}
}

// Nothing that holds a key prints it, however it is asked.
func TestKeysMaskThemselves(t *testing.T) {
	secret := []byte("key of terminal1")
	key := mustExpand(t, UseMAC, secret)
	k := testKeystore(t, methodIBM3624)
	type holder struct {
		Key  *TerminalKey
		Copy TerminalKey
		Keys *Keystore
		key  *TerminalKey
	}
	values := []any{key, *key, k, *k, holder{key, *key, k, key}, &holder{key, *key, k, key}, []*TerminalKey{key}}
	var all strings.Builder
	log := slog.New(slog.NewJSONHandler(&all, nil))
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%b"} {
			fmt.Fprintf(&all, verb+"\n", value)
		}
		log.Info("key", "value", value)
	}
	for _, form := range []string{"%s", "%x", "%X", "%d", "%v"} {
		if text := strings.Trim(fmt.Sprintf(form, secret), "[]"); strings.Contains(all.String(), text) {
			t.Errorf("a key is printed as %q", form)
		}
	}
	if got := fmt.Sprintf("%#v", key); got != "TAK(KCV "+key.KCV()+")" {
		t.Errorf("it prints %s", got)
	}
	if got := fmt.Sprintf("%x", k); got != "keystore("+k.Fingerprint()+")" {
		t.Errorf("it prints %s", got)
	}
}
