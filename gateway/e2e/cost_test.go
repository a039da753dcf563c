package e2e

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// What a redemption costs, counted and not timed: so a regression is seen on any machine, however busy. A concentrator
// sends a purchase of each of its terminals in one write, which fills both lanes before the first commit is done; its
// answers are read without an allocation. So what is counted of this process is the gateway's, ledger client included.

// costTerminals is how many purchases a round has; several times a batch, so that lanes are full.
const costTerminals = 1000

// costs are those of a number of redemptions.
type costs struct {
	redemptions, roundTrips, walBytes, allocations, allocatedBytes, calls int64
}

// concentrator is one connection for many terminals.
type concentrator struct {
	*world
	*wire
	area  ledger.Jakarta
	in    *bufio.Reader
	reads int64 // system calls of its own
	stan  int32
}

func newConcentrator(t testing.TB) *concentrator {
	t.Helper()
	w := newWorld(t, func(c *gateway.Config) { c.Limits.InFlight = costTerminals })
	n := &concentrator{world: w, area: ledger.Jakarta{Seed: 1, Families: costTerminals, Outlets: 10, Terminals: costTerminals}}
	w.check(w.operator.Seed(t.Context(), ledger.SeedOptions{
		Area: n.area, Link: "edc", Keys: w.keys,
		WrapTPK: func(tid string, clear []byte) ([]byte, error) {
			return w.keys.WrapTerminalKey(pin.UsePIN, tid, clear)
		},
	}))
	w.fund(programmeBPNT, 202611, 90_000_000)
	n.wire = w.dial()
	n.in = bufio.NewReaderSize(readCounter{n}, 64<<10)
	// Caches, plans and the pages of the index that everybody writes to are warm from here on. A checkpoint makes the next
	// change of a page write the whole of it, and whether one is due must not matter.
	w.asOwner("checkpoint")
	n.round(n.frames())
	n.round(n.frames())
	return n
}

// readCounter counts reads of the connection, each of which is a system call or two.
type readCounter struct{ n *concentrator }

func (r readCounter) Read(p []byte) (int, error) {
	r.n.reads++
	return r.n.Conn.Read(p)
}

// frames are a purchase of each terminal with its own family's card, one behind the other.
func (n *concentrator) frames() (all []byte) {
	n.world.t.Helper()
	n.stan++
	for k := range costTerminals {
		at, card := n.area.Terminal(k), n.area.Card(k)
		track, err := iso.ParseTrack2(string(card.PAN[:]) + "=" + card.Expiry + "1200000000000000")
		n.check(err)
		block, err := pin.EncryptPINBlock(at.TPK[:], card.PIN[:], card.PAN[:])
		n.check(err)
		who := terminal(at.TID)
		who.MID = at.MID
		all = append(all, n.frame(who.Purchase(n.stan, track, 500, iso.NewPINBlock(block), "000001"))...)
	}
	return all
}

// round sends everything at once and waits for as many answers.
func (n *concentrator) round(frames []byte) {
	n.send(frames)
	n.check(n.SetReadDeadline(time.Now().Add(25 * time.Second)))
	for range costTerminals {
		length, err := n.in.Peek(2)
		n.check(err)
		_, err = n.in.Discard(2 + int(binary.BigEndian.Uint16(length)))
		n.check(err)
	}
}

// measure counts what a round costs.
func (n *concentrator) measure() (c costs) {
	n.world.t.Helper()
	frames := n.frames()
	wal, before := n.wal(), n.reading()
	n.round(frames)
	after := n.reading()
	return costs{
		redemptions: costTerminals, roundTrips: after.roundTrips - before.roundTrips, walBytes: n.wal() - wal,
		allocations: after.allocations - before.allocations, allocatedBytes: after.allocatedBytes - before.allocatedBytes,
		calls: after.calls - before.calls,
	}
}

func (n *concentrator) wal() int64 {
	return n.figure(`select (pg_current_wal_insert_lsn() - '0/0')::bigint`)
}

// reading is what was counted so far, but for the WAL, of which psql is asked, and that costs as well.
func (n *concentrator) reading() (c costs) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	c.allocations, c.allocatedBytes = int64(m.Mallocs), int64(m.TotalAlloc)
	c.roundTrips = n.books.PoolStats().AcquireCount
	c.calls = processCalls() - n.reads
	return c
}

// processCalls is how many system calls of the read and write kind this process has made; 0 where /proc does not say.
func processCalls() (sum int64) {
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		var n int64
		if name, value, _ := strings.Cut(line, ":"); name == "syscr" || name == "syscw" {
			_, _ = fmt.Sscan(value, &n) // the kernel wrote a number
			sum += n
		}
	}
	return sum
}

// each is the costs by name, for one redemption.
func (c costs) each() map[string]float64 {
	per := func(n int64) float64 { return float64(n) / float64(c.redemptions) }
	return map[string]float64{
		"round-trips": per(c.roundTrips), "WAL-bytes": per(c.walBytes), "allocations": per(c.allocations),
		"bytes-allocated": per(c.allocatedBytes), "read+write-calls": per(c.calls),
	}
}

// TestRedemptionCosts holds each count below a bound that is about twice what it was when this was written: who breaks it
// has added a round trip, an index or an allocation, and not met a slow machine. The least of some rounds counts: in one
// of them the reader of the socket may have been kept waiting, and a lane with it.
func TestRedemptionCosts(t *testing.T) {
	n := newConcentrator(t)
	before := n.audit()
	var redemptions int64
	least := map[string]float64{}
	for range costRounds {
		c := n.measure()
		redemptions += c.redemptions
		for name, got := range c.each() {
			if was, ok := least[name]; !ok || got < was {
				least[name] = got
			}
		}
	}
	for name, most := range costsMax {
		t.Logf("%-16s %.4f a redemption", name, least[name])
		if got := least[name]; got > most || got < 0 {
			t.Errorf("%s: %.4f a redemption, at most %.4f", name, got, most)
		}
	}
	if after := n.audit(); after.Redemptions-before.Redemptions != redemptions {
		t.Errorf("%d of %d purchases were debited", after.Redemptions-before.Redemptions, redemptions)
	}
}

const costRounds = 4

var costsMax = map[string]float64{
	"round-trips": 0.05, "WAL-bytes": 1_500, "allocations": 75, "bytes-allocated": 10_000, "read+write-calls": 0.5,
}

// BenchmarkRedemptionCosts reports the same counts.
//
//	go test ./gateway/e2e -run '^$' -bench RedemptionCosts -benchtime 20x
func BenchmarkRedemptionCosts(b *testing.B) {
	n := newConcentrator(b)
	sums := map[string]float64{}
	for b.Loop() {
		for name, value := range n.measure().each() {
			sums[name] += value
		}
	}
	for name, sum := range sums {
		b.ReportMetric(sum/float64(b.N), name+"/redemption")
	}
}
