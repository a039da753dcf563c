package main

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bpnt/iso"
)

// silentHost takes what comes and answers nothing.
func silentHost(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String()
}

func testProfile(t *testing.T, addr string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "edc.json")
	p := profile{
		Addr: addr, TID: "JKT00001", MID: "DKI1", NII: "0001", TPDU: iso.TPDU{0x60}, AmountDecimals: 2,
		PANPad: iso.PadLeft, FirstSTAN: 999_999, TPK: make([]byte, 16),
		Cards: []profileCard{{Track2: "9999120000000004=4912120", PIN: "123456"}},
	}
	if err := p.save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSilence: the outcome is unknown, status 3; the next purchase is refused until the reversal was heard, and the
// reversal repeats itself. The STAN turns over from 999999 to 1. Nothing that the terminal keeps is card data.
func TestSilence(t *testing.T) {
	path := testProfile(t, silentHost(t))
	edc := func(args ...string) result {
		return bpnt(t, "", append([]string{"edc", args[0], "--profile", path, "--timeout", "50ms"}, args[1:]...)...)
	}
	for _, step := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"balance"}, 3, "moves no money"},
		{[]string{"purchase", "--amount", "500"}, 3, "sends a reversal"},
		{[]string{"purchase", "--amount", "500"}, 2, "run bpnt edc reverse first"},
		{[]string{"reverse"}, 3, "repeats its reversal"},
		{[]string{"reverse"}, 3, "repeats its reversal"},
		{[]string{"logon"}, 3, "did not answer the logon"},
		{[]string{"balance", "--card", "1"}, 2, "has 1 cards"},
	} {
		if r := edc(step.args...); r.status != step.status || !strings.Contains(r.err, step.says) {
			t.Errorf("%v: status %d, want %d: %s", step.args, r.status, step.status, r.err)
		}
	}
	text, err := os.ReadFile(path + ".state")
	if err != nil {
		t.Fatal(err)
	}
	var state edcState
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	last := state.last()
	if state.NextSTAN != 3 || last == nil || last.STAN != 1 || last.Reversals != 2 || last.Fate != edcUnknown {
		t.Errorf("state %s", text)
	}
	if strings.Contains(string(text), "999912") {
		t.Error("the state holds the card")
	}
}
