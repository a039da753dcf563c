package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// registerLock is the advisory lock of whoever registers families and cards. Their numbers are unique over all buckets,
// which no index can see to, and a card that hashes to another bucket than its family's is written in two steps. It is
// taken before a bucket's lock, never after.
const registerLock = 8584

// registering does work on a connection of its own that holds the lock of registration. Whoever comes second waits for
// as long as a lock is waited for, and is told then.
func (l *Ledger) registering(ctx context.Context, work func(*pgx.Conn) error) error {
	pooled, err := l.pool.Acquire(ctx)
	if err != nil {
		return connectError(err)
	}
	defer pooled.Release()
	conn := pooled.Conn()
	if err := register(ctx, conn); err != nil {
		return brokenOff(ctx, conn, err)
	}
	defer unregister(ctx, conn)
	return brokenOff(ctx, conn, jobError(work(conn)))
}

// register takes the lock until unregister, or the end of the session.
func register(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, registerLock)
	var server *pgconn.PgError
	if errors.As(err, &server) && server.Code == "55P03" {
		return errors.New("another operator is registering families or cards at this moment: try again when that is done")
	}
	return err
}

// unregister gives the lock back, with the session where there is no other way.
func unregister(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
	defer cancel()
	if _, err := conn.Exec(ctx, `select pg_advisory_unlock($1)`, registerLock); err != nil {
		_ = conn.Close(ctx) // the session is lost already, or ends here
	}
}

// beginner is a pool or a connection.
type beginner interface {
	Begin(context.Context) (pgx.Tx, error)
}

// underBucket does a step as one SQL transaction under a bucket's lock.
func underBucket(ctx context.Context, db beginner, bucket int16, step func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select bpnt.lock_bucket($1)`, bucket); err != nil {
			return err
		}
		return step(tx)
	})
}

// bucketOfNumber is the bucket of a family that has no card yet.
func bucketOfNumber(family int64, buckets int) int16 {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(family)))
	return bucketOf(PANKey(sum[:16]), buckets)
}

// textMax is the longest name or reason, in characters.
const textMax = 200

// checkText refuses a name or reason that cannot be printed or stored, or that holds what may be a card number.
func checkText(what, text string) error {
	switch {
	case text == "":
		return fmt.Errorf("%s is missing", what)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c == 0x7f }):
		return fmt.Errorf("%s must be printable", what)
	case utf8.RuneCountInString(text) > textMax:
		return fmt.Errorf("%s is longer than %d characters", what, textMax)
	case holdsPAN(text):
		return fmt.Errorf("%s holds what looks like a card number: leave it out", what)
	}
	return nil
}

// firstError is the first that is one: a sentence for people has one line.
func firstError(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

// holdsPAN tells whether a text has 13 to 19 digits in a row, with spaces, dots or dashes between, that end in the right
// check digit.
func holdsPAN(text string) bool {
	var digits []byte
	for i := range len(text) + 1 {
		switch {
		case i < len(text) && text[i] >= '0' && text[i] <= '9':
			digits = append(digits, text[i])
		case i < len(text) && strings.IndexByte(" .-", text[i]) >= 0:
		default:
			if isPAN(digits) {
				return true
			}
			digits = digits[:0]
		}
	}
	return false
}

// panDigitsMin is the shortest card number of which first six and last four may be kept.
const (
	panDigitsMin = 13
	panDigitsMax = 19
)

// isPAN tells whether these digits have the length and the check digit of a card number (ISO/IEC 7812-1 annex B).
func isPAN(digits []byte) bool {
	n := len(digits)
	return n >= panDigitsMin && n <= panDigitsMax && luhnDigit(digits[:n-1]) == digits[n-1]
}
