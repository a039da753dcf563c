package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// needPostgres fails where this machine has no Postgres: a demo that was not tested is not "ok".
func needPostgres(t *testing.T) {
	t.Helper()
	if _, err := localpg.Find(); err != nil {
		t.Fatal(err)
	}
}

// keepPostgres runs one where the program looks for its private one, so that no command has to start and stop it.
func keepPostgres(t *testing.T, dir string) *localpg.Server {
	t.Helper()
	return pgtest.Keep(t, filepath.Join(dir, "postgres"))
}

// TestDemoJSON: the one object that scripts read, with both sums equal and nothing left behind.
func TestDemoJSON(t *testing.T) {
	needPostgres(t)
	t.Setenv("TMPDIR", pgtest.Folder(t))
	r := bpnt(t, "", "demo", "--families", "300", "--outlets", "5", "--duration", "2s", "--warmup", "0s", "--json",
		"--reversals", "0.1", "--repeats", "0.1")
	var got demoResult
	if err := json.Unmarshal([]byte(r.out), &got); err != nil || r.status != 0 {
		t.Fatalf("status %d, %v:\n%s%s", r.status, err, r.out, r.err)
	}
	if got.Families != 300 || got.Outlets != 5 || got.Redemptions == 0 || got.RatePerS == 0 || got.Latency.P50 == 0 {
		t.Errorf("the figures are missing: %s", r.out)
	}
	if got.LedgerDebitsIDR != got.TerminalsDebitsIDR || got.LedgerDebitsIDR == 0 || got.Audit.Violations != 0 || got.Audit.Checked == 0 {
		t.Errorf("books Rp %d, terminals Rp %d, audit %+v", got.LedgerDebitsIDR, got.TerminalsDebitsIDR, got.Audit)
	}
	if got.Batches == nil || got.Batches.Compared < 5 || got.Batches.Differ != 0 || got.Batches.LedgerIDR != got.LedgerDebitsIDR {
		t.Errorf("batches %+v", got.Batches)
	}
	if got.Outcomes["reversed"] == 0 || got.Load.Altered != 0 {
		t.Errorf("outcomes %v, %d altered answers", got.Outcomes, got.Load.Altered)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestDayAtTheOutlet walks through what the demo tells people to try, and what operators do beside it.
func TestDayAtTheOutlet(t *testing.T) {
	needPostgres(t)
	dir := pgtest.Folder(t)
	stop := startDemo(t, dir)
	profile := "--profile=" + filepath.Join(dir, "edc.json")
	data := "--data-dir=" + dir
	newCard := "4863990000001423=4912\n246810\n"
	for _, tt := range []struct {
		name, stdin string
		status      int
		says        string
		args        []string
	}{
		{"logon", "", 0, "logon 00", []string{"edc", "logon", profile}},
		{"balance", "", 0, "SISA SALDO", []string{"edc", "balance", profile}},
		{"purchase", "", 0, "SISA SALDO", []string{"edc", "purchase", profile, "--amount", "1500"}},
		{"family after it", "", 0, `"amount_idr": -1500`, []string{"ledger", "family", "show", "3171000000001", "--json", data}},
		{"reverse", "", 0, `"approved": true`, []string{"edc", "reverse", profile, "--json"}},
		{"reverse again", "", 0, "reversal 00", []string{"edc", "reverse", profile}},
		{"buy to void", "", 0, "purchase 00", []string{"edc", "purchase", profile, "--amount", "2500"}},
		{"void", "", 0, "void 00", []string{"edc", "void", profile}},
		{"reverse the void", "", 0, "reversal 00", []string{"edc", "reverse", profile}},
		{"void anew", "", 0, "void 00", []string{"edc", "void", profile}},
		{"void a void", "", 2, "no sale that stands", []string{"edc", "void", profile}},
		{"refund, not on this link", "", 2, "no sale that stands", []string{"edc", "refund", profile}},
		{"advice, not in this programme", "", 1, "advice 57", []string{"edc", "advice", profile, "--amount", "500"}},
		{"journal", "", 0, `"fate": "voided"`, []string{"edc", "journal", profile, "--json"}},
		{"settle", "", 0, "both sides agree", []string{"edc", "settle", profile}},
		{"a whole day", "", 0, `"meaning": "batch 000002 is closed, both sides agree"`, []string{"edc", "day", profile, "--json"}},
		{"a day with a lost sale", "", 0, "with the host's totals", []string{"edc", "day", profile, "--lose", "1"}},
		{"too much", "", 1, "purchase 51", []string{"edc", "purchase", profile, "--amount", "99000000"}},
		{"cash for food aid", "", 1, "cash 57", []string{"edc", "cash", profile, "--amount", "1500"}},
		{"another account", "", 0, "SISA SALDO Rp 0", []string{"edc", "balance", profile, "--account", "10"}},
		{"cash of no aid", "", 1, "BANTUAN BELUM MASUK", []string{"edc", "cash", profile, "--amount", "1500", "--account", "10"}},
		{"no such account", "", 1, "purchase 12", []string{"edc", "purchase", profile, "--amount", "1500", "--account", "20"}},
		{"unknown card", newCard, 1, "balance 14", []string{"edc", "balance", profile, "--type-card"}},
		{"card add, unknown family", newCard, 2, "give --name", []string{"ledger", "card", "add", "--family", "7", data}},
		{"card add", newCard, 0, "486399XXXXXX1423 given", []string{"ledger", "card", "add", "--family", "7", "--name", "Ibu Siti", data}},
		{"card add again", newCard, 1, "already", []string{"ledger", "card", "add", "--family", "7", data}},
		{"card show", newCard, 0, `"family": 7`, []string{"ledger", "card", "show", "--json", data}},
		{"not funded", newCard, 1, "purchase 51", []string{"edc", "purchase", profile, "--type-card", "--amount", "500"}},
		{"disburse", "", 0, `"funded": 1,`, []string{"ledger", "disburse", "--json", "--amount", "200000", data}},
		{"funded", newCard, 0, "purchase 00", []string{"edc", "purchase", profile, "--type-card", "--amount", "500"}},
		{"wrong PIN", "4863990000001423=4912\n111111\n", 1, "balance 55", []string{"edc", "balance", profile, "--type-card"}},
		{"outlet", "", 0, "MID 600600600600600", []string{"ledger", "outlet", "add", "--mid", "600600600600600", "--name", "MAWAR", "--city", "Jakarta", data}},
		{"terminal", strings.Repeat("01", 16), 0, "added", []string{"ledger", "terminal", "add", "--tid", "60060060", "--mid", "600600600600600", "--read-tpk", data}},
		{"terminal, no outlet", "", 1, "outlet add", []string{"ledger", "terminal", "add", "--tid", "60060061", "--mid", "1", data}},
		{"terminal reset", "", 0, "new from here on", []string{"ledger", "terminal", "reset", "60060060", data}},
		{"terminal reset, unknown", "", 1, "not found", []string{"ledger", "terminal", "reset", "99999999", data}},
		{"seed twice", "", 1, "families already", []string{"ledger", "seed", "--families", "300", "--outlets", "5", data}},
		{"other keystore", newCard, 2, "another keystore", []string{"ledger", "card", "show", data, "--keys=" + otherKeys(t)}},
		{"audit", "", 0, `"violations": 0`, []string{"ledger", "audit", "--json", data}},
	} {
		r := bpnt(t, tt.stdin, tt.args...)
		if r.status != tt.status || !strings.Contains(r.out+r.err, tt.says) {
			t.Errorf("%s: status %d, want %d; should say %q:\n%s%s", tt.name, r.status, tt.status, tt.says, r.out, r.err)
		}
		if strings.Contains(r.out+r.err, "4863990000001423") {
			t.Errorf("%s: the output has a card number", tt.name)
		}
	}
	stop()
	for range 2 { // a settlement that never left is not under way
		if r := bpnt(t, "", "edc", "settle", profile); r.status != 1 || !strings.Contains(r.err, "no gateway answers") {
			t.Errorf("settle without a gateway: status %d: %s", r.status, r.err)
		}
	}
	if r := bpnt(t, "", "edc", "purchase", profile, "--amount", "500"); r.status != 1 || !strings.Contains(r.err, "no gateway answers") {
		t.Errorf("without a gateway: status %d: %s", r.status, r.err)
	}
}

// otherKeys is a keystore that no ledger knows.
func otherKeys(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	if r := bpnt(t, "", "ledger", "migrate", "--keys", dir, "--database-url", "postgres://127.0.0.1:1/x"); !strings.Contains(r.err, "keystore made") {
		t.Fatal(r.err)
	}
	return dir
}

// startDemo runs bpnt demo --stay until it stays, and returns how to end it as Ctrl-C does.
func startDemo(t *testing.T, dir string) (stop func()) {
	t.Helper()
	_, stop = startDemoProcess(t, dir)
	return stop
}

// startDemoProcess is startDemo with further flags, for who wants the process as well.
func startDemoProcess(t *testing.T, dir string, flags ...string) (process *os.Process, stop func()) {
	t.Helper()
	cmd := command(t.Context(), append([]string{
		"demo", "--stay", "--data-dir", dir, "--families", "300", "--outlets", "5",
		"--duration", "500ms", "--warmup", "0s",
	}, flags...)...)
	trouble, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(trouble)
	var said []string
	for lines.Scan() && !strings.Contains(lines.Text(), "stays up on") {
		said = append(said, lines.Text())
	}
	if len(said) == 0 || lines.Err() != nil || lines.Text() == "" {
		t.Fatalf("the demo does not stay: %v", said)
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, trouble)
	}()
	return cmd.Process, func() {
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		<-drained
		if err := cmd.Wait(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
			t.Errorf("the demo ended with %v", err)
		}
	}
}
