package e2e

import (
	"fmt"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/iso"
	"bpnt/ledger/localpg/pgtest"
)

// shopper is a terminal with one family before it.
type shopper struct {
	*wire
	who  iso.Terminal
	card card
	pin  iso.PINBlock
	stan int32

	spent   int64 // by its own account
	sales   int   // approved, reversed ones among them
	refused int   // 91
}

// crowd is many shoppers, of whom each has one message under way at a time.
type crowd struct {
	*world
	all  []*shopper
	idle chan *shopper
}

// slowDisk makes each batch of messages take a hundredth of a second.
const slowDisk = `create function public.slow() returns trigger language plpgsql as
	$$ begin perform pg_sleep(0.01); return null; end $$;
	create trigger slow before insert on bpnt.message for each statement execute function public.slow()`

// newCrowd makes a gateway with a small and known capacity: one lane, four messages a commit, a slow disk, so that it does
// less than 400 a second on any machine. Its terminals stand in outlets of eight, each with a family of its own.
func newCrowd(t *testing.T, size int) *crowd {
	t.Helper()
	w := &world{t: t, url: pgtest.CreateDatabase(t), keys: newKeys(t), buckets: 1}
	w.prepare(func(c *gateway.Config) {
		c.Limits.LaneDepth, c.Limits.BatchMax = 1_024, 4
		c.Links[0].ShedAfter = gateway.Duration{Duration: 200 * time.Millisecond}
	})
	w.start()
	m := &crowd{world: w, idle: make(chan *shopper, size)}
	for i := range size {
		mid := fmt.Sprintf("6006006006%05d", i/8)
		if i%8 == 0 {
			w.addOutlet(mid)
		}
		s := &shopper{wire: w.dial(), who: terminal(fmt.Sprintf("CROWD%03d", i)), card: w.family()}
		s.who.MID, s.pin = mid, block(t, s.card, testPIN)
		w.addTerminal(s.who.TID, mid)
		m.all = append(m.all, s)
		m.idle <- s
	}
	w.disburse()
	w.asOwner(slowDisk)
	return m
}

// sell makes one purchase of one rupiah and tells whether it was approved. One sale in 16 was a mistake: its reversal has
// to be heard, however much there is to do.
func (s *shopper) sell() (approved bool) {
	s.stan++
	o := s.who.Purchase(s.stan, s.card.track2, 1, s.pin, fmt.Sprintf("%06d", s.stan))
	switch code := s.ask(o).ResponseCode; code {
	case "00":
		s.spent, s.sales = s.spent+1, s.sales+1
	case "91":
		s.refused++
		return false
	default:
		s.t.Errorf("%s: DE39 %s", s.who.TID, code)
		return false
	}
	if s.sales%16 == 0 {
		s.want("a reversal in the crowd", "00", s.who.Reversal(o))
		s.spent--
	}
	return true
}

// saturate lets everybody sell as fast as answers come and returns how many sales a second were approved.
func (m *crowd) saturate(lasts time.Duration) float64 {
	var good atomic.Int64
	var wait sync.WaitGroup
	end := time.Now().Add(lasts)
	for _, s := range m.all[:64] {
		wait.Go(func() {
			for time.Now().Before(end) {
				if s.sell() {
					good.Add(1)
				}
			}
		})
	}
	wait.Wait()
	return float64(good.Load()) / lasts.Seconds()
}

// offer starts sales at a rate, however long answers take, and returns how many a second were approved before the time
// was over, and how many were offered.
func (m *crowd) offer(perSecond float64, lasts time.Duration) (goodput, offered float64) {
	var good, asked atomic.Int64
	var wait sync.WaitGroup
	began := time.Now()
	end := began.Add(lasts)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for n := 0; time.Now().Before(end); <-tick.C {
		for ; float64(n) < perSecond*time.Since(began).Seconds(); n++ {
			select {
			case s := <-m.idle:
				asked.Add(1)
				wait.Go(func() {
					if s.sell() && time.Now().Before(end) {
						good.Add(1)
					}
					m.idle <- s
				})
			default: // everybody waits for an answer
			}
		}
	}
	wait.Wait()
	return float64(good.Load()) / lasts.Seconds(), float64(asked.Load()) / lasts.Seconds()
}

// wantTheTruth holds what the terminals were told against the books: each approval stands there once, no refusal does.
func (m *crowd) wantTheTruth() {
	m.t.Helper()
	for _, s := range m.all {
		m.wantBalance(s.who.TID, s.card, testGrant-s.spent)
	}
	sales, refused := m.told()
	if n := m.figure(`select count(*) from bpnt.message where class = 'R'`); n != int64(sales) {
		m.t.Errorf("%d sales are in the books; %d were approved and %d refused", n, sales, refused)
	}
	m.audit()
}

// told is how many sales the terminals were told to be approved and refused.
func (m *crowd) told() (sales, refused int) {
	for _, s := range m.all {
		sales, refused = sales+s.sales, refused+s.refused
	}
	return sales, refused
}

// untilShed waits until the gateway has refused so many messages for their wait or for their share.
func (m *crowd) untilShed(least float64) {
	m.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 2_000 {
		if m.shed("expected_wait")+m.shed("unfair_share") >= least {
			return
		}
		<-tick.C
	}
	m.t.Fatal("nothing was refused: there is no overload")
}

// shed is how many messages were refused for this reason.
func (m *crowd) shed(why string) (n float64) {
	m.t.Helper()
	_, rest, _ := strings.Cut(m.page(), `bpnt_shed_total{reason="`+why+`"} `)
	_, err := fmt.Sscan(rest, &n)
	m.check(err)
	return n
}

func (m *crowd) page() string {
	page := httptest.NewRecorder()
	m.gateway.AdminHandler().ServeHTTP(page, httptest.NewRequest("GET", "/metrics", nil))
	return page.Body.String()
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestOverload: at ten times its capacity a gateway approves nearly as much as at its capacity, no refusal has left
// anything in the books, every reversal is heard, and memory stays where it was.
//
// The rates are compared within one run. Others use this machine too, so the comparison has three tries; the truth has one.
func TestOverload(t *testing.T) {
	size, lasts, factors := 128, 3*time.Second, []float64{.5, 2}
	if testing.Short() {
		lasts, factors = time.Second, nil
	}
	m := newCrowd(t, size)
	before, enough := liveHeap(), false
	for try := 0; try < 3 && !enough; try++ {
		capacity := m.saturate(lasts / 2)
		for _, factor := range factors {
			goodput, offered := m.offer(factor*capacity, lasts)
			t.Logf("%4.1fx: of %6.0f/s offered %5.0f/s approved", factor, offered, goodput)
		}
		at1x, _ := m.offer(capacity, lasts)
		at10x, offered := m.offer(10*capacity, lasts)
		t.Logf("capacity %.0f/s; at 1x %.0f/s approved, at 10x %.0f/s of %.0f/s offered", capacity, at1x, at10x, offered)
		enough = at10x >= .8*at1x
	}
	if !enough {
		t.Error("goodput collapses: three times less than 80 % of it was left at ten times the capacity")
	}
	if grown := int64(liveHeap()) - int64(before); grown > 32<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
	m.untilShed(float64(size))
	m.wantTheTruth()
}
