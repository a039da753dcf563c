package ledger

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"bpnt/ledger/localpg"
)

const sweepFamilies = 2500 // enough for a sweep to take a dozen steps

// sweepTest plays freeze and return, month after month, over families who never come.
type sweepTest struct {
	*books
	period  int32
	rounds  int64
	told    map[string]bool // each purse that the jobs told of
	kills   int             // of each job
	partial int             // that left some purses moved and others not
}

func newSweepTest(b *books) *sweepTest {
	b.now = day0
	b.asOwner(fmt.Sprintf(`insert into bpnt.family (bucket, id, region, name)
		select i %% 2, i, 3171 + i %% 5, 'Family ' || i from generate_series(1, %d) i`, sweepFamilies))
	b.rule(`r.return_days := 30`)
	return &sweepTest{books: b, period: 202701, told: map[string]bool{}, kills: shortOr(6, 20)}
}

// month pays a month's money and lets 90 days pass.
func (s *sweepTest) month() {
	s.t.Helper()
	s.disburse(s.period, testGrant)
	s.period += 1 + 88*(s.period%100/12)
	s.rounds++
	s.now = s.now.AddDate(0, 0, 90)
}

// job is a sweep that remembers of which purses it was told.
func (s *sweepTest) job(sweep func(*Ledger, context.Context, Sweep) (SweepReport, error)) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := sweep(s.operator.at(s.now), ctx, Sweep{Reason: "test", Each: func(p DormantPurse) error {
			key := fmt.Sprint(p.Family, p.Period, p.FrozenOn != nil)
			if s.told[key] {
				s.t.Errorf("told of family %d, period %d twice", p.Family, p.Period)
			}
			s.told[key] = true
			return nil
		}})
		return err
	}
}

// timed measures an undisturbed run.
func (s *sweepTest) timed(job func(context.Context) error) time.Duration {
	s.t.Helper()
	start := time.Now()
	s.must(0, job(s.t.Context()))
	return time.Since(start)
}

// killed runs a job until it comes to its end, or has been killed often enough, and looks at the books after each kill.
func (s *sweepTest) killed(k *killer, job func(context.Context) error, account func() int64) {
	s.t.Helper()
	before := account()
	for k.kills < s.kills && k.killAt(job) {
		k.kills++
		if moved := account() - before; moved > 0 && moved < sweepFamilies*testGrant {
			s.partial++
		}
	}
	s.must(0, job(s.t.Context()))
	s.exact(account() - before)
}

func (s *sweepTest) frozen() int64 {
	frozen, _, _ := s.whereabouts()
	return frozen
}

func (s *sweepTest) returned() int64 {
	_, treasury, _ := s.whereabouts()
	return treasury
}

func (s *sweepTest) exact(moved int64) {
	s.t.Helper()
	if moved != sweepFamilies*testGrant {
		s.t.Errorf("moved Rp %d in all, want %d", moved, sweepFamilies*testGrant)
	}
}

// TestKillFreezeAndReturn kills each job at 20 random moments at least, 6 in the short form. The next run goes on, nothing is moved twice or
// left behind, and the books are in order.
func TestKillFreezeAndReturn(t *testing.T) {
	s := newSweepTest(newBooks(t))
	freeze, back := s.job((*Ledger).Freeze), s.job((*Ledger).Return)
	s.month()
	freezer := newKiller(s.books, s.timed(freeze))
	s.now = s.now.AddDate(0, 0, 30)
	returner := newKiller(s.books, s.timed(back))
	for freezer.kills < s.kills || returner.kills < s.kills {
		s.month()
		s.killed(freezer, freeze, s.frozen)
		s.now = s.now.AddDate(0, 0, 30)
		s.killed(returner, back, s.returned)
	}
	if got := s.returned(); got != s.rounds*sweepFamilies*testGrant {
		t.Errorf("the treasury got Rp %d", got)
	}
	if s.partial < s.kills/shortOr(4, 2) {
		t.Errorf("only %d kills came in the middle", s.partial)
	}
	s.journalEnds()
	s.audit()
	t.Logf("a freeze of %d purses took %v, a return %v; %d and %d kills, %d of them left it half done",
		sweepFamilies, freezer.longest, returner.longest, freezer.kills, returner.kills, s.partial)
}

// journalEnds: a run that had nothing to do says so too.
func (s *sweepTest) journalEnds() {
	s.t.Helper()
	s.must(0, s.job((*Ledger).Return)(s.t.Context()))
	var last, what string
	s.must(0, s.operator.pool.QueryRow(s.t.Context(), `select action, what from bpnt.journal order by id desc limit 1`).Scan(&last, &what))
	if last != "return" || what != "Rp 0 in 0 purses" {
		s.t.Errorf("the journal ends with %s: %s", last, what)
	}
}

// TestKillServerDuringSweeps kills Postgres itself, with kill -9 and fsync on.
func TestKillServerDuringSweeps(t *testing.T) {
	t.Parallel()
	const rounds = 2
	b, server, dir := durable(t)
	s := newSweepTest(b)
	t.Cleanup(func() { _ = server.Stop(context.Background()) })
	for range rounds {
		s.month()
		server = s.survive(server, dir, s.job((*Ledger).Freeze))
		s.exact(s.frozen())
		s.now = s.now.AddDate(0, 0, 30)
		server = s.survive(server, dir, s.job((*Ledger).Return))
		if got := s.returned(); got != s.rounds*sweepFamilies*testGrant {
			t.Errorf("the treasury got Rp %d", got)
		}
	}
	s.audit()
}

// survive kills the server in the middle of a job, starts it again and lets the job finish.
func (s *sweepTest) survive(server *localpg.Server, dir string, job func(context.Context) error) *localpg.Server {
	s.t.Helper()
	done := make(chan error, 1)
	go func() { done <- job(s.t.Context()) }()
	time.Sleep(time.Duration(20+rand.IntN(150)) * time.Millisecond) // when to kill is what the test is about
	s.must(0, server.Kill())
	<-done // whether it had ended before the kill does not matter
	server = startServer(s.t.(*testing.T), dir)
	s.operator.pool.Reset()
	s.must(0, job(s.t.Context()))
	return server
}
