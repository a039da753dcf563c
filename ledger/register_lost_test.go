package ledger

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestReplacementLosesItsSession: an operator whose session ends in the midst of a replacement is told in a sentence
// to run it again, not what the driver read from the socket; and running it again finishes.
func TestReplacementLosesItsSession(t *testing.T) {
	b := newBooks(t)
	old, successor := pan("old", 0), pan("new", 0)
	b.family(1, old)
	watch, err := pgx.Connect(t.Context(), b.url)
	b.must(0, err)
	defer func() { _ = watch.Close(context.WithoutCancel(t.Context())) }()
	for _, tt := range []struct{ where, lock, unlock string }{
		{"before it has begun", `select pg_advisory_lock(8584)`, `select pg_advisory_unlock(8584)`},
		{"at the family's bucket", `select pg_advisory_lock(8583, 0)`, `select pg_advisory_unlock(8583, 0)`},
	} {
		b.must(watch.Exec(t.Context(), tt.lock))
		done := make(chan error, 1)
		go func() { done <- b.replace(old, successor, CardLost) }()
		endWaiting(t, watch)
		if err := <-done; !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "run it again") {
			t.Errorf("%s: %v", tt.where, err)
		}
		b.must(watch.Exec(t.Context(), tt.unlock))
	}
	b.must(0, b.replace(old, successor, CardLost))
	card, err := b.operator.Card(t.Context(), successor)
	if b.must(0, err); card.Status != "active" || card.Family != 1 {
		t.Errorf("%+v", card)
	}
	b.audit()
}

// TestClosingLosesItsSession: the same of the job that closes forgotten batches.
func TestClosingLosesItsSession(t *testing.T) {
	b := newBooks(t)
	watch, err := pgx.Connect(t.Context(), b.url)
	b.must(0, err)
	defer func() { _ = watch.Close(context.WithoutCancel(t.Context())) }()
	b.must(watch.Exec(t.Context(), `begin`))
	b.must(watch.Exec(t.Context(), `lock table bpnt.batch, bpnt.terminal in access exclusive mode`))
	done := make(chan error, 1)
	go func() {
		_, err := b.operator.CloseForgotten(context.WithoutCancel(t.Context()), time.Time{})
		done <- err
	}()
	endWaiting(t, watch)
	if err := <-done; !errors.Is(err, ErrIndeterminate) || !strings.Contains(err.Error(), "run it again") {
		t.Errorf("%v", err)
	}
	b.must(watch.Exec(t.Context(), `rollback`))
	_, err = b.operator.CloseForgotten(t.Context(), time.Time{})
	b.must(0, err)
}

// endWaiting ends the session that waits for a lock, as soon as there is one.
func endWaiting(t *testing.T, watch *pgx.Conn) {
	t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		tag, err := watch.Exec(t.Context(), `select pg_terminate_backend(pid) from pg_locks where not granted
			and database = (select oid from pg_database where datname = current_database())`)
		if err != nil {
			t.Fatal(err)
		}
		if tag.RowsAffected() > 0 {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatal("nobody waits for the lock")
		}
	}
}
