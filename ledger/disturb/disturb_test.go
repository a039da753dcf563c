package disturb

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"bpnt/ledger/localpg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

// TestHoldAndTerminate: a bucket that is held is nobody else's until it is released, or until the session that holds it is
// ended.
func TestHoldAndTerminate(t *testing.T) {
	d := Database(pgtest.CreateDatabase(t))
	ctx := t.Context()
	release, err := d.HoldBucket(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	if d.free(t, 2) || !d.free(t, 1) {
		t.Error("bucket 2 is not held, or bucket 1 is")
	}
	release()
	await(t, "the release", func() bool { return d.free(t, 2) })
	if release, err = d.HoldBucket(ctx, 2); err != nil {
		t.Fatal(err)
	}
	defer release()
	if n, err := d.Terminate(ctx, "somebody else", 5); err != nil || n != 0 || d.free(t, 2) {
		t.Errorf("ended %d sessions of nobody, %v", n, err)
	}
	if n, err := d.Terminate(ctx, "bpnt stranger", 5); err != nil || n != 1 {
		t.Errorf("ended %d sessions, %v", n, err)
	}
	await(t, "the end of the session", func() bool { return d.free(t, 2) })
}

// free tells whether a bucket's lock can be had now.
func (d Database) free(t *testing.T, bucket int) (got bool) {
	t.Helper()
	err := d.with(t.Context(), func(conn *pgx.Conn) error {
		return conn.QueryRow(t.Context(), "select pg_try_advisory_lock($1, $2)", bucketLock, bucket).Scan(&got)
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for tries := 0; !done(); tries++ {
		if tries == 1000 {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// TestAwayIsAnError: no server, an error in time and no panic.
func TestAwayIsAnError(t *testing.T) {
	d := Database("postgres://127.0.0.1:1/x")
	for name, do := range map[string]func(context.Context) error{
		"vacuum": d.Clean, "checkpoint": d.Checkpoint,
		"hold": func(ctx context.Context) error { _, err := d.HoldSnapshot(ctx); return err },
	} {
		if err := do(t.Context()); !errors.Is(err, ErrAway) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
