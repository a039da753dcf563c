package ledger

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// killer ends jobs that move money (those inside Ledger.job) at random moments: by ending their session on the server,
// or by cancelling their context.
type killer struct {
	b       *books
	watch   *pgx.Conn     // sees who holds the jobs' lock
	longest time.Duration // a moment to kill is drawn between a job's start and this
	kills   int           // runs that did not come to their end
}

func newKiller(b *books, longest time.Duration) *killer {
	b.t.Helper()
	watch, err := pgx.Connect(b.t.Context(), b.url)
	b.must(0, err)
	b.t.Cleanup(func() { _ = watch.Close(context.Background()) })
	return &killer{b: b, watch: watch, longest: longest}
}

// untilDone runs the job again and again, and kills each run at a random moment, until one comes to its end before that.
func (k *killer) untilDone(job func(context.Context) error) {
	k.b.t.Helper()
	for k.killAt(job) {
		k.kills++
	}
}

// killAt runs the job and kills it at a random moment; it tells whether the job failed for that. The next run may begin
// at once: the killed one's session has ended.
func (k *killer) killAt(job func(context.Context) error) bool {
	k.b.t.Helper()
	ctx, cancel := context.WithCancel(k.b.t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- job(ctx) }()
	moment := time.NewTimer(time.Duration(rand.Int64N(int64(k.longest))))
	defer moment.Stop()
	var err error
	select {
	case err = <-done:
		k.b.must(0, err) // nobody killed it
		return false
	case <-moment.C:
	}
	if rand.IntN(2) == 0 || !k.terminate() {
		cancel()
	}
	err = <-done
	if err != nil && !killed(err) {
		k.b.t.Fatalf("a killed job says %v", err)
	}
	k.await()
	return err != nil
}

// killed tells whether an error is that of a job whose session or context was ended; perhaps before it had a connection.
func killed(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, ErrUnavailable) ||
		strings.Contains(err.Error(), "57P01") || strings.Contains(err.Error(), "unexpected EOF")
}

// terminate ends the session of the job at work, if there is one.
func (k *killer) terminate() bool {
	k.b.t.Helper()
	tag, err := k.watch.Exec(k.b.t.Context(), `select pg_terminate_backend(pid) from pg_locks
		where locktype = 'advisory' and classid = $1 and objsubid = 2 and granted
		and database = (select oid from pg_database where datname = current_database())`, jobLock)
	k.b.must(0, err)
	return tag.RowsAffected() > 0
}

// await returns when no job holds the lock: a session lives on for a moment after its client has gone.
func (k *killer) await() {
	k.b.t.Helper()
	k.b.must(k.watch.Exec(k.b.t.Context(), `select pg_advisory_lock($1, 0)`, jobLock))
	k.b.must(k.watch.Exec(k.b.t.Context(), `select pg_advisory_unlock($1, 0)`, jobLock))
}

// TestKillerKills: a job that would wait for ever ends either way, and the next one finds the lock free.
func TestKillerKills(t *testing.T) {
	b := newBooks(t)
	k := newKiller(b, 50*time.Millisecond)
	for range 6 {
		if !k.killAt(func(ctx context.Context) error {
			return jobError(b.operator.job(ctx, "sleep", func(conn *pgx.Conn) error {
				_, err := conn.Exec(ctx, `select pg_sleep(600)`)
				return err
			}))
		}) {
			t.Error("it came to its end")
		}
	}
	k.untilDone(func(ctx context.Context) error {
		return b.operator.job(ctx, "nothing", func(*pgx.Conn) error { return nil })
	})
}
