package ledger

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// The kinds of trouble. A refusal is never one of them.
var (
	// ErrUnavailable: this attempt posted nothing, and the database is away. Answering 91 is truthful.
	ErrUnavailable = errors.New("ledger unavailable: nothing was posted")
	// ErrIndeterminate: the commit may have happened, or may still happen.
	ErrIndeterminate = errors.New("ledger outcome unknown: the commit may have happened")
	// ErrBusy: rolled back for a passing reason (lock timeout, deadlock, a plan made stale). Trying again may succeed.
	ErrBusy = errors.New("ledger busy: rolled back, try again")
	// ErrRejected: rolled back, and it will be again: something in the batch cannot be posted.
	ErrRejected = errors.New("ledger rejected the batch: rolled back")
	// ErrNotFound: no such row.
	ErrNotFound = errors.New("not found")
)

// fate sorts an error of a call that commits by itself. What it wraps tells the SQLSTATE and nothing of the arguments:
// the server's message and detail may quote them.
//
// An ERROR of the server means that the implicit transaction was rolled back. A FATAL may have come while it committed,
// and so may the end of the connection: unknown. Only what pgconn knows never to have been sent is known to be nothing.
func fate(err error) error {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return serverFate(server)
	}
	if pgconn.SafeToRetry(err) {
		return ErrUnavailable
	}
	return ErrIndeterminate
}

func serverFate(e *pgconn.PgError) error {
	kind := ErrRejected
	switch {
	case e.SeverityUnlocalized != "ERROR": // FATAL, PANIC, or a server too old to say
		kind = ErrIndeterminate
	case e.Code == "40001" || e.Code == "40P01" || e.Code == "55P03" || e.Code == "57014" ||
		e.Code == "0A000" || e.Code == "26000":
		kind = ErrBusy
	case e.Code == "25006" || strings.HasPrefix(e.Code, "53") || strings.HasPrefix(e.Code, "58"):
		kind = ErrUnavailable
	}
	return fmt.Errorf("%w (SQLSTATE %s)", kind, e.Code)
}
