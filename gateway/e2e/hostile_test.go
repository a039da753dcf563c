package e2e

import (
	"context"
	"fmt"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/iso"
	"bpnt/loadtest/hostile"
)

// Bounds on what an attack may leave behind.
const (
	hostileHeapMax = 8 << 20 // bytes; caches of names that were asked for, buffers for the next to come
	perAddress     = 200     // connections, in these tests

	spareGoroutines = 2 // the pool's, which makes and mends its connections when it likes
)

// attack is an attack on the world's gateway, from an address of its own where the system has one.
func (w *world) attack(actions int64) hostile.Config {
	c := hostile.Config{
		Addr: w.gateway.Addr(w.config.Links[0].Name).String(), Attackers: 128, PerSecond: 5_000, Actions: actions, Seed: 1,
		Dialect: w.config.Links[0].Dialect,
	}
	if runtime.GOOS == "linux" {
		c.From = "127.0.0.2"
	}
	return c
}

// play plays one attack to its end and fails where the gateway did what none may.
func (w *world) play(name string, c hostile.Config) *hostile.Tally {
	w.t.Helper()
	attacks, err := hostile.Find(name)
	w.check(err)
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	tally, err := hostile.Run(ctx, c, attacks[0])
	w.check(err)
	if err := tally.Fault(); err != nil {
		w.t.Error(err)
	}
	if tally.Actions == 0 {
		w.t.Error("the attack did nothing")
	}
	return tally
}

// shown is a figure of the gateway's page.
func (w *world) shown(name string) float64 {
	w.t.Helper()
	page := httptest.NewRecorder()
	w.gateway.AdminHandler().ServeHTTP(page, httptest.NewRequest("GET", "/metrics", nil))
	for line := range strings.Lines(page.Body.String()) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			w.check(err)
			return v
		}
	}
	w.t.Fatalf("there is no figure %s", name)
	return 0
}

// wait waits until something holds.
func (w *world) wait(what string, holds func() bool) {
	w.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 1_500 {
		if holds() {
			return
		}
		<-tick.C
	}
	w.t.Errorf("it did not come to that in 15 seconds: %s", what)
}

// shopfront is an honest terminal that sells one rupiah after the other until it is told to stop.
type shopfront struct {
	stop  chan struct{}
	sales chan int64
}

func (w *world) shop(c card, stan int32) *shopfront {
	s := &shopfront{stop: make(chan struct{}), sales: make(chan int64, 1)}
	e := w.dial()
	go func() {
		sold := int64(0)
		defer func() {
			_ = e.Close()
			s.sales <- sold
		}()
		for {
			select {
			case <-s.stop:
				return
			default:
			}
			e.send(e.frame(w.purchase(c, stan+int32(sold), 1)))
			a, _, err := e.receive(25 * time.Second)
			if err != nil || a.ResponseCode != "00" {
				w.t.Errorf("an honest sale was not approved: %v, %v", a, err)
				return
			}
			sold++
		}
	}()
	return s
}

// end is how many sales were approved: all that were made.
func (s *shopfront) end() int64 {
	close(s.stop)
	return <-s.sales
}

// TestHostile plays every attack beside an honest terminal: each of its sales is approved, the books are exact, and
// nothing of the attack is left in the gateway: no connection, no goroutine, no memory beyond a bound in bytes.
func TestHostile(t *testing.T) {
	actions := int64(20_000)
	if testing.Short() {
		actions = 400
	}
	w := newWorld(t, func(c *gateway.Config) {
		c.Limits.ConnectionsPerAddress, c.Limits.FirstFrame = perAddress, gateway.Duration{Duration: 300 * time.Millisecond}
	})
	honest, victim, guessed := w.family(), w.family(), w.family()
	w.disburse()
	e := w.dial()
	captured := e.frame(w.purchase(victim, 900_001, 1_000))
	e.want("what is listened to", "00", w.purchase(victim, 900_001, 1_000))
	_ = e.Close()
	guess := w.wrong(guessed, 1)
	guess.TID = w.guessers(1, false)[0].TID
	sold, stan := int64(0), int32(1)
	for _, name := range hostile.Names() {
		w.wait("all is quiet", func() bool { return w.shown("bpnt_connections") == 0 })
		before, heap := runtime.NumGoroutine(), int64(holds())
		c := w.attack(actions)
		c.Captured, c.Guesses = [][]byte{captured}, []hostile.Guess{{Purchase: guess}}
		shop := w.shop(honest, stan)
		w.play(name, c)
		n := shop.end()
		sold, stan = sold+n, stan+int32(n)
		w.wait(name+": connections are gone", func() bool { return w.shown("bpnt_connections") == 0 })
		w.wait(name+": goroutines are back", func() bool { return runtime.NumGoroutine() <= before+spareGoroutines })
		if grown := int64(holds()) - heap; grown > hostileHeapMax {
			t.Errorf("%s: %d bytes are held after it", name, grown)
		}
	}
	w.wantBalance("the honest family", honest, testGrant-sold)
	w.wantBalance("of a sale that was sent again and again", victim, testGrant-1_000)
	w.wantBalance("of guesses", guessed, testGrant)
	if closePanics := w.shown(`bpnt_connections_closed_total{reason="panic"}`); closePanics != 0 {
		t.Errorf("%v panics", closePanics)
	}
	w.audit()
}

// wrong is a purchase with another PIN than the family's.
func (w *world) wrong(c card, stan int32) iso.Outgoing {
	o := w.purchase(c, stan, 1_000)
	o.PIN = block(w.t, c, "654321")
	return o
}

// TestCrowdFromOneAddress: one address holds as many connections as it may and no more, and another trades on (F27).
func TestCrowdFromOneAddress(t *testing.T) {
	w := newWorld(t, func(c *gateway.Config) {
		c.Limits.ConnectionsPerAddress, c.Limits.FirstFrame = perAddress, gateway.Duration{Duration: time.Minute}
	})
	c := w.family()
	w.disburse()
	attack := w.attack(0)
	if attack.From == "" {
		t.Skip("this system has one loopback address only")
	}
	attack.Attackers = 2 * perAddress / 8
	crowds, err := hostile.Find("crowd")
	w.check(err)
	ctx, over := context.WithCancel(t.Context())
	ended := make(chan *hostile.Tally, 1)
	go func() {
		tally, err := hostile.Run(ctx, attack, crowds[0])
		if err != nil {
			t.Error(err)
		}
		ended <- tally
	}()
	refused := `bpnt_connections_closed_total{reason="too_many_from_address"}`
	w.wait("the rest of the crowd is refused", func() bool { return w.shown(refused) >= perAddress })
	if n := w.shown("bpnt_connections"); n > perAddress {
		t.Errorf("%v connections are open of one address", n)
	}
	w.dial().want("from another address", "00", w.purchase(c, 1, 1_000))
	over()
	if tally := <-ended; tally.Closed < perAddress {
		t.Errorf("the crowd saw %d connections closed", tally.Closed)
	}
	w.audit()
}

// TestManyTerminalsOfOneAddress: a city's terminals behind one address of a mobile network are no crowd (F27).
func TestManyTerminalsOfOneAddress(t *testing.T) {
	terminals := 2_000
	if testing.Short() {
		terminals = 200
	}
	w := newWorld(t, nil)
	lines := make([]*wire, terminals)
	for i := range lines {
		lines[i] = w.dial()
	}
	for i, e := range lines {
		who := terminal(fmt.Sprintf("NAT%05d", i))
		o := who.Logon(1)
		o.ProcessingCode = iso.ProcessingTest
		e.want(who.TID, "00", o)
	}
	if n := int(w.shown("bpnt_connections")); n != terminals {
		t.Errorf("%d connections are open, want %d", n, terminals)
	}
	w.audit()
}
