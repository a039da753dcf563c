package gateway

import (
	"testing"
	"time"
)

// TestLastCall: a request that is on its way when the drain begins is answered, and so is one that comes within the last
// call; then the connection is closed, and not before the answer.
func TestLastCall(t *testing.T) {
	books := newPoster()
	c := testConfig(func(c *Config) { c.Limits.LastCall = Duration{10 * time.Second} })
	g, stop, served := serving(t, c, books)
	idle, silent := dial(t, g), dial(t, g)
	idle.wantEcho()
	silent.wantEcho()
	stop()
	eventuallyDrains(t, g)
	if a := idle.ask(purchase(1)); a.ResponseCode != "00" {
		t.Errorf("the last call was answered %s", a.ResponseCode)
	}
	idle.wantClosed()
	_ = silent.Close() // or the gateway waits for its last call
	if err := <-served; err != nil {
		t.Error(err)
	}
	wantReason(t, g, closeDraining, 1)
}

// TestLastCallEnds: a connection that has nothing to say holds nobody up, and half a message is not waited for.
func TestLastCallEnds(t *testing.T) {
	g, stop, served := serving(t, testConfig(nil), newPoster())
	idle, halfway := dial(t, g), dial(t, g)
	idle.wantEcho()
	halfway.wantEcho()
	halfway.send(halfway.frame(purchase(1))[:20])
	stop()
	idle.wantClosed()
	halfway.wantClosed()
	if err := <-served; err != nil {
		t.Error(err)
	}
	wantReason(t, g, closeDraining, 2)
}

// eventuallyDrains waits until every connection knows.
func eventuallyDrains(t *testing.T, g *Gateway) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if g.connections.count(func(c *conn) bool { return !c.draining.Load() }) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the gateway does not drain")
		}
	}
}
