package loadtest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"
)

// bank is a host's ledger of what families have, by PAN as track 2 shows it, and of messages, by TID and STAN: it posts
// each once and repeats its answer.
type bank struct {
	mu       sync.Mutex
	funds    int64
	spent    map[string]int64
	messages map[string]string
}

func newBank(funds int64) *bank {
	return &bank{funds: funds, spent: map[string]int64{}, messages: map[string]string{}}
}

func (b *bank) post(frame []byte) (code string) {
	q := parseRequest(frame)
	key := fmt.Sprintf("%s %x", q.tid, q.stan)
	b.mu.Lock()
	defer b.mu.Unlock()
	if said, ok := b.messages[key]; ok {
		return said
	}
	code = "51"
	if amount := bcd(q.amount) / 100; b.spent[string(q.track2)]+amount <= b.funds {
		b.spent[string(q.track2)] += amount
		code = "00"
	}
	b.messages[key] = code
	return code
}

func (b *bank) sum() (sum int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, spent := range b.spent {
		sum += spent
	}
	return sum
}

// TestCopies: each purchase goes out in 64 copies and is debited once, whether terminals have connections of their own
// or share some; silence is counted, and so is a host that contradicts itself.
func TestCopies(t *testing.T) {
	for _, tt := range []struct {
		name      string
		lines     int
		every     int64 // copies of every so many purchases are answered otherwise
		silent    bool  // the host answers the first only
		faultless bool
	}{
		{"all answered", 0, 0, false, true},
		{"first answered", 0, 0, true, true},
		{"over lines", 3, 0, false, true},
		{"over one line", 1, 0, true, true},
		{"contradicted", 0, 5, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBank(1 << 40)
			var seen sync.Map
			r := newResponder(t, func(conn net.Conn, request, _ []byte) {
				q, code := parseRequest(request), b.post(request)
				_, again := seen.LoadOrStore(fmt.Sprintf("%s %x", q.tid, q.stan), true)
				switch {
				case again && tt.silent:
					return
				case again && tt.every > 0 && bcd(q.stan)%tt.every == 0:
					code = "94"
				}
				send(conn, answerTo(request, code))
			})
			cfg := testConfig(r.addr())
			cfg.Copies, cfg.Lines = CopiesMax, tt.lines
			report := play(t, cfg, testFleet(t, 4, 5))
			c := report.Copies
			// A host that contradicts itself may say the wrong thing first.
			if agreed := report.TerminalsDebitsIDR == b.sum() && c.Sent == report.Redemptions*63; tt.faultless && !agreed || c.Sent == 0 {
				t.Errorf("terminals %d, bank %d; %d redemptions, %+v", report.TerminalsDebitsIDR, b.sum(), report.Redemptions, *c)
			}
			if tt.silent != (c.Unanswered == c.Sent) || tt.faultless != (report.Fault() == nil) || tt.faultless != (c.Otherwise == 0) {
				t.Errorf("%+v, fault %v", *c, report.Fault())
			}
			if report.Duplicate+report.Unmatched+report.Late+report.Altered != 0 {
				t.Errorf("%d duplicate, %d unmatched, %d late, %d altered", report.Duplicate, report.Unmatched, report.Late, report.Altered)
			}
		})
	}
}

// TestUnavailableCopy: 91 says that nothing was done, but a later copy of the same purchase may be: the terminal reverses.
func TestUnavailableCopy(t *testing.T) {
	b := newBooks()
	var seen sync.Map
	r := newResponder(t, func(conn net.Conn, request, _ []byte) {
		q := parseRequest(request)
		if _, again := seen.LoadOrStore(fmt.Sprintf("%s %x %x", q.tid, q.stan, q.mti), true); !again && isSale(q) {
			send(conn, answerTo(request, "91"))
			return
		}
		_, code := b.post(request)
		send(conn, answerTo(request, code))
	})
	cfg := testConfig(r.addr())
	cfg.Copies, cfg.Duration = 8, 500*time.Millisecond
	report := play(t, cfg, testFleet(t, 2, 5))
	if report.Outcomes["reversed"] == 0 || report.TerminalsDebitsIDR != b.sum() {
		t.Errorf("outcomes %v; terminals %d, books %d", report.Outcomes, report.TerminalsDebitsIDR, b.sum())
	}
}

func drainFleet(tb testing.TB, terminals, families int) []Outlet {
	fleet := testFleet(tb, terminals, families)
	for i := range fleet {
		fleet[i].Cards = fleet[0].Cards
	}
	return fleet
}

// TestDrain: terminals race for a few purses, and what was approved is what was there; a host that lends is found out,
// and so is one that keeps money back.
func TestDrain(t *testing.T) {
	const funds = 200_000
	for _, tt := range []struct {
		name             string
		has              int64 // what a family has at the bank
		overdrawn, short bool
	}{
		{"exact", funds, false, false},
		{"lends", funds + 5000, true, false},
		{"keeps back", funds - 5000, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBank(tt.has)
			r := newResponder(t, func(conn net.Conn, request, _ []byte) { send(conn, answerTo(request, b.post(request))) })
			cfg := testConfig(r.addr())
			cfg.Drain, cfg.Funds, cfg.Lines, cfg.Duration = true, funds, 2, time.Second
			report := play(t, cfg, drainFleet(t, 8, 5))
			d := report.Drain
			if d.Families != 5 || d.Emptied != 5 || report.TerminalsDebitsIDR != b.sum() || b.sum() != 5*tt.has {
				t.Fatalf("%+v, terminals %d, bank %d", *d, report.TerminalsDebitsIDR, b.sum())
			}
			if tt.overdrawn != (d.Overdrawn > 0) || tt.short != (d.Short > 0) || (tt.overdrawn || tt.short) != (report.Fault() != nil) {
				t.Errorf("%+v, fault %v", *d, report.Fault())
			}
		})
	}
}

// TestDrainGoesOn: a card that was replaced in the middle of a race does not keep the terminals from the purses behind it.
func TestDrainGoesOn(t *testing.T) {
	b := newBank(20_000)
	var first atomic.Value // the card that is asked for first is refused for ever
	r := newResponder(t, func(conn net.Conn, request, answer []byte) {
		track := string(parseRequest(request).track2)
		if !first.CompareAndSwap(nil, track) && first.Load() != track {
			send(conn, answerTo(request, b.post(request)))
			return
		}
		send(conn, answerTo(request, "62"))
	})
	cfg := testConfig(r.addr())
	cfg.Drain, cfg.Funds, cfg.Duration = true, 20_000, time.Second
	report := play(t, cfg, drainFleet(t, 2, 3*raceWidth))
	if d := report.Drain; d.Families != 3*raceWidth || d.Emptied != 3*raceWidth-1 {
		t.Errorf("%+v: the race ended at a card that was refused", *d)
	}
}

// TestMonth: every family comes once, the run ends with the last of them, and the order is not that of the cards.
func TestMonth(t *testing.T) {
	var mu sync.Mutex
	came := map[string]int{}
	var order []string
	r := newResponder(t, func(conn net.Conn, request, answer []byte) {
		q := parseRequest(request)
		mu.Lock()
		came[string(q.track2)]++
		order = append(order, string(q.track2))
		mu.Unlock()
		send(conn, answer)
	})
	cfg := testConfig(r.addr())
	cfg.Month, cfg.Duration = true, 0
	report := play(t, cfg, testFleet(t, 3, 100))
	if len(came) != 300 || slices.Max(slices.Collect(maps.Values(came))) != 1 || report.Month.Families != 300 {
		t.Errorf("%d families came, the month says %+v", len(came), *report.Month)
	}
	if report.Redemptions != 300 || report.Latency.Count != 300 || report.RatePerS == 0 || slices.IsSorted(order) {
		t.Errorf("%d redemptions, %d latencies, %.0f/s", report.Redemptions, report.Latency.Count, report.RatePerS)
	}
}

// TestOrder: the order visits every number below n once, whatever n is, and another seed has another order.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, seed := rapid.IntRange(1, 3000).Draw(t, "n"), rapid.Uint64().Draw(t, "seed")
		o := newOrder(n, rand.New(rand.NewPCG(seed, 1)).Uint64)
		other := newOrder(n, rand.New(rand.NewPCG(seed, 2)).Uint64)
		seen, alike := make([]bool, n), 0
		for i := range n {
			at := o.at(i)
			if seen[at] {
				t.Fatalf("%d comes twice", at)
			}
			seen[at] = true
			if at == other.at(i) {
				alike++
			}
		}
		if n >= 100 && alike > n/5 {
			t.Fatalf("%d of %d are at the same place in two orders", alike, n)
		}
	})
}

// TestIdle: idle terminals stand evenly among the others, greet the host, and sell nothing.
func TestIdle(t *testing.T) {
	var mu sync.Mutex
	sales, inquiries := map[string]int{}, map[string]int{}
	r := newResponder(t, func(conn net.Conn, request, answer []byte) {
		q := parseRequest(request)
		mu.Lock()
		if isSale(q) {
			sales[string(q.tid)]++
		} else {
			inquiries[string(q.tid)]++
		}
		mu.Unlock()
		send(conn, answer)
	})
	cfg := testConfig(r.addr())
	cfg.Idle = 0.75
	report := play(t, cfg, testFleet(t, 8, 3))
	if len(sales) != 2 || len(inquiries) != 6 || report.Connects != 8 {
		t.Errorf("%d terminals sold, %d inquired, %d connects", len(sales), len(inquiries), report.Connects)
	}
}

// TestRareFamilies: terminals that will have nothing to say for long greet the host, which would hang up on them.
func TestRareFamilies(t *testing.T) {
	r := newResponder(t, func(conn net.Conn, _, answer []byte) { send(conn, answer) })
	cfg := testConfig(r.addr())
	cfg.Arrivals = Arrivals{ShapeConstant, 3}
	var seen []int
	cfg.Connecting = func(n int) { seen = append(seen, n) }
	report := play(t, cfg, testFleet(t, 7, 3))
	if n := report.Others["inquiry"].Count; n != 0 || report.MessagesPerS == 0 || !slices.IsSorted(seen) {
		t.Errorf("%d measured inquiries, %.0f messages/s, progress %v", n, report.MessagesPerS, seen)
	}
}

// TestMemoryPerFamily: a family takes 64 bytes, its sale in the journal included, so that a country fits.
func TestMemoryPerFamily(t *testing.T) {
	if size := unsafe.Sizeof(Card{}) + unsafe.Sizeof(entry{}) + unsafe.Sizeof(int32(0)); size > 64 {
		t.Errorf("%d bytes a family", size)
	}
}
