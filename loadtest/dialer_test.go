package loadtest

import (
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// TestAddressesTakeTurns: of two hosts each has half of the terminals, and when one is gone its terminals come to the
// other.
func TestAddressesTakeTurns(t *testing.T) {
	var served [2]atomic.Int64
	host := func(i int) *responder {
		return newResponder(t, func(conn net.Conn, _, answer []byte) {
			served[i].Add(1)
			send(conn, answer)
		})
	}
	first, second := host(0), host(1)
	cfg := testConfig(first.addr() + "," + second.addr())
	cfg.Duration = 300 * time.Millisecond
	if report := play(t, cfg, testFleet(t, 4, 5)); report.Connects != 4 || served[0].Load() == 0 || served[1].Load() == 0 {
		t.Errorf("%d connections; %d and %d messages", report.Connects, served[0].Load(), served[1].Load())
	}
	first.close()
	served[1].Store(0)
	if report := play(t, cfg, testFleet(t, 4, 5)); report.Connects != 4 || served[1].Load() == 0 {
		t.Errorf("%d connections to the host that is left, %d messages", report.Connects, served[1].Load())
	}
}

// TestSmallBatches: a terminal settles as soon as it has as many sales as it was told.
func TestSmallBatches(t *testing.T) {
	b := newDayBooks()
	r := newResponder(t, func(conn net.Conn, request, _ []byte) {
		_, code := b.answer(request)
		send(conn, answerTo(request, code))
	})
	cfg := testConfig(r.addr())
	cfg.Settle, cfg.BatchMax, cfg.Arrivals, cfg.Duration = true, 7, Arrivals{ShapeConstant, 200}, 300*time.Millisecond
	batches := 0
	for batch := range play(t, cfg, testFleet(t, 1, 5)).Batches() {
		if batches++; batch.Sales > 7 || batch.Fate != BatchAgreed {
			t.Errorf("%+v", batch)
		}
	}
	if batches < 3 {
		t.Errorf("%d batches", batches)
	}
}
