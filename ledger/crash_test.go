package ledger

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
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
	b.must(0, Migrate(t.Context(), b.url, MigrateOptions{Buckets: 2, KeyFingerprint: "test"}))
	b.operator, b.gateway = b.open(RoleOperator), b.open(RoleGateway)
	b.must(b.operator.AddOutlet(t.Context(), Outlet{MID: testMID, Name: "E-WARONG", City: "Jakarta", Region: 3172, Bank: 9}))
	b.addTerminal(testTID)
	var err error
	b.link, err = b.gateway.LinkID(t.Context(), "edc")
	b.must(0, err)
	return b, server, dir
}

func startServer(t *testing.T, dir string) *localpg.Server {
	t.Helper()
	server, err := localpg.Start(context.WithoutCancel(t.Context()), localpg.Config{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// TestKillDuringCommit kills Postgres while four terminals shop, again and again. What was answered as approved must
// stand in the books; what was said to be unavailable must not; what was unknown gets one final answer when it is
// posted again, and that answer is the truth.
func TestKillDuringCommit(t *testing.T) {
	const rounds, terminals = 6, 4
	b, server, dir := durable(t)
	for i := range terminals {
		b.family(int64(i+1), pan(fmt.Sprint("crash", i), byte(i%2)))
	}
	b.disburse(testPeriod, 1_000_000_000)
	shoppers := make([]*shopper, terminals)
	for i := range shoppers {
		shoppers[i] = &shopper{b: b, card: pan(fmt.Sprint("crash", i), byte(i%2)), first: int32(i) * 200_000}
	}
	for range rounds {
		ctx, stop := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		for _, s := range shoppers {
			wait.Go(func() { s.shop(ctx) })
		}
		time.Sleep(time.Duration(50+rand.IntN(100)) * time.Millisecond) // when to kill is what the test is about
		b.must(0, server.Kill())
		stop()
		wait.Wait()
		server = startServer(t, dir)
		for _, s := range shoppers {
			s.resolve()
		}
	}
	t.Cleanup(func() { _ = server.Stop(context.Background()) })
	var debits, unknown, committed int64
	for i, s := range shoppers {
		debits += s.approved
		unknown, committed = unknown+s.unknown, committed+s.committed
		if got := b.balance(int64(i + 1)); got != 1_000_000_000-s.approved {
			t.Errorf("terminal %d believes Rp %d, its family is short of Rp %d", i, s.approved, 1_000_000_000-got)
		}
	}
	if report := b.audit(); report.DebitsIDR != debits {
		t.Errorf("books Rp %d, terminals Rp %d", report.DebitsIDR, debits)
	}
	t.Logf("%d kills: Rp %d approved, %d commits unknown, of these %d had committed", rounds, debits, unknown, committed)
}

// shopper posts purchases of Rp 1,000 and believes what it is told.
type shopper struct {
	b         *books
	card      PANKey
	first     int32 // STAN
	sent      int32
	open      []Request
	approved  int64
	unknown   int64
	committed int64
}

func (s *shopper) shop(ctx context.Context) {
	for ctx.Err() == nil {
		s.sent++
		r := s.b.redeem(s.card, s.first+s.sent, 1_000)
		results, err := s.b.gateway.Post(ctx, s.b.gateway.BucketOf(s.card), []Request{r})
		switch {
		case err == nil && results[0].Outcome == OutcomeApproved:
			s.approved += r.Amount
		case errors.Is(err, ErrUnavailable):
			s.refused(r)
		case errors.Is(err, ErrIndeterminate):
			s.unknown++
			s.open = append(s.open, r)
		default:
			s.b.t.Errorf("neither posted, nor unavailable, nor unknown: %+v %v", results, err)
		}
	}
}

// refused keeps a request that was said not to have been posted, to be held against the books: posting it again as a
// tombstone must find nothing.
func (s *shopper) refused(r Request) {
	r.Kind = KindBlock
	s.open = append(s.open, r)
}

// resolve posts again what is open, now that the server is back.
func (s *shopper) resolve() {
	for _, r := range s.open {
		results, err := s.again(r)
		switch {
		case err != nil:
			s.b.t.Errorf("posting again: %v", err)
		case r.Kind == KindBlock && results.Outcome != OutcomeBlocked:
			s.b.t.Errorf("said to be unavailable, but stands in the books: %+v", results)
		case r.Kind == KindRedeem && results.Outcome != OutcomeApproved:
			s.b.t.Errorf("unknown, then %v", results.Outcome)
		case r.Kind == KindRedeem:
			s.approved += r.Amount
			if results.Replay {
				s.committed++
			}
		}
	}
	s.open = nil
}

// again posts until the pool has thrown out the connections that died with the server.
func (s *shopper) again(r Request) (Result, error) {
	for range 20 {
		results, err := s.b.gateway.Post(s.b.t.Context(), s.b.gateway.BucketOf(s.card), []Request{r})
		if err == nil {
			return results[0], nil
		}
		if errors.Is(err, ErrRejected) {
			return Result{}, err
		}
	}
	return Result{}, errors.New("twenty attempts failed")
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
