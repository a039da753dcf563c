package ledger

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// durable gives a test books on a server of its own, with fsync, that it may kill.
func durable(t *testing.T) (*books, *localpg.Server, string) {
	t.Helper()
	dir := pgtest.Folder(t)
	server := startServer(t, dir)
	if err := server.EnsureDatabase(t.Context(), "crash"); err != nil {
		t.Fatal(err)
	}
	b := &books{t: t, url: server.URL("crash")}
	b.must(0, Migrate(t.Context(), b.url, MigrateOptions{Buckets: 4, KeyFingerprint: "test"}))
	b.operator, b.gateway = b.open(RoleOperator), b.open(RoleGateway)
	b.must(b.operator.AddOutlet(t.Context(), Outlet{MID: testMID, Name: "E-WARONG", City: "Jakarta", Region: 3172, Bank: 9}))
	b.addTerminal(testTID)
	var err error
	b.link, err = b.gateway.LinkID(t.Context(), "edc")
	b.must(0, err)
	return b, server, dir
}

func startServer(t testing.TB, dir string) *localpg.Server {
	t.Helper()
	server, err := localpg.Start(context.WithoutCancel(t.Context()), localpg.Config{
		DataDir: dir, Settings: map[string]string{"shared_buffers": "128MB"}, // gigabytes take long to give back
	})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// killsEnv is how often the long form kills Postgres.
const killsEnv = "BPNT_TEST_KILLS"

// TestKillDuringCommit kills every process of Postgres while four terminals shop, with a batch of three each under way,
// up to 50 ms after an answer, again and again. What was answered as approved must stand in the books; what was said to
// be unavailable must not; and what was unknown gets one final answer, whoever asks.
//
//	BPNT_TEST_KILLS=1000 go test ./ledger -run TestKillDuringCommit -v -timeout 60m
func TestKillDuringCommit(t *testing.T) {
	t.Parallel()
	rounds := envCount(t, killsEnv, shortOr(3, 6))
	c := newCrash(t)
	for n := range rounds {
		c.round()
		if (n+1)%c.auditEvery == 0 || n+1 == rounds {
			c.check(n + 1)
		}
	}
}

// shortOr is how often something is done in the short form, and in full.
func shortOr(short, full int) int {
	if testing.Short() {
		return short
	}
	return full
}

// envCount is a number that an environment variable may set.
func envCount(t testing.TB, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is not a number from 1", name, text)
	}
	return n
}

// crash is a server that is killed, and who posts to it.
type crash struct {
	*books
	server     *localpg.Server
	dir        string
	shoppers   []*shopper
	auditEvery int
	begun      time.Time
}

func newCrash(t *testing.T) *crash {
	const terminals, cards = 4, 3
	b, server, dir := durable(t)
	c := &crash{books: b, server: server, dir: dir, auditEvery: 50, begun: time.Now()}
	t.Cleanup(func() { _ = c.server.Stop(context.Background()) })
	for n := range terminals {
		c.shoppers = append(c.shoppers, newShopper(b, n, cards))
	}
	b.disburse(testPeriod, crashGrant)
	return c
}

const crashGrant = 1_000_000_000

func (c *crash) round() {
	shopping, stop := context.WithCancel(c.t.Context())
	answered := make(chan struct{}, 1)
	var wait sync.WaitGroup
	for _, s := range c.shoppers {
		wait.Go(func() {
			s.shop(shopping, func() {
				select {
				case answered <- struct{}{}:
				default:
				}
			})
		})
	}
	select {
	case <-answered:
	case <-time.After(30 * time.Second):
		c.t.Error("nothing was posted within 30 s of a restart")
	}
	time.Sleep(time.Duration(rand.IntN(50_000)) * time.Microsecond) // when to kill is what the test is about
	strike(c.t, c.server, c.dir, stop)
	wait.Wait()
	c.server = startServer(c.t, c.dir)
	for _, s := range c.shoppers {
		s.resolve()
	}
}

// check holds the books against what the terminals believe.
func (c *crash) check(kills int) {
	c.t.Helper()
	var debits int64
	var sum tally
	for n, s := range c.shoppers {
		debits += s.approved
		sum.add(s.tally)
		grant := crashGrant * int64(len(s.cards))
		for i := range s.cards {
			grant -= c.balance(int64(n*len(s.cards) + i + 1))
		}
		if grant != s.approved {
			c.t.Errorf("terminal %d believes Rp %d, its families are short of Rp %d", n, s.approved, grant)
		}
	}
	if report := c.audit(); report.DebitsIDR != debits {
		c.t.Errorf("books Rp %d, terminals Rp %d", report.DebitsIDR, debits)
	}
	c.t.Logf("%d kills in %v: %d purchases approved; %v", kills, time.Since(c.begun).Round(time.Second), debits/1_000, sum)
}

// strike is SIGKILL to all of Postgres at once. The postmaster's death alone would let its backends end the commit that
// they are at, since they look up only when they next wait. just is called just before.
func strike(t testing.TB, server *localpg.Server, dir string, just func()) {
	t.Helper()
	data := filepath.Join(dir, "data")
	family := processesIn(t, data)
	just()
	for _, pid := range append([]int{server.Pid()}, family...) {
		slay(t, pid)
	}
	for _, pid := range processesIn(t, data) { // who was born meanwhile
		slay(t, pid)
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
}

func slay(t testing.TB, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Fatal(err)
	}
}

// processesIn are those that work in a folder, as all of a Postgres do in its data. It asks /proc; where there is none,
// the postmaster's death has to do.
func processesIn(t testing.TB, folder string) (pids []int) {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		cwd, _ := os.Readlink(link) // it may have ended meanwhile
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil && cwd == folder {
			pids = append(pids, pid)
		}
	}
	return pids
}

// holdBucket is a connection in whose transaction bucket 0 is locked.
func (b *books) holdBucket() *pgx.Conn {
	b.t.Helper()
	holder, err := pgx.Connect(b.t.Context(), b.url)
	b.must(0, err)
	b.t.Cleanup(func() { _ = holder.Close(context.Background()) })
	for _, sql := range []string{"begin", "select pg_advisory_xact_lock(8583, 0)"} {
		b.must(holder.Exec(b.t.Context(), sql))
	}
	return holder
}

// TestBusyBucket: who waits too long for the bucket's lock is told so, and nothing was posted.
func TestBusyBucket(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	holder := b.holdBucket()
	if _, err := b.gateway.Post(t.Context(), 0, []Request{b.redeem(card, 1, 10_000)}); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v", err)
	}
	b.must(holder.Exec(t.Context(), "rollback"))
	b.want("afterwards", b.post(b.redeem(card, 1, 10_000)), OutcomeApproved)
	b.audit()
}

// TestImpatience: a caller that gives up while its call waits for the lock does not know; posted again, the message
// waits for the first attempt and is debited once, whatever became of that.
func TestImpatience(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	holder := b.holdBucket()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := b.gateway.Post(ctx, 0, []Request{b.redeem(card, 1, 10_000)}); !errors.Is(err, ErrIndeterminate) {
		t.Errorf("got %v", err)
	}
	b.must(holder.Exec(t.Context(), "commit"))
	b.want("again", b.post(b.redeem(card, 1, 10_000)), OutcomeApproved)
	if got := b.balance(1); got != testGrant-10_000 {
		t.Errorf("balance %d", got)
	}
	b.audit()
}
