package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// errandEnd writes a record that nobody reads. A call that finds its work done by an earlier one has nothing to write,
// so its commit would not wait for a synchronous standby; and the earlier one may have been cancelled while it waited.
// (post() numbers its messages, so it always writes.)
const errandEnd = `select pg_logical_emit_message(true, 'bpnt', '')`

// errand is one call that commits by itself and whose one row a terminal or a switch will believe: that must survive a
// failover as an approval does. It is asked when it is scanned.
type errand struct {
	ledger *Ledger
	ctx    context.Context
	sql    string
	args   []any
}

func (l *Ledger) errand(ctx context.Context, sql string, args ...any) errand {
	return errand{l, ctx, sql, args}
}

// Scan makes the call, in one round trip. Errors are those of CloseBatch.
func (e errand) Scan(dest ...any) error {
	conn, err := e.ledger.pool.Acquire(e.ctx)
	if err != nil {
		return ErrUnavailable
	}
	defer conn.Release()
	var both pgx.Batch // one round trip and one transaction
	both.Queue(e.sql, e.args...).QueryRow(func(row pgx.Row) error { return row.Scan(dest...) })
	both.Queue(errandEnd)
	if err := conn.SendBatch(e.ctx, &both).Close(); err != nil {
		return fate(err)
	}
	if e.ledger.primary.doubts(conn.Conn().PgConn()) {
		return ErrIndeterminate
	}
	return nil
}
