package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bpnt/iso"
)

// startProxy runs bpnt loadtest proxy. stop interrupts it and returns what it printed and said.
func startProxy(t *testing.T, flags ...string) (addr string, stop func() (out, said string)) {
	t.Helper()
	cmd := command(t.Context(), append([]string{"loadtest", "proxy", "--listen", "127.0.0.1:0"}, flags...)...)
	var out bytes.Buffer
	cmd.Stdout = &out
	trouble, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(trouble)
	if !lines.Scan() {
		t.Fatal("the proxy says nothing")
	}
	addr, _, _ = strings.Cut(lines.Text(), " -> ")
	return addr, func() (string, string) {
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		for lines.Scan() {
			said.WriteString(lines.Text() + "\n")
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the proxy ended with %v", err)
		}
		return out.String(), said.String()
	}
}

// buyThroughProxy: a terminal asks for a balance in small pieces, and buys where the answer is thrown away, so that it
// reverses. What is printed at the end are counts, and nothing of the card.
func buyThroughProxy(t *testing.T, dir, gateway string) {
	path := filepath.Join(dir, "edc.json")
	addr, stop := startProxy(t, "--to", gateway, "--faults", "split=1:3")
	r := bpnt(t, "", "edc", "balance", "--profile", path, "--addr", addr)
	if r.status != 0 || !strings.Contains(r.out, "SISA SALDO") {
		t.Errorf("through pieces of three bytes: status %d\n%s%s", r.status, r.out, r.err)
	}
	out, said := stop()
	if want := "fault  share  injected\nsplit      1         2\n"; out != want {
		t.Errorf("printed\n%s\nwant\n%s", out, want)
	}
	mustNotShowCards(t, out+said)

	addr, stop = startProxy(t, "--to", gateway, "--faults", "drop=1", "--json")
	r = bpnt(t, "", "edc", "purchase", "--amount", "1500", "--profile", path, "--addr", addr, "--timeout", "300ms")
	if r.status == 0 {
		t.Errorf("a purchase without an answer succeeded:\n%s", r.out)
	}
	out, said = stop()
	var counts map[string]int64
	if err := json.Unmarshal([]byte(out), &counts); err != nil || counts["drop"] == 0 || counts["split"] != 0 {
		t.Errorf("%v in\n%s", err, out)
	}
	mustNotShowCards(t, out+said)
	if r := bpnt(t, "", "ledger", "audit", "--data-dir", dir); r.status != 0 {
		t.Errorf("audit: status %d\n%s%s", r.status, r.out, r.err)
	}
}

// TestProxyFramings: both forms of a length.
func TestProxyFramings(t *testing.T) {
	for name, want := range map[string]iso.Framing{"edc": iso.EDC().Framing(), "ascii4": iso.SwitchDialect().Framing()} {
		if got := (&proxyCmd{Framing: name}).framing(); got != want {
			t.Errorf("%s is %+v", name, got)
		}
	}
}

// mustNotShowCards looks for the numbers that all synthetic cards begin with.
func mustNotShowCards(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, "999912") {
		t.Errorf("a card's number in\n%s", text)
	}
}
