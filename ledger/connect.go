package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The roles that the migrations make (DESIGN D14). A login role must be a member of the one it asks for.
const (
	RoleGateway  = "bpnt_gateway"
	RoleOperator = "bpnt_operator"
)

// Limits of a connection. A lock is waited for shorter than an attempt lasts (gateway's AttemptTimeout), so that the
// server's clear answer comes before our own impatience turns it into an unknown one.
const (
	connectTimeout = 3 * time.Second
	lockTimeout    = "3000"
	poolDefault    = 8
)

// unreplicated is the key in a connection's custom data that says: the last commit is not known to have reached the
// synchronous standby.
const unreplicated = "bpnt.unreplicated"

// poolConfig turns Options into pgx's configuration, with the defaults of RELIABILITY 6 overridden.
func poolConfig(o Options) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		// pgx quotes the string, less the password; ours must not quote it at all.
		return nil, errors.New("the database URL cannot be read: give postgres://user@host:port/database")
	}
	config.MaxConns = poolDefault
	if o.MaxConns > 0 {
		config.MaxConns = int32(o.MaxConns)
	}
	config.MaxConnLifetimeJitter = 10 * time.Minute
	config.PingTimeout = connectTimeout
	conn := config.ConnConfig
	conn.ConnectTimeout = connectTimeout
	conn.OnNotice = noteUnreplicated
	conn.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	conn.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	setParameters(conn.RuntimeParams, o)
	config.AfterConnect = assertSession
	return config, nil
}

// setParameters fixes what a session must not inherit from a server's or a role's settings.
func setParameters(p map[string]string, o Options) {
	p["application_name"] = "bpnt"
	if o.AppName != "" {
		p["application_name"] = o.AppName
	}
	if o.Role != "" {
		p["role"] = o.Role
	}
	p["search_path"] = "bpnt"
	p["default_transaction_isolation"] = "read committed"
	p["lock_timeout"] = lockTimeout
	p["timezone"] = "UTC"
	if o.Operator != "" {
		p["bpnt.operator"] = o.Operator
	}
}

// noteUnreplicated marks a connection whose COMMIT was cancelled while it waited for a synchronous standby: the server
// then reports success, with a warning only. [measured, RELIABILITY 0.4]
func noteUnreplicated(c *pgconn.PgConn, n *pgconn.Notice) {
	if n.Routine == "SyncRepWaitForLSN" {
		c.CustomData()[unreplicated] = true
	}
}

// assertSession refuses a connection on which the rules would not hold.
func assertSession(ctx context.Context, conn *pgx.Conn) error {
	var isolation, durable string
	err := conn.QueryRow(ctx, `select current_setting('transaction_isolation'), current_setting('synchronous_commit')`).
		Scan(&isolation, &durable)
	if err != nil {
		return err
	}
	if isolation != "read committed" {
		return unfit(fmt.Sprintf("the session's isolation is %q: post() is right under READ COMMITTED only", isolation))
	}
	if durable == "off" {
		return unfit("synchronous_commit is off for this role: an approval could be lost. Turn it on")
	}
	return nil
}

// unfit is why a session is refused.
type unfit string

func (u unfit) Error() string { return string(u) }

// Ledger is a pool of connections to one ledger.
type Ledger struct {
	pool    *pgxpool.Pool
	primary *primary
	survey  *survey // nil where the URL names one server
	buckets int
	print   string
	// clock is the time that jobs are told, in tests by the owner of the books; the zero time stands for the server's.
	clock time.Time
}

// Open connects, and checks that the database holds a ledger of a version that this program knows. A URL may name
// several servers (host=a,b): the one that takes writes is used, and after a failover the new one (primary.go).
func Open(ctx context.Context, o Options) (*Ledger, error) {
	config, err := poolConfig(o)
	if err != nil {
		return nil, err
	}
	l, err := connect(ctx, config)
	if err != nil {
		return nil, connectError(err)
	}
	if err := l.readSettings(ctx); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// connect makes the pool, once it is known which server is the primary.
func connect(ctx context.Context, config *pgxpool.Config) (*Ledger, error) {
	p := &primary{}
	conn := config.ConnConfig
	conn.ValidateConnect, conn.OnPgError = p.validate, p.onError
	s := newSurvey(p, conn)
	if s != nil {
		config.BeforeConnect = s.beforeConnect
		s.look(ctx)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	p.pool.Store(pool)
	if s != nil {
		s.start()
	}
	return &Ledger{pool: pool, primary: p, survey: s}, nil
}

// readSettings loads what was fixed when the ledger was made.
func (l *Ledger) readSettings(ctx context.Context) error {
	var code string
	err := l.pool.QueryRow(ctx, `select buckets, key_fingerprint, digest from bpnt.ledger, bpnt.code`).Scan(&l.buckets, &l.print, &code)
	var server *pgconn.PgError
	switch {
	case err == nil:
		return sameCode(code)
	case errors.Is(err, pgx.ErrNoRows), errors.As(err, &server) && server.Code == "42P01":
		return errors.New("this database holds no ledger: run bpnt ledger migrate first")
	default:
		return connectError(err)
	}
}

// sameCode refuses a ledger whose functions are another version's: arguments and outcomes may differ.
func sameCode(digest string) error {
	text, err := functionsText()
	if err == nil && digest != codeDigest(text) {
		err = errors.New("this ledger belongs to another version of bpnt: run that one, or bring the ledger to this one with bpnt ledger migrate")
	}
	return err
}

// connectError says what to do about a connection that could not be had.
func connectError(err error) error {
	var server *pgconn.PgError
	var session unfit
	switch {
	case errors.As(err, &session):
		return session
	case errors.Is(err, errOtherCluster):
		return errOtherCluster
	case errors.Is(err, errOldPrimary):
		return fmt.Errorf("%w (%w)", errOldPrimary, ErrUnavailable)
	case errors.Is(err, pgconn.ErrReadOnlyConnection):
		return fmt.Errorf("no server of the URL takes writes: promote a standby, or correct it (%w)", ErrUnavailable)
	case !errors.As(err, &server):
		return fmt.Errorf("the database does not answer: see that it runs and that the URL is right (%w)", ErrUnavailable)
	}
	switch server.Code {
	case "3D000":
		return errors.New("no such database on that server: create it, or correct the URL")
	case "28P01", "28000":
		return errors.New("the database refused the user or the password in the URL")
	case "22023", "42501":
		return errors.New("the database user may not take the ledger's role: run bpnt ledger migrate, then GRANT the role to the user")
	}
	return fmt.Errorf("the database refused the connection (SQLSTATE %s): %w", server.Code, ErrUnavailable)
}

// Close waits for the connections in use and closes all.
func (l *Ledger) Close() {
	l.survey.end()
	l.pool.Close()
}

// Buckets is the number of buckets this ledger was made with; they are numbered from 0.
func (l *Ledger) Buckets() int { return l.buckets }

// KeyFingerprint names the keys under which this ledger's cards are hashed (pin.Keystore.Fingerprint when it was made).
func (l *Ledger) KeyFingerprint() string { return l.print }

// BucketOf is the bucket in which a card is looked for first.
func (l *Ledger) BucketOf(p PANKey) int16 { return bucketOf(p, l.buckets) }

func bucketOf(p PANKey, buckets int) int16 {
	return int16((uint32(p[0])<<24 | uint32(p[1])<<16 | uint32(p[2])<<8 | uint32(p[3])) % uint32(buckets))
}

// Ping makes one round trip.
func (l *Ledger) Ping(ctx context.Context) error {
	if err := l.pool.Ping(ctx); err != nil {
		return connectError(err)
	}
	return nil
}

// PoolStats are the figures of the connection pool, for the metrics page.
type PoolStats struct {
	Total, Idle, InUse, Max int32
	AcquireCount            int64
	AcquireWait             time.Duration
	Stale                   int64 // dropped because their server was found not to be the primary any more
}

// PoolStats reads the pool's figures.
func (l *Ledger) PoolStats() PoolStats {
	s := l.pool.Stat()
	return PoolStats{
		Total: s.TotalConns(), Idle: s.IdleConns(), InUse: s.AcquiredConns(), Max: s.MaxConns(),
		AcquireCount: s.AcquireCount(), AcquireWait: s.AcquireDuration(),
		Stale: l.primary.stale.Load(),
	}
}
