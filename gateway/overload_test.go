package gateway

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

// slowBooks take a tenth of a second for a batch, whatever its size. In the tests a batch is ten, so they do 100 a second.
type slowBooks struct{ *poster }

func (s slowBooks) Post(ctx context.Context, bucket int16, requests []ledger.Request) ([]ledger.Result, error) {
	time.Sleep(100 * time.Millisecond) // fake time: this is the database's work
	return s.poster.Post(ctx, bucket, requests)
}

// counter is a gateway in fake time that is handed messages as its readers hand them over. There are no sockets: they
// would keep the time from passing.
type counter struct {
	*Gateway
	t     *testing.T
	books *poster
	conns map[netip.Addr]*conn

	others int // sales that were made to keep the lane busy
}

// overload runs a test before slow books with one lane.
func overload(t *testing.T, change func(*Config), act func(c *counter)) {
	t.Helper()
	keys := keystore(t)
	synctest.Test(t, func(t *testing.T) {
		books := newPoster()
		books.buckets = 1
		config := testConfig(func(c *Config) {
			c.Limits.BatchMax, c.Limits.LaneDepth, c.Limits.UnderWay = 10, 1_000, 5_000
			if change != nil {
				change(c)
			}
		})
		g, err := New(config, Deps{Ledger: slowBooks{books}, Keys: keys, Log: discard()})
		if err != nil {
			t.Fatal(err)
		}
		act(&counter{Gateway: g, t: t, books: books, conns: map[netip.Addr]*conn{}})
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		if err := g.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
}

// from is a connection from an address. Nobody writes its answers: they stay where the test can look at them.
func (c *counter) from(address netip.Addr) *conn {
	if c.conns[address] == nil {
		made := newConn(c.Gateway, c.links[0], nil, address)
		made.writing = true
		c.conns[address] = made
	}
	return c.conns[address]
}

// sale is a purchase of one terminal, outlet and card each.
type sale struct {
	address  netip.Addr
	tid, mid string
	card     int
	stan     int32
	mti      iso.MTI // 0 for 0200
	amount   int64
}

// take hands a sale over as a reader does, behind decoder, MAC and PIN.
func (c *counter) take(s sale) *exchange {
	if s.mti == 0 {
		s.mti = iso.MTIFinancial
	}
	x := &exchange{
		conn: c.from(s.address), kind: kindPurchase, head: &iso.Header{MTI: s.mti, TID: s.tid, MID: s.mid, STAN: s.stan},
		received: time.Now(), deadline: time.Now().Add(c.links[0].Deadline.Duration), admitted: time.Now(),
	}
	x.owner = x
	x.request = ledger.Request{
		Kind: ledger.KindRedeem, Link: 1, TID: s.tid, MID: s.mid, STAN: s.stan, Amount: s.amount, Original: ledger.Absent,
	}
	if s.mti.Original() == iso.MTIReversal {
		x.kind, x.request.Kind = kindReversal, ledger.KindReverse
	}
	binary.BigEndian.PutUint64(x.request.PAN[:], uint64(s.card))
	x.keys = [chains]orderKey{terminalKey(1, s.tid), cardKey(x.request.PAN)}
	x.conn.began()
	c.admit(x)
	return x
}

// approved counts approvals. Nothing may be under way any more.
func approved(all []*exchange) (n int) {
	for _, x := range all {
		if x.verdict == verdict(ledger.OutcomeApproved) {
			n++
		}
	}
	return n
}

// answer is what a message was answered, 0 where it was not, or not yet.
func answer(x *exchange) verdict {
	x.conn.mu.Lock()
	defer x.conn.mu.Unlock()
	if slices.Contains(x.conn.ready, x) {
		return x.verdict
	}
	return 0
}

func home(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}) }

// trade lets 50 honest terminals sell once in six seconds each, for a minute, while somebody floods with 2,000 messages a
// second: twenty times what the books can do. It returns the honest sales.
func (c *counter) trade(address func(shop int) netip.Addr, flood func(n int) sale) (honest []*exchange) {
	const perSecond, shops, every = 2_000, 50, 240
	seconds := 60
	if testing.Short() {
		seconds = 20
	}
	for n := range seconds * perSecond {
		time.Sleep(time.Second / perSecond)
		if n%every == 0 {
			honest = append(honest, c.take(shopSale(n/every, shops, address)))
		}
		s := flood(n)
		s.card, s.stan, s.amount = n, int32(n), 1_000
		c.take(s)
	}
	time.Sleep(30 * time.Second)
	synctest.Wait()
	return honest
}

// shopSale is the sale with that number, of one of so many honest outlets in turn.
func shopSale(i, shops int, address func(shop int) netip.Addr) sale {
	return sale{
		address: address(i % shops), tid: fmt.Sprintf("SHOP%04d", i%shops), mid: fmt.Sprintf("6006006006%05d", i%shops),
		card: 1_000_000 + i, stan: int32(i), amount: 1_000,
	}
}

// TestFloodDoesNotPushOthersOut: whoever floods, honest terminals lose less than a tenth of their sales.
func TestFloodDoesNotPushOthersOut(t *testing.T) {
	behindOne := func(int) netip.Addr { return home(0) }
	for _, tt := range []struct {
		name    string
		address func(int) netip.Addr
		flood   func(n int) sale
	}{
		{"an outlet with 2,000 terminals, at the address of all others", behindOne, func(n int) sale {
			return sale{address: home(0), tid: fmt.Sprintf("BAD%05d", n%2_000), mid: "600600600600666"}
		}},
		{"an address that makes up terminals and outlets", home, func(n int) sale {
			return sale{address: home(9_999), tid: fmt.Sprintf("B%07d", n), mid: fmt.Sprintf("666%012d", n)}
		}},
		{"an address without outlets", home, func(n int) sale {
			return sale{address: home(9_999), tid: fmt.Sprintf("B%07d", n)}
		}},
		{"a terminal with 1,000 connections, each from another address", home, func(n int) sale {
			return sale{address: home(1_000 + n%1_000), tid: "BAD00000", mid: "600600600600666"}
		}},
		{"an outlet with 2,000 terminals, each at another address", home, func(n int) sale {
			return sale{address: home(1_000 + n%2_000), tid: fmt.Sprintf("BAD%05d", n%2_000), mid: "600600600600666"}
		}},
		{"repeats of an address that makes up terminals and outlets", home, func(n int) sale {
			return sale{address: home(9_999), tid: fmt.Sprintf("B%07d", n), mid: fmt.Sprintf("666%012d", n), mti: iso.MTIFinancial.Repeat()}
		}},
		{"reversals of an address that makes up terminals and outlets", home, func(n int) sale {
			return sale{address: home(9_999), tid: fmt.Sprintf("B%07d", n), mid: fmt.Sprintf("666%012d", n), mti: iso.MTIReversal}
		}},
		{"reversals of a concentrator's 253 outlets", home, func(n int) sale {
			return sale{address: home(9_999), tid: fmt.Sprintf("B%07d", n%2_024), mid: fmt.Sprintf("666%012d", n%253), mti: iso.MTIReversal}
		}},
		{"repeats of ten outlets", home, func(n int) sale {
			return sale{address: home(9_990 + n%10), tid: fmt.Sprintf("BAD%05d", n%20_000), mid: fmt.Sprintf("666%012d", n%10), mti: iso.MTIFinancial.Repeat()}
		}},
		{"repeats of an outlet", home, func(n int) sale {
			return sale{address: home(9_999), tid: fmt.Sprintf("BAD%05d", n%2_000), mid: "600600600600666", mti: iso.MTIFinancial.Repeat()}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			overload(t, func(c *Config) { c.Limits.LaneDepth = 200 }, func(c *counter) {
				honest := c.trade(tt.address, tt.flood)
				if n := approved(honest); n < len(honest)*9/10 {
					t.Errorf("%d of %d honest sales were approved", n, len(honest))
				}
				if left := c.gate.underWay(); left != 0 {
					t.Errorf("%d messages are under way at the end", left)
				}
				for holder := range c.shares.held {
					for i := range c.shares.held[holder] {
						if n := c.shares.held[holder][i].Load(); n != 0 {
							t.Fatalf("a share of %d is left at the end", n)
						}
					}
				}
			})
		})
	}
}

// TestFloodCostsOthersNoTime: while the queue of an outlet that floods is seconds long, another's sale takes the batch in
// flight, its own, and the one in which its answer is seen.
func TestFloodCostsOthersNoTime(t *testing.T) {
	overload(t, nil, func(c *counter) {
		for n := range 1_000 {
			c.take(sale{address: home(1), tid: fmt.Sprintf("BAD%05d", n), mid: "600600600600666", card: n, stan: int32(n), amount: 1_000})
		}
		time.Sleep(time.Second)
		if n := c.waiting(); n < 200 {
			t.Fatalf("%d wait: there is no flood", n)
		}
		x := c.take(shopSale(0, 1, home))
		time.Sleep(300 * time.Millisecond)
		synctest.Wait()
		if v := answer(x); v != verdict(ledger.OutcomeApproved) {
			t.Errorf("after three batches: %v", v)
		}
		time.Sleep(20 * time.Second)
	})
}

// TestFloodingOutletGetsItsReversals: money finds its way back also where its outlet floods and the others keep the lane
// busy; and what was let in behind them is not refused at its deadline, twenty seconds later.
func TestFloodingOutletGetsItsReversals(t *testing.T) {
	overload(t, nil, func(c *counter) {
		var reversals []*exchange
		seconds := 60
		if testing.Short() {
			seconds = 30
		}
		for n := range seconds * 1_000 {
			time.Sleep(time.Millisecond)
			if n%20 == 0 { // half of what the books can do
				c.take(shopSale(n, 5_000, home))
			}
			s := sale{address: home(9_999), tid: fmt.Sprintf("BAD%05d", n%2_000), mid: "600600600600666", card: n, stan: int32(n), amount: 1_000}
			if n%500 == 250 {
				s.mti = iso.MTIReversal
				reversals = append(reversals, c.take(s))
				continue
			}
			c.take(s)
		}
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if n := approved(reversals); n < len(reversals) {
			t.Errorf("%d of %d reversals reached the books", n, len(reversals))
		}
	})
}

// TestNobodyIsToldAfterItsPatience: where every outlet asks for more than there is, each stands now before and now behind
// the others; what is let in is decided, and nothing is refused at its deadline, twenty seconds later.
func TestNobodyIsToldAfterItsPatience(t *testing.T) {
	overload(t, nil, func(c *counter) {
		for n := range 40_000 {
			time.Sleep(time.Millisecond)
			outlet := n * 7_919 % 30
			c.take(sale{address: home(outlet), tid: fmt.Sprintf("U%07d", n), mid: fmt.Sprintf("6006006006%05d", outlet), card: n, stan: int32(n), amount: 1_000})
		}
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if late := figure(t, c.Gateway, `bpnt_shed_total{reason="not_posted"}`); late > 0 {
			t.Errorf("%v messages were let in and refused at their deadline", late)
		}
	})
}

// TestFloodDoesNotMakeCopiesForgotten: what is refused takes no place in the memory of what was passed on, so a copy of an
// approved sale that comes after a flood is still known for one, and hears no 91.
func TestFloodDoesNotMakeCopiesForgotten(t *testing.T) {
	overload(t, func(c *Config) { c.Limits.SeenMax, c.Limits.LaneDepth = 1_000, 200 }, func(c *counter) {
		sold := sale{address: home(9_999), tid: "BAD99999", mid: "600600600600666", card: 99_999, stan: 1, amount: 1_000}
		first := c.take(sold)
		time.Sleep(time.Second)
		refused := 0
		for n := range 20_000 {
			x := c.take(sale{address: home(9_999), tid: fmt.Sprintf("BAD%05d", n%2_000), mid: "600600600600666", card: n, stan: int32(n), amount: 1_000})
			if answer(x) == verdictUnavailable {
				refused++
			}
		}
		if refused < 4_000 {
			t.Fatalf("only %d messages were refused: there is no flood", refused)
		}
		again := c.take(sold)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if first.verdict != verdict(ledger.OutcomeApproved) || again.verdict == verdictUnavailable {
			t.Errorf("the sale: %v, its copy: %v", first.verdict, again.verdict)
		}
	})
}

// TestOneOutletAloneHasTheWholeLane: where nobody else asks for anything, the books are kept busy by one outlet.
func TestOneOutletAloneHasTheWholeLane(t *testing.T) {
	overload(t, nil, func(c *counter) {
		var all []*exchange
		for n := range 30 * 400 {
			time.Sleep(time.Second / 400)
			all = append(all, c.take(sale{
				address: home(0), tid: fmt.Sprintf("ONE%05d", n%500), mid: "600600600600600", card: n, stan: int32(n), amount: 1_000,
			}))
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if n := approved(all); n < 2_900 {
			t.Errorf("%d of the 3,000 that the books can do in half a minute", n)
		}
	})
}

// TestPatienceOfMessages: a new message is refused at once when its lane is slower than the patience of its link. What has
// an earlier copy, and what gives money back, is taken.
func TestPatienceOfMessages(t *testing.T) {
	overload(t, func(c *Config) { c.Links[0].ShedAfter = Duration{time.Second} }, func(c *counter) {
		next := 0
		fresh := func(mti iso.MTI) *exchange {
			next++
			return c.take(sale{address: home(next), tid: fmt.Sprintf("TERM%04d", next), card: next, stan: 7, mti: mti, amount: 1_000})
		}
		var newest *exchange
		for range 200 {
			newest = fresh(0)
			time.Sleep(time.Millisecond)
		}
		if v := answer(newest); v != verdictUnavailable {
			t.Errorf("the newest purchase, behind %v of others: %v", c.longestWait(), v)
		}
		patient := []*exchange{fresh(0x0201), fresh(0x0400), fresh(0x0401)}
		for _, x := range patient {
			if v := answer(x); v != 0 {
				t.Errorf("%v was told %v at once", x.head.MTI, v)
			}
		}
		if n := figure(t, c.Gateway, `bpnt_shed_total{reason="expected_wait"}`); n < 50 {
			t.Errorf("%v were refused for their wait", n)
		}
		if w := figure(t, c.Gateway, "bpnt_lane_wait_seconds"); w < 0.9 || w > 1.5 {
			t.Errorf("a wait of %v s is shown", w)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if n := approved(patient); n != len(patient) {
			t.Errorf("%d of %d patient messages were posted", n, len(patient))
		}
	})
}

// TestSharesAreFeltUnderPressureOnly is the rule itself: so many times what is left, and a handful for everybody.
func TestSharesAreFeltUnderPressureOnly(t *testing.T) {
	s := newShares()
	for _, tt := range []struct {
		outlet, address int32
		left            int
		beyond          bool
	}{
		{shareFree, shareFree, -5, false},
		{shareFree + 1, 0, 0, true},
		{100, 100, 100, false},
		{101, 101, 100, true},
		{0, 800, 100, false},
		{0, 801, 100, true},
		{4_000, 60_000, 8_000, false},
	} {
		h := s.of(1, "60060060", "", home(int(tt.outlet)*1000+tt.left+10))
		h[holdsOutlet].Store(tt.outlet)
		h[holdsAddress].Store(tt.address)
		if got := h.beyond(func() int { return tt.left }); got != tt.beyond {
			t.Errorf("%+v: %v", tt, got)
		}
		h[holdsOutlet].Store(0)
		h[holdsAddress].Store(0)
	}
}

func TestSharesAreCountedByManyAtOnce(t *testing.T) {
	s := newShares()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 1_000 {
				h := s.of(1, "60060060", "", home(i))
				h.add(1)
				if h[holdsOutlet].Load() < 1 {
					t.Errorf("round %d: a share below what this one holds", n)
				}
				h.add(-1)
			}
		})
	}
	all.Wait()
	if n := s.of(1, "60060060", "", home(0))[holdsOutlet].Load(); n != 0 {
		t.Errorf("%d are left", n)
	}
}

// BenchmarkHold is what the shares cost a message: to be counted in, looked at and counted out.
func BenchmarkHold(b *testing.B) {
	g := &Gateway{shares: newShares()}
	x := &exchange{
		conn: &conn{gateway: g, link: &link{id: 1}, address: home(1)},
		head: &iso.Header{TID: "60060060", MID: "600600600600600"},
	}
	b.ReportAllocs()
	for b.Loop() {
		if !g.hold(x) {
			b.Fatal("a lone message has no share")
		}
		x.holding.add(-1)
	}
}
