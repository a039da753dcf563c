package e2e

import (
	"runtime"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// TestPostgresFrozen stops every process of Postgres under load, and lets them go on after several of the terminals'
// patiences (F31). What commits late is what the terminals reversed, or is found again when they repeat.
func TestPostgresFrozen(t *testing.T) {
	w, s := ownServer(t, impatient)
	w.outlasts(t, s.Server)
}

// TestStandbyFrozen stops the standby for which every commit waits. The primary is well, and everything waits in it, written
// and not acknowledged: nothing is approved until the standby is back.
func TestStandbyFrozen(t *testing.T) {
	if testing.Short() {
		t.Skip("short: TestPostgresFrozen has the gateway's part of it")
	}
	p := newPair(t, impatient)
	p.follow(true)
	p.outlasts(t, p.roles[second])
	if waits := p.asOwner("select count(*) from pg_stat_activity where wait_event = 'SyncRep'"); waits != "0" {
		t.Errorf("%s sessions still wait for the standby", waits)
	}
}

// outlasts freezes a server under load. Meanwhile each message is answered 91 or not at all, and the gateway makes no
// goroutines for those that wait.
func (w *world) outlasts(t *testing.T, server *localpg.Server) {
	t.Helper()
	load := w.startLoad(w.fleet(32))
	w.trade(100)
	before := runtime.NumGoroutine()
	w.check(server.Freeze())
	frozen := 30 * time.Second
	if testing.Short() {
		frozen = 1500 * time.Millisecond
	}
	most := goroutinesFor(frozen)
	w.check(server.Thaw())
	w.trade(200)
	report := load.end()
	w.agree(report, 0)
	unknown := metric(t, w.gateway, `bpnt_ledger_attempts_total{fate="unknown"}`)
	if unknown == 0 {
		t.Error("no attempt was open when the server froze")
	}
	if most > before+goroutinesMax {
		t.Errorf("%d goroutines while the server was frozen, %d before", most, before)
	}
	t.Logf("%d goroutines before, %d at most while frozen; %v attempts unknown; answers: %v",
		before, most, unknown, report.Outcomes)
}

// goroutinesFor watches for a time and returns the most that were there.
func goroutinesFor(d time.Duration) (most int) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(d); ; {
		select {
		case <-end:
			return most
		case <-tick.C:
			most = max(most, runtime.NumGoroutine())
		}
	}
}

// goroutinesMax is what a frozen database may add: of 8 connections each, those that are made and those that are closed
// while the server does not answer. It does not grow with the terminals, of which there are 32, nor with time.
const goroutinesMax = 64

// impatient shortens the deadlines, so that several pass while the test looks on.
func impatient(c *gateway.Config) {
	c.Links[0].Deadline = gateway.Duration{Duration: time.Second}
	c.Limits.Attempt = gateway.Duration{Duration: 400 * time.Millisecond}
}

// TestPoolOfOne freezes Postgres under a gateway with a single connection, which one bucket's lane holds (F35). Its
// message is not answered. The other bucket's could not be sent, and is refused with 91, which is true for ever: it is not
// found in the books when Postgres goes on.
func TestPoolOfOne(t *testing.T) {
	t.Parallel()
	s := &server{t: t, dir: pgtest.Folder(t)}
	s.start()
	t.Cleanup(s.end)
	w := &world{t: t, keys: newKeys(t), postgres: s, poolMax: 1}
	w.check(s.EnsureDatabase(t.Context(), "bpnt"))
	w.url = s.URL("bpnt")
	w.prepare(impatient)
	w.start()
	var cards [2]card // one of each bucket
	for cards[0].family == 0 || cards[1].family == 0 {
		c := w.family()
		cards[w.books.BucketOf(c.key)] = c
	}
	w.disburse()
	w.addTerminal("60060061", testMID)
	for i, c := range cards {
		w.dial().want("before", "00", w.purchase(c, int32(i+1), 1_000))
	}
	w.holds(0) // a connection goes back a moment after its last answer
	w.check(s.Freeze())
	holding, waiting := w.dial(), w.dial()
	holding.send(holding.frame(w.purchase(cards[0], 11, 1_000)))
	w.holds(1)
	// Of another terminal, since one's own messages wait for each other.
	waiting.want("no connection", "91", terminal("60060061").Purchase(12, cards[1].track2, 1_000, block(t, cards[1], testPIN), "000012"))
	if a, _, err := holding.receive(2 * time.Second); err == nil {
		t.Errorf("an unknown outcome was answered %s", a.ResponseCode)
	}
	w.check(s.Thaw())
	again := w.dial()
	again.until("reversal of what was not answered", "00", func(int32) string {
		return again.ask(w.reversal(cards[0], 11, 1_000)).ResponseCode
	})
	if got := w.asOwner("select count(*) from bpnt.message where stan = 12"); got != "0" {
		t.Errorf("answered 91, and stands in the books %s times", got)
	}
	if report := w.audit(); report.DebitsIDR != 2_000 {
		t.Errorf("books Rp %d", report.DebitsIDR)
	}
}

// holds waits until the gateway holds so many connections.
func (w *world) holds(connections int32) {
	w.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); w.books.PoolStats().InUse != connections; {
		if time.Now().After(deadline) {
			w.t.Fatalf("%d connections are held, not %d", w.books.PoolStats().InUse, connections)
		}
	}
}
