package gateway

import (
	"errors"
	"net"
	"os"
	"testing"
)

// loopback is a socket that somebody else opened: plain TCP, as systemd's are. Go's own default would be MPTCP.
func loopback(t *testing.T) net.Listener {
	t.Helper()
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// TestInherit: a socket that was handed over is served like one of our own, and outlives the gateway where its opener
// keeps it: who connects meanwhile is served by the next one.
func TestInherit(t *testing.T) {
	keeper := loopback(t)
	file, err := keeper.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var waiting *terminal
	for range 2 {
		given, err := net.FileListener(file)
		if err != nil {
			t.Fatal(err)
		}
		g, err := New(testConfig(nil), Deps{Ledger: newPoster(), Keys: keystore(t), Log: discard(), Listeners: map[string]net.Listener{"edc": given}})
		if err != nil {
			t.Fatal(err)
		}
		served := make(chan error, 1)
		go func() { served <- g.Serve(t.Context()) }()
		if g.Addr("edc").String() != keeper.Addr().String() {
			t.Errorf("it listens on %v, not on %v", g.Addr("edc"), keeper.Addr())
		}
		if waiting != nil && waiting.receive().ResponseCode != "00" {
			t.Error("who waited was not served")
		}
		wantSocketOptions(t, g)
		if err := g.Shutdown(t.Context()); err != nil || <-served != nil {
			t.Error(err)
		}
		waiting = dial(t, g)
		waiting.send(waiting.frame(purchase(2)))
	}
}

// TestInheritMistakes: a socket that no link would serve is a mistake, and so is one that is not TCP's.
func TestInheritMistakes(t *testing.T) {
	unix, err := net.Listen("unix", t.TempDir()+"/s")
	if err != nil {
		t.Fatal(err)
	}
	for name, given := range map[string]net.Listener{"ecd": loopback(t), "edc": unix} {
		g, err := New(testConfig(nil), Deps{
			Ledger: newPoster(), Keys: keystore(t), Log: discard(), Listeners: map[string]net.Listener{name: given},
		})
		if err == nil {
			t.Errorf("%s: it was taken", name)
			_ = g.Shutdown(t.Context())
		}
	}
}

// TestReusePort: two gateways on one port share what comes, and one goes on alone.
func TestReusePort(t *testing.T) {
	books := newPoster()
	shared := testConfig(func(c *Config) { c.Links[0].ReusePort = true })
	first := start(t, shared, books, keystore(t))
	shared.Links[0].Listen = first.Addr("edc").String()
	second := start(t, shared, books, keystore(t))
	for stan := range int32(32) {
		if a := dial(t, first).ask(purchase(stan + 1)); a.ResponseCode != "00" {
			t.Errorf("answered %s", a.ResponseCode)
		}
	}
	if a, b := first.connections.len(), second.connections.len(); a == 0 || b == 0 {
		t.Errorf("one has %d connections, the other %d", a, b)
	}
	if err := first.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := dial(t, second).ask(purchase(40)); a.ResponseCode != "00" {
		t.Errorf("answered %s", a.ResponseCode)
	}
}

// TestMigrates: only a 1 says that the kernel hands queues over; an old kernel has no such file.
func TestMigrates(t *testing.T) {
	for text, want := range map[string]bool{"1\n": true, "0\n": false, "": false} {
		if got := migrates(func(string) ([]byte, error) { return []byte(text), nil }); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if migrates(func(string) ([]byte, error) { return nil, errors.Join(os.ErrNotExist) }) {
		t.Error("without the file")
	}
}
