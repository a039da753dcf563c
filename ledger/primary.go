package ledger

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// primary is what a pool knows of the server that takes its writes. After a failover two servers may believe to be the
// primary. The one on the higher timeline is right: a promotion begins a new timeline, one higher. So a connection to a
// server whose timeline is lower than the highest that was seen is refused, and those that were made before the higher
// one was seen are dropped.
//
// That is no lease. Between a promotion and the moment at which this process first hears of it (survey.go) it may still
// write to the old primary, and what that answers is acknowledged. Only synchronous replication closes that gap: an old
// primary whose standby has left it cannot finish a commit.
type primary struct {
	pool     atomic.Pointer[pgxpool.Pool]
	timeline atomic.Uint32 // the highest seen; 0 before the first connection
	stale    atomic.Int64  // connections dropped

	mu     sync.Mutex
	system string // the cluster's identifier, the same on a primary and its standbys
	host   host   // whose timeline that is, where it is known
}

// Why a connection is refused although its server takes writes.
var (
	errOldPrimary   = errors.New("the server was the primary before a failover, and is not any more")
	errOtherCluster = errors.New("the server is no copy of the one before: " +
		"the hosts of the URL must be one primary and its standbys")
)

// timelineKey is the key in a connection's custom data that holds its server's timeline.
const timelineKey = "bpnt.timeline"

// identitySQL is run on a primary only. The control file would name the timeline before until the next checkpoint.
const identitySQL = `select system_identifier::text, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
	from pg_control_system()`

// validate is pgx's ValidateConnect: where it fails, pgx goes on to the URL's next host.
func (p *primary) validate(ctx context.Context, c *pgconn.PgConn) error {
	return p.validateAt(ctx, c, host{})
}

func (p *primary) validateAt(ctx context.Context, c *pgconn.PgConn, at host) error {
	if err := pgconn.ValidateConnectTargetSessionAttrsReadWrite(ctx, c); err != nil {
		return err
	}
	system, timeline, err := identity(ctx, c)
	if err != nil {
		return err
	}
	c.CustomData()[timelineKey] = timeline
	return p.admit(system, timeline, at)
}

func identity(ctx context.Context, c *pgconn.PgConn) (system string, timeline uint32, err error) {
	answer := c.ExecParams(ctx, identitySQL, nil, nil, nil, nil).Read()
	if answer.Err != nil {
		return "", 0, answer.Err
	}
	n, err := strconv.ParseUint(string(answer.Rows[0][1]), 16, 32)
	return string(answer.Rows[0][0]), uint32(n), err
}

// admit remembers the highest timeline and refuses a lower one.
func (p *primary) admit(system string, timeline uint32, at host) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.timeline.Load()
	switch {
	case p.system != "" && system != p.system:
		return errOtherCluster
	case timeline < before:
		return errOldPrimary
	case timeline > before:
		p.system, p.host = system, host{}
		p.timeline.Store(timeline)
	}
	if at.name != "" {
		p.host = at
	}
	if timeline > before && before != 0 {
		p.drop()
	}
	return nil
}

// drop throws away every connection: idle ones now, the others when they come back to the pool.
func (p *primary) drop() {
	if pool := p.pool.Load(); pool != nil {
		p.stale.Add(int64(pool.Stat().TotalConns()))
		pool.Reset()
	}
}

// onError is pgx's OnPgError: false closes the connection. A server that refuses a write as read-only has been demoted,
// or is being kept from writing; then the others in the pool lead to it too.
func (p *primary) onError(_ *pgconn.PgConn, e *pgconn.PgError) bool {
	if e.Code == "25006" {
		p.drop()
		return false
	}
	return !strings.EqualFold(e.Severity, "FATAL")
}

// doubts tells of a connection on which a commit just succeeded that it may be lost all the same: the standby may not
// have it, or its server has been overtaken.
func (p *primary) doubts(c *pgconn.PgConn) bool {
	data := c.CustomData()
	if data[unreplicated] != nil {
		delete(data, unreplicated)
		return true
	}
	timeline, _ := data[timelineKey].(uint32)
	return timeline < p.timeline.Load()
}
