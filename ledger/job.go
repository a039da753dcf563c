package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

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
