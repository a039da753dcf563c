package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSwitchDays: the simulator plays two days against a running gateway, once over a link on which the gateway listens and
// once over one that it dials. What it counts is what the ledger counts, and where it loses a redemption it is told so.
func TestSwitchDays(t *testing.T) {
	t.Parallel()
	needPostgres(t)
	g := newService(t)
	keepPostgres(t, g.dir)
	listening, dialling, secured := freeAddress(t), freeAddress(t), freeAddress(t)
	certificates := testCertificates(t, g.dir)
	writeSwitchLinks(t, g.config, listening, dialling, secured, g.dir)
	for _, args := range [][]string{
		{"migrate"},
		{"seed", "--families", "60", "--outlets", "2"},
		{"disburse", "--amount", "100000"},
		{"terminal", "add", "--link", "switch", "--tid", "60180001", "--mid", "DKI000000000001"},
		{"terminal", "add", "--link", "secure", "--tid", "60180001", "--mid", "DKI000000000001"},
		{"terminal", "add", "--link", "bank", "--tid", "6018000100000002", "--mid", "DKI000000000002"},
	} {
		if r := bpnt(t, "", append(append([]string{"ledger"}, args...), "--data-dir", g.dir)...); r.status != 0 {
			t.Fatalf("%v: %s", args, r.err)
		}
	}
	zmk := strings.Repeat("0123456789ABCDEF", 2) + "\n"
	if r := bpnt(t, zmk, "ledger", "link", "key", "switch", "--data-dir", g.dir, "--reason", "test"); r.status != 0 {
		t.Fatal(r.err)
	}
	zmkFile := filepath.Join(g.dir, "zmk")
	if err := os.WriteFile(zmkFile, []byte(zmk), 0o600); err != nil {
		t.Fatal(err)
	}
	g.start(t)
	state := filepath.Join(g.dir, "day", "switch.json") // its folder is made
	connect := []string{"--connect", listening, "--state", state}
	listen := []string{
		"--listen", dialling, "--state", state + ".bank", "--length", "binary", "--bitmap", "binary",
		"--tid-length", "16", "--tid", "6018000100000002", "--mid", "DKI000000000002", "--first-card", "20",
	}
	for _, tt := range []struct {
		name    string
		args    []string
		status  int
		balance string
		says    string
	}{
		{"the gateway dials", listen, 0, "1", ""},
		{"first day, with what must be refused", append(connect, "--probe"), 0, "1", ""},
		{"second day, a redemption lost", append(connect, "--missing-debit", "--redemptions", "3", "--reversals", "1"), 0, "2", ""},
		{"no cut-over", append(connect, "--no-cut-over", "--redemptions", "2", "--reversals", "0", "--advices", "0"), 0, "", ""},
		{"the day of both", connect, 0, "1", ""},
		{"unknown terminal", append(connect, "--tid", "11111111", "--redemptions", "1", "--reversals", "0", "--advices", "0"), 1, "1", "ledger terminal add"},
		{"with PINs and MACs", append(connect, "--zmk-file", zmkFile, "--mac", "--probe"), 0, "1", ""},
		{"over TLS", append([]string{"--connect", secured, "--state", state + ".secure", "--first-card", "40"}, certificates...), 0, "1", ""},
	} {
		r := bpnt(t, "", append(append([]string{"switch"}, tt.args...), "--json")...)
		var got switchReport
		if err := json.Unmarshal([]byte(r.out), &got); err != nil || r.status != tt.status || !strings.Contains(r.err, tt.says) {
			t.Fatalf("%s: status %d, %v:\n%s%s", tt.name, r.status, err, r.out, r.err)
		}
		if got.Balance != tt.balance || (len(got.Strange) > 0) != (tt.status != 0) {
			t.Errorf("%s: DE66 %q, want %q; strange: %v", tt.name, got.Balance, tt.balance, got.Strange)
		}
		if strings.Contains(r.out, "9999120000") {
			t.Errorf("%s: the output has a card number", tt.name)
		}
	}
	for _, args := range [][]string{
		{"--connect", secured, "--ca", filepath.Join(g.dir, "ca.pem")},       // nobody's certificate
		append([]string{"--connect", secured, "--tls"}, certificates[2:]...), // whose gateway is this?
	} {
		if r := bpnt(t, "", append(append([]string{"switch"}, args...), "--state", state+".secure", "--timeout", "5s")...); r.status == 0 {
			t.Errorf("switch %v went through: %s", args, r.out)
		}
	}
	if r := bpnt(t, "", "ledger", "audit", "--data-dir", g.dir); r.status != 0 {
		t.Errorf("audit: %s%s", r.out, r.err)
	}
	g.end(t, 0)
}

func writeSwitchLinks(t *testing.T, path, listening, dialling, secured, dir string) {
	t.Helper()
	text := fmt.Sprintf(`
[[link]]
name = "switch"
listen = %q
pin = "if_present"
[link.dialect]
form = "switch"
length = "ascii4"
bitmap = "hex"
amount_decimals = 0

[[link]]
name = "bank"
dial = %q
pin = "if_present"
[link.dialect]
form = "switch"
length = "binary"
bitmap = "binary"
tid_length = 16
amount_decimals = 0
[link.switch]
institution = "950"

[[link]]
name = "secure"
listen = %q
pin = "if_present"
[link.dialect]
form = "switch"
length = "ascii4"
bitmap = "hex"
amount_decimals = 0
[link.tls]
cert = "%[4]s/gateway.pem"
key = "%[4]s/gateway.key"
ca = "%[4]s/ca.pem"
bind = "names"
names = ["switch.test"]
`, listening, dialling, secured, dir)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
