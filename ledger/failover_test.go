package ledger

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// pair is a primary and its standby, and books in which one family shops.
type pair struct {
	*books
	primary, standby *localpg.Server
	home             string
	card             PANKey
	stan             int32
}

func (p *pair) config(name string) localpg.Config {
	return localpg.Config{DataDir: filepath.Join(p.home, name), Settings: localpg.TestSettings(), EndWithParent: true}
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{books: &books{t: t, now: day0, rrns: map[PANKey]int64{}}, home: pgtest.Folder(t), card: pan("pair", 0)}
	ctx := context.WithoutCancel(t.Context())
	var err error
	p.primary, err = localpg.Start(ctx, p.config("a"))
	p.must(0, err)
	t.Cleanup(func() { _, _ = p.primary.Thaw(), p.primary.Stop(ctx) }) // frozen where a test failed
	p.must(0, p.primary.EnsureDatabase(ctx, "books"))
	p.standby, err = localpg.StartStandby(ctx, localpg.Standby{Config: p.config("b"), Primary: p.primary, Name: "b"})
	p.must(0, err)
	t.Cleanup(func() { _, _ = p.standby.Thaw(), p.standby.Stop(ctx) })
	p.url = localpg.URL("books", p.primary, p.standby)
	p.must(0, Migrate(ctx, p.url, MigrateOptions{Buckets: 2, KeyFingerprint: "test"}))
	p.operator, p.gateway = p.open(RoleOperator), p.open(RoleGateway)
	p.must(p.operator.AddOutlet(ctx, Outlet{MID: testMID, Name: "E-WARONG", City: "Jakarta", Region: 3172, Bank: 9}))
	p.addTerminal(testTID)
	p.link, err = p.gateway.LinkID(ctx, "edc")
	p.must(0, err)
	p.family(1, p.card)
	p.disburse(testPeriod, testGrant)
	return p
}

// buy is a new purchase of Rp 1,000.
func (p *pair) buy() Request {
	p.stan++
	return p.redeem(p.card, p.stan, 1_000)
}

// start posts in the background.
func (p *pair) start(r Request) <-chan error {
	done := make(chan error, 1)
	go func() { done <- p.try(r) }()
	return done
}

func (p *pair) try(r Request) error {
	results, err := p.gateway.Post(context.WithoutCancel(p.t.Context()), 0, []Request{r})
	if err == nil && results[0].Outcome != OutcomeApproved {
		err = errors.New(results[0].Outcome.String())
	}
	return err
}

// until posts the same request until it is approved.
func (p *pair) until(r Request) {
	p.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	err := <-p.start(r)
	for ; err != nil && time.Now().Before(deadline); err = <-p.start(r) {
	}
	p.must(0, err)
}

func (p *pair) ask(s *localpg.Server, sql string) string {
	p.t.Helper()
	out, err := s.Exec(p.t.Context(), "books", sql)
	p.must(0, err)
	return out
}

// meets waits until a server's answer is yes.
func (p *pair) meets(s *localpg.Server, what, sql string) {
	p.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); p.ask(s, sql) != "t"; {
		if time.Now().After(deadline) {
			p.t.Fatalf("never: %s", what)
		}
	}
}

func (p *pair) stands(s *localpg.Server) string {
	return p.ask(s, "select count(*) from bpnt.message where class = 'R'")
}

const waitsForStandby = "wait_event = 'SyncRep' and application_name = 'bpnt_gateway'"

// TestUnreplicatedCommit: a commit whose standby does not answer is cancelled, and the server says "COMMIT" with a warning;
// its session is ended, and the connection breaks. Both are unknown, and so is the copy that finds the first in the books:
// that answer, too, is one that a failover would take back. The same holds for what a terminal uploads. The standby comes,
// and all are approved, once each.
func TestUnreplicatedCommit(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.must(0, p.primary.WaitFor(t.Context(), "b"))
	p.must(0, p.primary.AwaitStreaming(t.Context(), "b"))
	p.must(0, p.standby.Freeze())
	cancelled, ended := p.buy(), p.buy()
	buy := func(r Request) func() error { return func() error { return p.try(r) } }
	upload := func() error {
		item := UploadItem{Link: p.link, TID: testTID, OriginalMTI: 200, OriginalSTAN: 77}
		_, err := p.gateway.Upload(context.WithoutCancel(t.Context()), item)
		return err
	}
	for _, c := range []struct {
		what, with string
		call       func() error
	}{
		{"cancelled", "pg_cancel_backend", buy(cancelled)},
		{"its copy", "pg_cancel_backend", buy(cancelled)},
		{"ended", "pg_terminate_backend", buy(ended)},
		{"an upload", "pg_cancel_backend", upload},
		{"its copy", "pg_cancel_backend", upload},
	} {
		done := make(chan error, 1)
		go func() { done <- c.call() }()
		p.meets(p.primary, c.what+" waits", "select count(*) = 1 from pg_stat_activity where "+waitsForStandby)
		p.ask(p.primary, "select "+c.with+"(pid) from pg_stat_activity where "+waitsForStandby)
		if err := <-done; !errors.Is(err, ErrIndeterminate) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	p.must(0, p.standby.Thaw())
	p.until(cancelled)
	p.until(ended)
	p.must(0, upload())
	if got := p.balance(1); got != testGrant-2_000 {
		t.Errorf("balance %d", got)
	}
	p.audit()
}

// TestSplitBrain: a standby is promoted while its primary lives on, with the gateway's connections to it all well.
//
// A purchase that the old primary answers after that is unknown, and stands in the new one's books once when it was
// posted again. From then on the old one is written to no more: not by connections that were open, not while the new one
// is away, not by a process that starts and finds the old one first in its URL.
func TestSplitBrain(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	r := p.buy()
	p.until(r)
	p.meets(p.standby, "replayed", "select count(*) = 1 from bpnt.message where class = 'R'")
	r = p.buy()
	p.url = localpg.URL("books", p.primary) // to hold the old one's bucket
	holder := p.holdBucket()
	done := p.start(r)
	p.meets(p.primary, "waits", "select count(*) = 1 from pg_stat_activity where wait_event = 'advisory'")
	p.must(0, p.standby.Promote(t.Context()))
	p.gateway.survey.look(t.Context())
	p.must(holder.Exec(t.Context(), "rollback"))
	if err := <-done; !errors.Is(err, ErrIndeterminate) {
		t.Errorf("answered by the old primary: %v", err)
	}
	before := p.stands(p.primary)
	p.until(r)
	if stale := p.gateway.PoolStats().Stale; stale == 0 {
		t.Error("no connection was dropped")
	}

	p.must(0, p.standby.Stop(t.Context()))
	if err := <-p.start(p.buy()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("with only the old primary there: %v", err)
	}
	var err error
	p.standby, err = localpg.Start(context.WithoutCancel(t.Context()), p.config("b"))
	p.must(0, err)
	p.url = localpg.URL("books", p.primary, p.standby)
	p.gateway, p.operator = p.open(RoleGateway), p.open(RoleOperator)
	p.until(p.buy())
	if after := p.stands(p.primary); after != before {
		t.Errorf("the old primary had %s purchases and has %s", before, after)
	}
	if got := p.balance(1); got != testGrant-3_000 {
		t.Errorf("balance %d in the new primary's books", got)
	}
	p.audit()
}

// TestFrozenPrimary: the server that hangs is the first of the URL. Once its standby was promoted, a connection is made
// without a wait for the one that hangs, and one thaws into a world where it is not the primary.
func TestFrozenPrimary(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short: waits for a server that hangs")
	}
	p := newPair(t)
	first := p.buy()
	p.until(first)
	p.meets(p.standby, "replayed", "select count(*) = 1 from bpnt.message where class = 'R'")
	p.must(0, p.primary.Freeze())
	p.must(0, p.standby.Promote(t.Context()))
	p.gateway.survey.look(t.Context())
	ctx, cancel := context.WithTimeout(t.Context(), connectTimeout)
	defer cancel()
	conn, err := p.gateway.pool.Acquire(ctx)
	if err != nil {
		t.Fatalf("a connection waits for the server that hangs: %v", err)
	}
	conn.Release()
	p.until(p.buy())
	p.must(0, p.primary.Thaw())
	p.until(p.buy())
	if got := p.stands(p.primary); got != "1" {
		t.Errorf("the old primary has %s purchases", got)
	}
	if got := p.stands(p.standby); got != "3" {
		t.Errorf("the new primary has %s purchases", got)
	}
}

// TestReadOnly: one connection is told that the server takes no writes. Nothing was posted, and all connections are made
// anew.
func TestReadOnly(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	one, err := b.gateway.pool.Acquire(t.Context())
	b.must(0, err)
	other, err := b.gateway.pool.Acquire(t.Context())
	b.must(0, err)
	b.must(other.Exec(t.Context(), "set default_transaction_read_only = on"))
	one.Release()
	other.Release() // the last one back is the first to be used
	before := b.gateway.pool.Stat().NewConnsCount()
	if _, err := b.gateway.Post(t.Context(), 0, []Request{b.redeem(card, 1, 10_000)}); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	b.want("afterwards", b.post(b.redeem(card, 1, 10_000)), OutcomeApproved)
	if stale, made := b.gateway.PoolStats().Stale, b.gateway.pool.Stat().NewConnsCount()-before; stale != 2 || made != 1 {
		t.Errorf("%d connections dropped, %d made", stale, made)
	}
}

// TestAnotherCluster: a URL whose hosts are not copies of each other is a mistake, and found out before anything is
// written to the wrong one.
func TestAnotherCluster(t *testing.T) {
	p := &primary{}
	if err := p.admit("7001", 3, host{}); err != nil {
		t.Fatal(err)
	}
	if err := p.admit("7002", 4, host{}); !errors.Is(err, errOtherCluster) {
		t.Errorf("another cluster: %v", err)
	}
	if err := p.admit("7001", 2, host{}); !errors.Is(err, errOldPrimary) {
		t.Errorf("an older timeline: %v", err)
	}
	if err := p.admit("7001", 3, host{}); err != nil {
		t.Errorf("the same timeline: %v", err)
	}
}
