package gateway

import (
	"context"
	"net"
	"testing"
	"time"

	"bpnt/ledger"
)

// serving runs a gateway whose end the test itself decides.
func serving(t *testing.T, c Config, books *poster) (g *Gateway, stop context.CancelFunc, served chan error) {
	t.Helper()
	g, err := New(c, Deps{Ledger: books, Keys: keystore(t), Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served = make(chan error, 1)
	go func() { served <- g.Serve(ctx) }()
	return g, stop, served
}

func TestDrainAnswersWhatIsInFlight(t *testing.T) {
	books := newPoster()
	books.hold = make(chan struct{})
	g, stop, served := serving(t, testConfig(nil), books)
	busy, idle := dial(t, g), dial(t, g)
	idle.wantEcho()
	busy.send(busy.frame(purchase(1)))
	eventually(t, g, `bpnt_stage_seconds_count{stage="decode"}`, 2)
	stop()
	idle.wantClosed()
	close(books.hold)
	if a := busy.receive(); a.ResponseCode != "00" {
		t.Errorf("in flight at the end: %s", a.ResponseCode)
	}
	busy.wantClosed()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", g.Addr("edc").String()); err == nil {
		t.Error("it still listens")
	}
	wantReason(t, g, closeDraining, 2)
}

func TestDrainGivesUpInTime(t *testing.T) {
	books := newPoster()
	books.fail = ledger.ErrIndeterminate
	g, stop, served := serving(t, testConfig(func(c *Config) { c.Limits.Shutdown = Duration{50 * time.Millisecond} }), books)
	e := dial(t, g)
	e.send(e.frame(purchase(1)))
	eventually(t, g, "bpnt_unknown_commits_total", 1)
	stop()
	e.wantClosed()
	books.set(func() { books.fail = nil }) // the database is back in time for the lane, not for the connection
	if err := <-served; err != nil {
		t.Error(err)
	}
	wantReason(t, g, closeForced, 1)
	if n := len(books.posted()); n != 1 {
		t.Errorf("posted %d times", n)
	}
}

func TestShutdownWithoutServe(t *testing.T) {
	g, err := New(testConfig(nil), Deps{Ledger: newPoster(), Keys: keystore(t), Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if g.Addr("nobody") != nil {
		t.Error("a link that does not exist has an address")
	}
}

func TestPortTaken(t *testing.T) {
	g := start(t, testConfig(nil), newPoster(), keystore(t))
	c := testConfig(func(c *Config) { c.Links[0].Listen = g.Addr("edc").String() })
	if _, err := New(c, Deps{Ledger: newPoster(), Keys: keystore(t), Log: discard()}); err == nil {
		t.Error("two gateways on one port")
	}
}
