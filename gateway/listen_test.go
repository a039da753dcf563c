package gateway

import (
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// scarce is a listener that fails as one does without file descriptors, then hands out connections.
type scarce struct {
	net.Listener
	failures int
	conns    chan net.Conn
}

func (s *scarce) Accept() (net.Conn, error) {
	if s.failures > 0 {
		s.failures--
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	sock, ok := <-s.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return sock, nil
}

// accepting runs an accept loop in fake time and returns how long it took to take n connections.
func accepting(t *testing.T, c Config, failures, n int) (took time.Duration) {
	t.Helper()
	keys := keystore(t)
	synctest.Test(t, func(t *testing.T) {
		g, err := New(c, Deps{Ledger: newPoster(), Keys: keys, Log: discard()})
		if err != nil {
			t.Fatal(err)
		}
		l := *g.links[0]
		source := &scarce{Listener: l.listener, failures: failures, conns: make(chan net.Conn, n)}
		l.listener = source
		for range n {
			ours, theirs := net.Pipe()
			_ = theirs.Close()
			source.conns <- ours
		}
		close(source.conns)
		began := time.Now()
		g.accept(&l)
		took = time.Since(began)
		if err := g.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return took
}

func TestAcceptGoesOnAfterErrors(t *testing.T) {
	// 5, 10, 20 … 640 ms, then a second each time.
	if took := accepting(t, testConfig(nil), 10, 1); took != 1275*time.Millisecond+2*time.Second {
		t.Errorf("ten failures took %v", took)
	}
}

func TestAcceptRate(t *testing.T) {
	c := testConfig(func(c *Config) { c.Limits.AcceptPerSecond = 2 })
	if took := accepting(t, c, 0, 9); took < 3500*time.Millisecond || took > 4500*time.Millisecond {
		t.Errorf("nine connections at two a second took %v", took)
	}
}
