package gateway

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"
)

func TestCloseReasonsAreNamedOnce(t *testing.T) {
	names := slices.Clone(closeReasonNames[:])
	slices.Sort(names)
	if len(slices.Compact(names)) != closeReasons || slices.Contains(names, "") {
		t.Errorf("names %q", closeReasonNames)
	}
}

func wantReason(t *testing.T, g *Gateway, why closeReason, n float64) {
	t.Helper()
	eventually(t, g, `bpnt_connections_closed_total{reason="`+why.String()+`"}`, n)
}

func TestStrangersAreClosedByName(t *testing.T) {
	g := start(t, testConfig(nil), newPoster(), keystore(t))
	honest := dial(t, g)
	answer := honest.frame(purchase(1))
	answer[7], answer[8] = 0x02, 0x10
	for _, c := range []struct {
		bytes string
		why   closeReason
	}{
		{"GET / HTTP/1.1\r\n\r\n", closeHTTP},
		{"\x16\x03\x01\x02\x00\x01\x00", closeTLS},
		{"\xFF\xFF", closeFrameLength},
		{"\x00\x00", closeFrameLength},
		{"\x08\x01", closeFrameLength},
		{"\x00\x10" + strings.Repeat("\xAA", 16), closeGarbage},
		{string(answer), closeAnswer},
	} {
		before := figure(t, g, `bpnt_connections_closed_total{reason="`+c.why.String()+`"}`)
		e := dial(t, g)
		e.send([]byte(c.bytes))
		e.wantClosed()
		wantReason(t, g, c.why, before+1)
	}
	if a := honest.ask(purchase(2)); a.ResponseCode != "00" {
		t.Errorf("the honest terminal was disturbed: %s", a.ResponseCode)
	}
}

func TestPeerGoes(t *testing.T) {
	g := start(t, testConfig(nil), newPoster(), keystore(t))
	quiet, cut := dial(t, g), dial(t, g)
	_ = quiet.Close()
	wantReason(t, g, closePeer, 1)
	cut.send(cut.frame(purchase(1))[:40])
	_ = cut.Close()
	wantReason(t, g, closeTruncated, 1)
}

func TestAnswerReachesAPeerThatSendsNoMore(t *testing.T) {
	g := start(t, testConfig(nil), newPoster(), keystore(t))
	e := dial(t, g)
	e.send(e.frame(purchase(1)))
	if err := e.Conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if a := e.receive(); a.ResponseCode != "00" {
		t.Errorf("answer %s", a.ResponseCode)
	}
}

func TestConnectionLimits(t *testing.T) {
	g := start(t, testConfig(func(c *Config) { c.Limits.Connections = 1 }), newPoster(), keystore(t))
	first := dial(t, g)
	first.ask(purchase(1))
	dial(t, g).wantClosed()
	wantReason(t, g, closeTooMany, 1)

	g = start(t, testConfig(func(c *Config) { c.Limits.ConnectionsPerAddress = 1 }), newPoster(), keystore(t))
	first = dial(t, g)
	first.ask(purchase(1))
	dial(t, g).wantClosed()
	wantReason(t, g, closeTooManyAddr, 1)
	_ = first.Close()
	wantReason(t, g, closePeer, 1)
	if a := dial(t, g).ask(purchase(2)); a.ResponseCode != "00" {
		t.Errorf("after one went: %s", a.ResponseCode)
	}
}

func TestPanicEndsItsConnectionOnly(t *testing.T) {
	books := newPoster()
	g := start(t, testConfig(nil), books, keystore(t))
	other := dial(t, g)
	other.ask(purchase(1))
	keys := g.terminals.ledger
	g.terminals.ledger = nil // the next terminal that needs its key meets a nil ledger
	defer func() { g.terminals.ledger = keys }()
	e := dial(t, g)
	o := purchase(2)
	o.PIN = [9]byte{1}
	e.send(e.frame(o))
	e.wantClosed()
	wantReason(t, g, closePanic, 1)
	if a := other.ask(purchase(3)); a.ResponseCode != "00" {
		t.Errorf("the other connection was disturbed: %s", a.ResponseCode)
	}
}

// timeline runs one connection in fake time over a pipe and returns when and why it was closed.
func timeline(t *testing.T, act func(e *terminal)) (why closeReason, after time.Duration) {
	t.Helper()
	keys := keystore(t)
	synctest.Test(t, func(t *testing.T) {
		g, err := New(testConfig(nil), Deps{Ledger: newPoster(), Keys: keys, Log: discard()})
		if err != nil {
			t.Fatal(err)
		}
		g.hostile = rate.NewLimiter(rate.Inf, 1)
		ours, theirs := net.Pipe()
		c := newConn(g, g.links[0], ours, netip.Addr{})
		g.connections.add(c)
		began := time.Now()
		go c.serve()
		closed := make(chan time.Duration)
		go func() {
			g.connections.served.Wait()
			closed <- time.Since(began)
		}()
		act(newTerminal(t, theirs))
		after, why = <-closed, c.whyClosed()
		_ = theirs.Close()
		if err := g.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return why, after
}

func TestTimeouts(t *testing.T) {
	for _, c := range []struct {
		name  string
		act   func(e *terminal)
		why   closeReason
		after time.Duration
	}{
		{"says nothing", func(*terminal) {}, closeFirstFrame, 10 * time.Second},
		{"half a frame", func(e *terminal) { e.send(e.frame(purchase(1))[:30]) }, closeFrameTime, 5 * time.Second},
		{"one byte a second", func(e *terminal) {
			for _, b := range e.frame(purchase(1)) {
				if _, err := e.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}, closeFrameTime, 5 * time.Second},
		{"idle after an answer", func(e *terminal) { e.ask(purchase(1)) }, closeIdle, 10 * time.Minute},
		{"takes no answer", func(e *terminal) { e.send(e.frame(purchase(1))) }, closeWriteTime, 10 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			why, after := timeline(t, c.act)
			if why != c.why || after.Round(time.Second) != c.after {
				t.Errorf("closed after %v for %v, want %v for %v", after, why, c.after, c.why)
			}
		})
	}
}
