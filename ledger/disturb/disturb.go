package disturb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// bucketLock is the first key of the advisory lock that every writer of a bucket takes (DESIGN D3).
const bucketLock = 8583

// connectTimeout bounds a connection to a server that may be frozen.
const connectTimeout = 3 * time.Second

// ErrAway says that no session was to be had: the database is down, starting, or frozen.
var ErrAway = errors.New("the database was away")

// Database is one that may be disturbed, by its URL.
type Database string

// with calls use on a connection of its own.
func (d Database) with(ctx context.Context, use func(*pgx.Conn) error) error {
	conn, err := d.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // what was done is done
	return use(conn)
}

func (d Database) connect(ctx context.Context) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(string(d))
	if err != nil {
		return nil, fmt.Errorf("the URL of the database cannot be read: %w", err)
	}
	config.ConnectTimeout = connectTimeout
	config.RuntimeParams["application_name"] = "bpnt stranger"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, ErrAway // the driver would name the socket and say which of ten ways it was
	}
	return conn, nil
}

// Terminate ends up to n sessions of programs that call themselves so, whatever they are doing. It returns how many.
func (d Database) Terminate(ctx context.Context, application string, n int) (ended int, err error) {
	return d.signal(ctx, "pg_terminate_backend", application, n)
}

// Cancel breaks off what up to n such sessions are doing now.
func (d Database) Cancel(ctx context.Context, application string, n int) (told int, err error) {
	return d.signal(ctx, "pg_cancel_backend", application, n)
}

func (d Database) signal(ctx context.Context, function, application string, n int) (count int, err error) {
	err = d.with(ctx, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `select count(*) filter (where `+function+`(pid)) from (select pid from pg_stat_activity
			where application_name = $1 and datname = current_database() and pid <> pg_backend_pid()
			order by state = 'active' desc, random() limit $2) s`,
			application, n).Scan(&count)
	})
	return count, err
}

// Clean vacuums and analyzes everything, and Checkpoint writes all dirty pages: both at the worst moment.
func (d Database) Clean(ctx context.Context) error { return d.exec(ctx, "vacuum analyze") }

// Checkpoint writes every dirty page now.
func (d Database) Checkpoint(ctx context.Context) error { return d.exec(ctx, "checkpoint") }

func (d Database) exec(ctx context.Context, sql string) error {
	return d.with(ctx, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, sql)
		return err
	})
}

// HoldBucket takes a bucket's lock, waiting for it as every writer does, and keeps it until release.
func (d Database) HoldBucket(ctx context.Context, bucket int) (release func(), err error) {
	return d.hold(ctx, pgx.TxOptions{}, fmt.Sprintf("select pg_advisory_xact_lock(%d, %d)", bucketLock, bucket))
}

// HoldSnapshot keeps a snapshot of now open until release, so that no dead row since can be removed.
func (d Database) HoldSnapshot(ctx context.Context) (release func(), err error) {
	return d.hold(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, "select count(*) from bpnt.purse")
}

func (d Database) hold(ctx context.Context, options pgx.TxOptions, sql string) (release func(), err error) {
	conn, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := conn.BeginTx(ctx, options)
	if err == nil {
		_, err = tx.Exec(ctx, sql)
	}
	end := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
		defer cancel()
		_ = conn.Close(ctx) // ends the session, and with it the SQL transaction
	}
	if err != nil {
		end()
		return nil, err
	}
	return end, nil
}
