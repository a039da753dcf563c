package ledger

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Meter reads what a load test reports of the database server, on a connection of its own. It reads nothing of the books.
type Meter struct{ conn *pgx.Conn }

// OpenMeter connects. Any user that may connect may read what a meter reads.
func OpenMeter(ctx context.Context, url string) (*Meter, error) {
	config, err := poolConfig(Options{URL: url, AppName: "bpnt meter"})
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return nil, connectError(err)
	}
	return &Meter{conn}, nil
}

// Close disconnects.
func (m *Meter) Close(ctx context.Context) error { return m.conn.Close(ctx) }

// Growth is how far a server's log and database have grown.
type Growth struct {
	WALBytes      int64 // written by the whole server since it was made; rises by what is written between two readings
	DatabaseBytes int64 // on disk
}

// Growth reads both. It takes some milliseconds: the sizes of all files are asked for.
func (m *Meter) Growth(ctx context.Context) (g Growth, err error) {
	err = m.conn.QueryRow(ctx, `select (pg_current_wal_lsn() - '0/0')::bigint, pg_database_size(current_database())`).
		Scan(&g.WALBytes, &g.DatabaseBytes)
	if err != nil {
		return Growth{}, jobError(err)
	}
	return g, nil
}

// ServerSetting is a setting of the server, as SHOW prints it.
type ServerSetting struct{ Name, Value string }

// serverSettings are those that throughput and latency hang on, in the order in which a reader asks for them.
var serverSettings = []string{
	"fsync", "synchronous_commit", "full_page_writes", "data_checksums", "shared_buffers", "huge_pages", "wal_compression",
	"max_wal_size", "checkpoint_timeout", "commit_delay", "wal_sync_method", "jit",
}

// Server reads the server's version and the settings that matter for its speed. A setting that this server does not
// have is left out.
func (m *Meter) Server(ctx context.Context) (version string, settings []ServerSetting, err error) {
	if err := m.conn.QueryRow(ctx, `show server_version`).Scan(&version); err != nil {
		return "", nil, jobError(err)
	}
	rows, err := m.conn.Query(ctx, `select name, current_setting(name) from pg_settings
		join unnest($1::text[]) with ordinality as wanted(name, place) using (name) order by place`, serverSettings)
	if err != nil {
		return "", nil, jobError(err)
	}
	settings, err = pgx.CollectRows(rows, pgx.RowToStructByPos[ServerSetting])
	if err != nil {
		return "", nil, jobError(err)
	}
	version, _, _ = strings.Cut(version, " ") // less the packager's name
	return version, settings, nil
}
