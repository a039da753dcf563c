package gateway

import (
	"fmt"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestSlowReadersHoldLittle: terminals that send as fast as they can and read nothing are not read from any more once
// the kernel takes no more answers for them. By then each holds Limits.InFlight messages, however many it has sent.
func TestSlowReadersHoldLittle(t *testing.T) {
	terminals := 8
	if testing.Short() {
		terminals = 2
	}
	const inFlight, messageBytes = 64, 8 << 10 // an exchange with its request, its answer and what gathers for a write
	config := testConfig(func(c *Config) {
		c.Limits.InFlight, c.Limits.SeenMax, c.Limits.Write = inFlight, 1_000, seconds(60)
	})
	g := start(t, config, forgetful{newPoster()}, keystore(t))
	dial(t, g).ask(purchase(1)) // what is made once is made
	before := liveHeap()
	var flooding sync.WaitGroup
	defer flooding.Wait()
	var sent atomic.Int64
	for i := range terminals {
		e := dial(t, g)
		flooding.Go(func() { e.flood(fmt.Sprintf("SLOW%04d", i), &sent) })
		defer e.Close()
	}
	held, last := terminals*inFlight, int64(-1)
	waitUntil(t, func() bool { // all is full and nothing moves any more
		before := last
		last = sent.Load()
		return last == before && g.connections.inFlight(t, inFlight) == held
	})
	grown := liveHeap() - before
	t.Logf("after %d messages the heap has grown by %d kB for %d that are held", sent.Load(), grown>>10, held)
	if most := int64(held)*messageBytes + 4<<20; grown > most { // and what the process needs besides
		t.Errorf("that is more than %d kB", most>>10)
	}
}

// inFlight is how many messages all connections hold, of which none may hold more than most.
func (s *connections) inFlight(t *testing.T, most int) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		c.mu.Lock()
		n += c.inFlight
		if c.inFlight > most || len(c.ready) > most {
			t.Errorf("%d messages are in flight, of which %d are decided", c.inFlight, len(c.ready))
		}
		c.mu.Unlock()
	}
	return n
}

func waitUntil(t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for range 150 {
		if done() {
			return
		}
		<-tick.C
	}
	t.Fatal("it did not come to that in 30 seconds")
}

// flood sends purchases until its connection is closed, and counts them.
func (e *terminal) flood(tid string, sent *atomic.Int64) {
	if err := e.Conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		e.t.Error(err)
	}
	for stan := int32(1); ; stan = stan%900_000 + 1 {
		o := purchase(stan)
		o.TID = tid
		frame, err := e.codec.EncodeRequest(nil, o)
		if err != nil {
			e.t.Error(err)
			return
		}
		if _, err := e.Write(frame); err != nil {
			return
		}
		sent.Add(1)
	}
}

// liveHeap is what is in use once everything else was collected.
func liveHeap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
