package ledger

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Probe commits single rows on a connection of its own, so that a load test can say what the disk and the server did
// to anybody at that time. Its table is logged, as the books are, and stands in a schema of its own beside them.
type Probe struct{ conn *pgx.Conn }

// probeSchema is bpnt_probe: nothing of the books, and nothing that is looked at after a crash.
const (
	probeMake   = `create table bpnt_probe.tick (id bigint generated always as identity, at timestamptz not null default now())`
	probeSchema = `create schema if not exists bpnt_probe`
	probeDrop   = `drop schema if exists bpnt_probe cascade`
	probeTick   = `insert into bpnt_probe.tick default values`
	probeLock   = `select pg_try_advisory_lock(8587)`
)

// ErrProbing: another probe is at work in this database.
var ErrProbing = errors.New("another load test times bare commits in this database: wait for it to end")

// OpenProbe connects and makes the probe's table. The URL's user must be allowed to create a schema. What a probe that
// was killed left behind is replaced. One may be open in a database at a time.
func OpenProbe(ctx context.Context, url string) (*Probe, error) {
	config, err := poolConfig(Options{URL: url, AppName: "bpnt probe"})
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return nil, connectError(err)
	}
	if err := prepareProbe(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return &Probe{conn}, nil
}

func prepareProbe(ctx context.Context, conn *pgx.Conn) error {
	var alone bool
	if err := conn.QueryRow(ctx, probeLock).Scan(&alone); err != nil {
		return connectError(err)
	}
	if !alone {
		return ErrProbing
	}
	for _, sql := range []string{probeDrop, probeSchema, probeMake} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return probeError(err)
		}
	}
	return nil
}

// probeError says what to do about a refusal.
func probeError(err error) error {
	var server *pgconn.PgError
	if errors.As(err, &server) && server.Code == "42501" {
		return errors.New("the database user may not make the schema bpnt_probe: GRANT CREATE ON DATABASE to it")
	}
	return jobError(err)
}

// Commit inserts one row and returns when the server says that it is durable, as durable as synchronous_commit is there.
func (p *Probe) Commit(ctx context.Context) error {
	if _, err := p.conn.Exec(ctx, probeTick); err != nil {
		return jobError(err)
	}
	return nil
}

// Close drops the schema and disconnects. Where the server has gone away meanwhile the next probe drops it.
func (p *Probe) Close(ctx context.Context) error {
	if p.conn.IsClosed() {
		return nil
	}
	_, err := p.conn.Exec(ctx, probeDrop)
	if err != nil {
		err = probeError(err)
	}
	return errors.Join(err, p.conn.Close(ctx))
}
