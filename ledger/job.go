package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// jobLock is the advisory lock of jobs that move money: one at a time in a ledger.
const jobLock = 8585

// job runs work while no other job does, on a connection of its own; work does everything on that one, so that a lock
// lost with its connection ends the job as well. Whoever comes second is told who is at work.
func (l *Ledger) job(ctx context.Context, what string, work func(*pgx.Conn) error) error {
	pooled, err := l.pool.Acquire(ctx)
	if err != nil {
		return connectError(err)
	}
	conn := pooled.Hijack()
	// Closing the session frees the lock, whatever became of the job; but the server may take a while to end it, and the
	// next job shall find the lock free.
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
		defer cancel()
		_, _ = conn.Exec(ctx, `select pg_advisory_unlock_all()`)
		_ = conn.Close(ctx)
	}()
	var alone bool
	if err := conn.QueryRow(ctx, `select pg_try_advisory_lock($1, 0)`, jobLock).Scan(&alone); err != nil {
		return err
	}
	if !alone {
		return whoIsAtWork(ctx, conn)
	}
	if _, err = conn.Exec(ctx, `select set_config('application_name', $1 || coalesce(', by ' ||
		nullif(current_setting('bpnt.operator', true), ''), ''), false)`, "bpnt "+what); err != nil {
		return err
	}
	return work(conn)
}

// whoIsAtWork names the job that runs.
func whoIsAtWork(ctx context.Context, conn *pgx.Conn) error {
	var name string
	err := conn.QueryRow(ctx, `select a.application_name from pg_locks k join pg_stat_activity a on a.pid = k.pid
		where k.locktype = 'advisory' and k.classid = $1 and k.granted and k.objsubid = 2
		and k.database = (select oid from pg_database where datname = current_database())`, jobLock).Scan(&name)
	if err != nil {
		name = "another job"
	}
	return &BusyError{Job: name}
}

// BusyError says that another job that moves money is at work: wait for it and try again.
type BusyError struct{ Job string }

func (e *BusyError) Error() string {
	return e.Job + " is at work in this ledger: try again when it is done"
}

// now is the time that SQL is told: null, so that the server's counts, but in tests.
func (l *Ledger) now() pgtype.Timestamptz {
	return pgtype.Timestamptz{Time: l.clock, Valid: !l.clock.IsZero()}
}

// at is the same ledger with the clock given, for the owner of the books: a test plays a year in it.
func (l *Ledger) at(t time.Time) *Ledger {
	moved := *l
	moved.clock = t
	return &moved
}

// inTx runs a job's step as one SQL transaction.
func (l *Ledger) inTx(ctx context.Context, step func(pgx.Tx) error) error {
	return jobError(pgx.BeginFunc(ctx, l.pool, step))
}

// inBucket is inTx under a bucket's lock. A step is short: the bucket's lane waits for it.
func (l *Ledger) inBucket(ctx context.Context, bucket int16, step func(pgx.Tx) error) error {
	return l.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select bpnt.lock_bucket($1)`, bucket); err != nil {
			return err
		}
		return step(tx)
	})
}

// jobError makes a sentence of a server's error that is safe to show: never its detail, which may quote a row.
func jobError(err error) error {
	var server *pgconn.PgError
	if !errors.As(err, &server) {
		return err
	}
	if server.Code == "BP001" {
		return errors.New(server.Message)
	}
	if server.ConstraintName != "" {
		return &constraintError{server.Code, server.ConstraintName}
	}
	return fmt.Errorf("the database refused (SQLSTATE %s)", server.Code)
}

// lostSession is jobError for a job that makes its calls on whichever connection the pool has: what the driver says of one
// that ended is no word for an operator.
func lostSession(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("broken off: run it again and it goes on (%w)", ctx.Err())
	case errors.Is(fate(err), ErrIndeterminate):
		return fmt.Errorf("broken off, the database went away: run it again and it goes on (%w)", ErrIndeterminate)
	}
	return jobError(err)
}

// constraintError says which rule of the schema a row broke.
type constraintError struct{ code, name string }

func (e *constraintError) Error() string {
	return fmt.Sprintf("the database refused the row: rule %s", e.name)
}

// nameConflict replaces a unique violation by a sentence.
func nameConflict(err error, sentence string) error {
	var broken *constraintError
	if errors.As(err, &broken) && broken.code == "23505" {
		return errors.New(sentence)
	}
	return err
}
