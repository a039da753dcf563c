package gateway

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bpnt/iso"
)

// host is a bank's host that we dial, in fake time: it may be away, and hands the tests its ends of connections.
type host struct {
	socks chan net.Conn

	mu    sync.Mutex
	away  bool
	dials []time.Time
}

// leave says whether it cannot be reached from now on.
func (h *host) leave(away bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.away = away
}

// made are the attempts so far.
func (h *host) made() []time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.dials)
}

func (h *host) dial(context.Context, string) (net.Conn, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dials = append(h.dials, time.Now())
	if h.away {
		return nil, errors.New("connection refused")
	}
	ours, theirs := net.Pipe()
	h.socks <- theirs
	return ours, nil
}

// dialled runs a gateway that dials a host, in fake time, until act returns.
func dialled(t *testing.T, change func(*Config), act func(g *Gateway, h *host)) {
	t.Helper()
	dialledTo(t, &host{}, change, act)
}

func dialledTo(t *testing.T, h *host, change func(*Config), act func(g *Gateway, h *host)) {
	t.Helper()
	keys := keystore(t)
	synctest.Test(t, func(t *testing.T) {
		c := switchConfig(func(c *Config) {
			l := &c.Links[0]
			l.Listen, l.Dial = "", "bank.example:9001"
			l.Switch = Switch{Institution: "950"}.withDefaults(true)
		})
		if change != nil {
			change(&c)
		}
		g, err := New(c, Deps{Ledger: newPoster(), Keys: keys, Log: discard()})
		if err != nil {
			t.Fatal(err)
		}
		h.socks = make(chan net.Conn, 100) // of the bubble
		g.dialer, g.chance = h.dial, func() float64 { return 1 }
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- g.Serve(ctx) }()
		act(g, h)
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// accept takes the next connection and answers our sign-on.
func (h *host) accept(t testing.TB, g *Gateway, code string) *bank {
	t.Helper()
	sock := <-h.socks
	b := newBank(t, sock, g.links[0].Dialect)
	if m := b.hear(code); m.Code != iso.NetworkSignOn {
		t.Errorf("the first message has DE70 %q", m.Code)
	}
	return b
}

// hear takes a network message of ours and answers it, unless code is empty.
func (b *bank) hear(code string) *iso.Network {
	b.t.Helper()
	body, err := b.frames.Next()
	if err != nil {
		b.t.Fatal(err)
	}
	m, err := b.codec.Decode(body)
	if err != nil {
		b.t.Fatal(err)
	}
	n, ok := m.(*iso.Network)
	if !ok {
		b.t.Fatalf("we sent %T", m)
	}
	if code == "" {
		return n
	}
	frame, err := b.codec.Encode(nil, &iso.Response{Header: n.Header, Fields: iso.Fields(7, 11, 39, 70), ResponseCode: code, Code: n.Code})
	if err != nil {
		b.t.Fatal(err)
	}
	b.send(frame)
	return n
}

// TestPeerComesBack: a lost connection is made again and signed on to again, and traffic flows over the new one only.
func TestPeerComesBack(t *testing.T) {
	dialled(t, nil, func(g *Gateway, h *host) {
		b := h.accept(t, g, "00")
		b.want("purchase", "00", b.purchase())
		_ = b.Close()
		again := h.accept(t, g, "00")
		if pause := h.made()[1].Sub(h.made()[0]); pause != time.Second {
			t.Errorf("made again after %v", pause)
		}
		again.stan = b.stan
		again.want("purchase on the new connection", "00", again.purchase())
		_ = again.Close()
	})
}

// TestOutage: ninety seconds without the bank are eight attempts, not a loop, and it is found soon after it is back.
func TestOutage(t *testing.T) {
	dialledTo(t, &host{away: true}, nil, func(g *Gateway, h *host) {
		began := time.Now()
		time.Sleep(90 * time.Second) // of fake time
		synctest.Wait()
		if n := len(h.made()); n != 7 { // after 0, 1, 3, 7, 15, 31, 63 s
			t.Errorf("%d attempts in 90 s", n)
		}
		h.leave(false)
		b := h.accept(t, g, "00")
		if took := time.Since(began); took > 125*time.Second {
			t.Errorf("connected %v after the beginning", took)
		}
		_ = b.Close()
	})
}

// TestPeerThatClosesAtOnce must not be dialled in a loop either, nor one that refuses our sign-on or does not answer it.
func TestPeerThatClosesAtOnce(t *testing.T) {
	for name, meet := range map[string]func(g *Gateway, h *host){
		"closes":              func(_ *Gateway, h *host) { _ = (<-h.socks).Close() },
		"refuses the sign-on": func(g *Gateway, h *host) { h.accept(t, g, "05") },
		"says nothing":        func(g *Gateway, h *host) { h.accept(t, g, "") },
	} {
		t.Run(name, func(t *testing.T) {
			dialled(t, nil, func(g *Gateway, h *host) {
				for range 6 {
					meet(g, h)
				}
				<-h.socks
				if took := h.made()[6].Sub(h.made()[0]); took < 63*time.Second {
					t.Errorf("seven connections within %v", took)
				}
			})
		})
	}
}

func TestEcho(t *testing.T) {
	dialled(t, nil, func(g *Gateway, h *host) {
		b := h.accept(t, g, "00")
		began := time.Now()
		for range 3 {
			if m := b.hear("00"); m.Code != iso.NetworkEcho || m.Route.Acquirer != "950" {
				t.Errorf("DE70 %q, DE32 %q", m.Code, m.Route.Acquirer)
			}
		}
		if took := time.Since(began).Round(time.Second); took != 3*time.Minute {
			t.Errorf("three echoes in %v", took)
		}
		b.hear("91") // it has forgotten us
		if m := b.hear("00"); m.Code != iso.NetworkSignOn {
			t.Errorf("after a refused echo: DE70 %q", m.Code)
		}
		b.hear("")                                // no answer
		time.Sleep(DefaultLimits().Call.Duration) // of fake time
		b.wantClosed()
		synctest.Wait()
		if n := figure(t, g, `bpnt_connections_closed_total{reason="echo_unanswered"}`); n != 1 {
			t.Errorf("%v connections were closed for it", n)
		}
	})
}

// TestSignOffAtTheEnd: a switch is told that we go.
func TestSignOffAtTheEnd(t *testing.T) {
	heard := make(chan string, 1)
	dialled(t, nil, func(g *Gateway, h *host) {
		b := h.accept(t, g, "00")
		synctest.Wait()
		go func() {
			heard <- b.hear("").Code
			_ = b.Close()
		}()
	})
	if code := <-heard; code != iso.NetworkSignOff {
		t.Errorf("DE70 %q", code)
	}
}

func TestJitter(t *testing.T) {
	for chance, want := range map[float64]time.Duration{0: 5 * time.Second, 0.5: 7500 * time.Millisecond, 1: 10 * time.Second} {
		if got := jitter(10*time.Second, chance); got != want {
			t.Errorf("chance %v: %v, want %v", chance, got, want)
		}
	}
}
