package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bpnt/iso"
	"bpnt/loadtest/faults"
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
	if want := "fault  share  injected\nsplit      1         2\n2 frames passed, and 0 bytes that are none\n"; out != want {
		t.Errorf("printed\n%s\nwant\n%s", out, want)
	}
	mustNotShowCards(t, out+said)

	addr, stop = startProxy(t, "--to", gateway, "--faults", "drop=1", "--json")
	r = bpnt(t, "", "edc", "purchase", "--amount", "1500", "--profile", path, "--addr", addr, "--timeout", "300ms")
	if r.status == 0 {
		t.Errorf("a purchase without an answer succeeded:\n%s", r.out)
	}
	out, said = stop()
	var got struct {
		Frames, Seed int64
		Injected     map[string]int64
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Injected["drop"] == 0 || got.Injected["split"] != 0 || got.Frames < 2 || got.Seed != 1 {
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

// TestProxyOfAnotherFraming: bytes pass and no frame is among them, so nothing was tested, and the end says so.
func TestProxyOfAnotherFraming(t *testing.T) {
	p, err := faults.Start(t.Context(), faults.Config{Listen: "127.0.0.1:0", Target: "127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var out bytes.Buffer
	c := &proxyCmd{}
	s := &streams{out: &out}
	if err := c.print(s, p, faults.Plan{}); err != nil {
		t.Errorf("nothing has passed: %v", err)
	}
	host, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	p.SetTarget(host.Addr().String())
	sock, err := net.Dial("tcp", p.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer sock.Close()
	fmt.Fprint(sock, "0017080000000000") // a length of four digits
	peer, err := host.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	_ = sock.(*net.TCPConn).CloseWrite()
	if _, err := io.Copy(io.Discard, peer); err != nil {
		t.Fatal(err)
	}
	if err := c.print(s, p, faults.Plan{}); err == nil || !strings.Contains(err.Error(), "--framing") {
		t.Errorf("16 bytes that are no frame: %v", err)
	}
}

// mustNotShowCards looks for the numbers that all synthetic cards begin with.
func mustNotShowCards(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, "999912") {
		t.Errorf("a card's number in\n%s", text)
	}
}
