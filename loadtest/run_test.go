package loadtest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func testTerminal(cfg Config, o *Outlet) *terminal {
	return newTerminal(&cfg, o, nil, newRecorder(), rand.New(rand.NewPCG(1, 1)))
}

// books is a host's ledger: what stands debited, by TID and STAN, with tombstones for reversals that came first.
type books struct {
	mu       sync.Mutex
	debits   map[string]int64
	reversed map[string]bool
}

func newBooks() *books { return &books{debits: map[string]int64{}, reversed: map[string]bool{}} }

// post applies a request and tells DE39.
func (b *books) post(frame []byte) (q request, code string) {
	q = parseRequest(frame)
	key := fmt.Sprintf("%s %x", q.tid, q.stan)
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case q.mti >= mtiReversal:
		b.reversed[key] = true
		delete(b.debits, key)
	case bcd(q.code) == 0:
		if b.reversed[key] {
			return q, "94"
		}
		b.debits[key] = bcd(q.amount) / 100
	}
	return q, "00"
}

func (b *books) sum() (sum int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, amount := range b.debits {
		sum += amount
	}
	return sum
}

func play(t *testing.T, cfg Config, fleet []Outlet) *Report {
	t.Helper()
	report, err := Run(t.Context(), cfg, fleet)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// isSale tells a purchase from an inquiry and a reversal.
func isSale(q request) bool { return q.mti < mtiReversal && bcd(q.code) == 0 }

// TestFaultyHosts: whatever the host does to every third purchase, the terminals' sum is the books' sum, and every
// kind of stray answer is counted as what it is, whether terminals have a connection each or share two.
func TestFaultyHosts(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	for _, lines := range []int{0, 2} {
		t.Run(fmt.Sprintf("%d lines", lines), func(t *testing.T) { testFaultyHosts(t, lines) })
	}
}

func testFaultyHosts(t *testing.T, lines int) {
	for _, tt := range []struct {
		name string
		// bend plays the fault and tells whether the true answer is withheld.
		bend  func(conn net.Conn, q request, answer []byte) (withheld bool)
		count func(*Report) int64
		exact bool // every fault counts once, but those that a terminal does not read any more
	}{
		{"duplicate", func(conn net.Conn, _ request, answer []byte) bool {
			send(conn, answer)
			return false
		}, func(r *Report) int64 { return r.Duplicate }, true},
		{"unmatched", func(conn net.Conn, q request, answer []byte) bool {
			send(conn, bytes.Replace(answer, q.tid, []byte("STRANGER"), 1))
			return false
		}, func(r *Report) int64 { return r.Unmatched }, true},
		{"garbage frame", func(conn net.Conn, _ request, _ []byte) bool {
			send(conn, []byte("this is no answer"))
			return false
		}, func(r *Report) int64 { return r.Undecodable }, true},
		{"oversize frame", func(conn net.Conn, _ request, _ []byte) bool {
			_, _ = conn.Write([]byte{0xFF, 0xFF})
			return false
		}, func(r *Report) int64 { return r.Undecodable }, false},
		{"dies after posting", func(conn net.Conn, _ request, _ []byte) bool {
			conn.Close()
			return true
		}, func(r *Report) int64 { return r.Broken }, false},
		{"another amount", func(conn net.Conn, q request, answer []byte) bool {
			send(conn, bytes.Replace(answer, q.amount, []byte{0, 0, 0, 0, 0, 1}, 1))
			return true
		}, func(r *Report) int64 { return r.Altered }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBooks()
			var bent atomic.Int64
			report := checkFaulty(t, lines, b, func(conn net.Conn, request, _ []byte) {
				q, code := b.post(request)
				answer := answerTo(request, code)
				if third(q) {
					bent.Add(1)
				}
				if !third(q) || !tt.bend(conn, q, answer) {
					send(conn, answer)
				}
			}, tt.count)
			if n := tt.count(report); tt.exact && (n > bent.Load() || n < bent.Load()-int64(report.Terminals)) {
				t.Errorf("%d counted of %d faults", n, bent.Load())
			}
		})
	}
	t.Run("late", func(t *testing.T) {
		t.Parallel()
		b := newBooks()
		checkFaulty(t, lines, b, lateHost(b), func(r *Report) int64 { return r.Late })
	})
	t.Run("dies before posting", func(t *testing.T) {
		t.Parallel()
		b := newBooks()
		checkFaulty(t, lines, b, func(conn net.Conn, request, _ []byte) {
			if third(parseRequest(request)) {
				conn.Close()
				return
			}
			_, code := b.post(request)
			send(conn, answerTo(request, code))
		}, func(r *Report) int64 { return r.Broken })
	})
}

// third picks every third purchase, its repeats included.
func third(q request) bool { return isSale(q) && bcd(q.stan)%3 == 0 }

func checkFaulty(t *testing.T, lines int, b *books, reply func(net.Conn, []byte, []byte), count func(*Report) int64) *Report {
	t.Helper()
	cfg := testConfig(newResponder(t, reply).addr())
	cfg.Inquiries, cfg.Repeats, cfg.Reversals, cfg.AnswerTimeout, cfg.Lines = 0.5, 0.1, 0.1, 50*time.Millisecond, lines
	report := play(t, cfg, testFleet(t, 4, 10))
	if report.TerminalsDebitsIDR != b.sum() || len(report.Unresolved) != 0 {
		t.Errorf("terminals say %d rupiah, the books %d; %d unresolved",
			report.TerminalsDebitsIDR, b.sum(), len(report.Unresolved))
	}
	if report.Redemptions == 0 || count(report) == 0 {
		t.Errorf("%d redemptions, %d faults counted", report.Redemptions, count(report))
	}
	return report
}

// lateHost posts every third purchase and answers it only when its reversal comes, just before the reversal's answer.
func lateHost(b *books) func(net.Conn, []byte, []byte) {
	var held sync.Map
	return func(conn net.Conn, request, answer []byte) {
		q, code := b.post(request)
		key := fmt.Sprintf("%s %x", q.tid, q.stan)
		if third(q) && q.mti == mtiPurchase {
			held.Store(key, answer)
			return
		}
		if late, ok := held.LoadAndDelete(key); ok {
			send(conn, late.([]byte))
		}
		send(conn, answerTo(request, code))
	}
}

// TestSales: the journal names every purchase, and only those the host has seen stand approved.
func TestSales(t *testing.T) {
	b := newBooks()
	r := newResponder(t, func(conn net.Conn, request, _ []byte) {
		_, code := b.post(request)
		send(conn, answerTo(request, code))
	})
	cfg := testConfig(r.addr())
	cfg.Reversals, cfg.Chip = 0.2, true
	report := play(t, cfg, testFleet(t, 3, 5))
	fates := map[Fate]int64{}
	for s := range report.Sales() {
		fates[s.Fate]++
		amount, booked := b.debits[fmt.Sprintf("%s %x", s.TID, appendBCD(nil, uint64(s.STAN), 3))]
		if booked != (s.Fate == FateApproved) || booked && amount != s.Amount {
			t.Fatalf("%+v: the books say %v, %d rupiah", s, booked, amount)
		}
	}
	if fates[FateApproved] != report.Redemptions || fates[FateReversed] == 0 || fates[FateOpen] != 0 {
		t.Errorf("fates %v, %d redemptions", fates, report.Redemptions)
	}
}

// TestHostGoneForGood: the run ends within its limits and lists what nobody knows.
func TestHostGoneForGood(t *testing.T) {
	var r *responder
	r = newResponder(t, func(conn net.Conn, request, answer []byte) {
		if bcd(parseRequest(request).stan) >= 5 {
			r.listener.Close()
			conn.Close()
			return
		}
		send(conn, answer)
	})
	cfg := testConfig(r.addr())
	cfg.AnswerTimeout, cfg.ResolveTimeout = 50*time.Millisecond, 100*time.Millisecond
	report := play(t, cfg, testFleet(t, 1, 3))
	if len(report.Unresolved) != 1 || report.Unresolved[0].STAN != 5 || report.Unresolved[0].Fate != FateOpen {
		t.Errorf("unresolved %+v, want the fifth purchase", report.Unresolved)
	}
	if report.Redemptions != 4 {
		t.Errorf("%d redemptions, want the four that were answered", report.Redemptions)
	}
}

// TestStallIsSeenByEveryone is the point of the open loop: one message without answer keeps the only terminal busy,
// and all families who come meanwhile have waited, although only one message was slow.
func TestStallIsSeenByEveryone(t *testing.T) {
	r := newResponder(t, func(conn net.Conn, request, answer []byte) {
		if q := parseRequest(request); isSale(q) && bcd(q.stan) == 20 {
			return
		}
		send(conn, answer)
	})
	cfg := testConfig(r.addr())
	cfg.Arrivals, cfg.AnswerTimeout = Arrivals{ShapeConstant, 500}, 150*time.Millisecond
	report := play(t, cfg, testFleet(t, 1, 10))
	if report.Timeouts != 1 {
		t.Fatalf("%d timeouts, want 1", report.Timeouts)
	}
	if served := report.Latency.Count; served != 150 {
		t.Errorf("%d families counted, want every one of the 150 that the schedule sent", served)
	}
	if report.Latency.P95 < 50 {
		t.Errorf("p95 is %.1f ms: a stall of 150 ms in a run of 300 was seen by the one slow message only", report.Latency.P95)
	}
}

// TestOverload: families that nobody served count with the time they waited.
func TestOverload(t *testing.T) {
	r := newResponder(t, func(net.Conn, []byte, []byte) {})
	cfg := testConfig(r.addr())
	cfg.Arrivals, cfg.AnswerTimeout, cfg.ResolveTimeout = Arrivals{ShapeConstant, 5000}, 50*time.Millisecond, 0
	report := play(t, cfg, testFleet(t, 2, 10))
	if report.Latency.Count != 1500 || report.Unserved < 1000 {
		t.Errorf("%d counted, %d unserved of 1500 arrivals", report.Latency.Count, report.Unserved)
	}
	if report.Latency.P50 < 100 {
		t.Errorf("p50 is %.1f ms, but half of the families waited for half of the run", report.Latency.P50)
	}
}

func TestBadConfig(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		bend       func(*Config, *[]Outlet)
	}{
		{"no time", "duration must be longer", func(c *Config, _ *[]Outlet) { c.Duration = 0 }},
		{"no shape", "needs the shape", func(c *Config, _ *[]Outlet) { c.Arrivals = Arrivals{Rate: 5} }},
		{"unknown shape", "must be constant, poisson, ramp or the25th", func(c *Config, _ *[]Outlet) { c.Arrivals = Arrivals{"square", 5} }},
		{"negative lines", "lines must not be negative", func(c *Config, _ *[]Outlet) { c.Lines = -1 }},
		{"lines without terminals", "a line needs a terminal", func(c *Config, _ *[]Outlet) { c.Lines = 2 }},
		{"many on a line", "2 lines are enough", func(c *Config, f *[]Outlet) { c.Lines, *f = 1, slices.Repeat(*f, 65) }},
		{"more files than there are", "ulimit -n", func(c *Config, f *[]Outlet) { *f = slices.Repeat(*f, 1<<21) }},
		{"too many copies", "1 to 64 copies", func(c *Config, _ *[]Outlet) { c.Copies = 65 }},
		{"copies and reversals", "neither reversals nor voids", func(c *Config, _ *[]Outlet) { c.Copies, c.Reversals = 2, 0.1 }},
		{"month by the clock", "no arrivals", func(c *Config, _ *[]Outlet) { c.Month, c.Arrivals = true, Arrivals{ShapeConstant, 5} }},
		{"month of a drain", "exclude each other", func(c *Config, _ *[]Outlet) { c.Month, c.Drain = true, true }},
		{"idle month", "no idle terminals", func(c *Config, _ *[]Outlet) { c.Month, c.Idle = true, 0.5 }},
		{"drain of strangers", "the same families", func(c *Config, f *[]Outlet) { c.Drain, *f = true, testFleet(t, 2, 3) }},
		{"negative rate", "rate must be", func(c *Config, _ *[]Outlet) { c.Arrivals = Arrivals{ShapePoisson, -1} }},
		{"share of two", "share of repeats", func(c *Config, _ *[]Outlet) { c.Repeats = 2 }},
		{"small amount", "largest amount", func(c *Config, _ *[]Outlet) { c.AmountMax = 499 }},
		{"STAN of seven digits", "first STAN", func(c *Config, _ *[]Outlet) { c.FirstSTAN = 1_000_000 }},
		{"no terminal", "no terminal", func(_ *Config, f *[]Outlet) { *f = nil }},
		{"no card", "no card", func(_ *Config, f *[]Outlet) { (*f)[0].Cards = nil }},
		{"short TID", "8 characters", func(_ *Config, f *[]Outlet) { (*f)[0].TID = "7" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, fleet := testConfig("127.0.0.1:1"), testFleet(t, 1, 1)
			tt.bend(&cfg, &fleet)
			if _, err := Run(t.Context(), cfg, fleet); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one about %q", err, tt.want)
			}
		})
	}
}

// TestCardsStayMasked: no verb shows a digit of a card.
func TestCardsStayMasked(t *testing.T) {
	fleet := testFleet(t, 1, 1)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		if text := fmt.Sprintf(verb, fleet[0]); strings.Contains(text, "99") {
			t.Errorf("%s shows %s", verb, text)
		}
	}
}
