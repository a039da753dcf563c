package ledger

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Tables are carried from version to version by migrations; functions are replaced as a whole (functions.go).
//
//go:embed migrations/*.sql
var migrations embed.FS

// BucketsDefault suits one machine: as many lanes as can keep it busy while each still fills its batches.
const BucketsDefault = 2

// lockTries is how often, once a second, an instance asks whether another has done migrating.
const lockTries = 300

// MigrateOptions are what is fixed when a ledger is made; on a ledger that exists they are compared, never changed.
type MigrateOptions struct {
	Buckets        int    // 1 to 100; 0 for BucketsDefault, or for what the ledger has
	KeyFingerprint string // pin.Keystore.Fingerprint
}

// Migrate brings a database to this program's version of the schema, and makes the ledger in it where there is none.
// Several may call it at once: one migrates, the others wait. The URL's user must own the database and be able to make
// roles.
func Migrate(ctx context.Context, url string, o MigrateOptions) error {
	config, err := poolConfig(Options{URL: url, AppName: "bpnt migrate"})
	if err != nil {
		return err
	}
	if err := applyMigrations(ctx, config.ConnConfig); err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return connectError(err)
	}
	defer conn.Close(ctx)
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := replaceFunctions(ctx, tx); err != nil {
			return fmt.Errorf("the functions could not be replaced: %w", err)
		}
		return makeLedger(ctx, tx, o)
	})
}

func applyMigrations(ctx context.Context, config *pgx.ConnConfig) error {
	db := stdlib.OpenDB(*config)
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return connectError(err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, lockTries))
	if err != nil {
		return err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker),
		goose.WithTableName("public.bpnt_version"))
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("the schema could not be brought up to date: %w", err)
	}
	return nil
}

// makeLedger writes the one row of table ledger and a row for each bucket, or compares them with what is asked.
func makeLedger(ctx context.Context, tx pgx.Tx, o MigrateOptions) error {
	var buckets int
	var print string
	err := tx.QueryRow(ctx, `select buckets, key_fingerprint from bpnt.ledger for update`).Scan(&buckets, &print)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return insertLedger(ctx, tx, o)
	case err != nil:
		return err
	case o.Buckets != 0 && o.Buckets != buckets:
		return fmt.Errorf("this ledger was made with %d buckets, and that never changes: leave --buckets out", buckets)
	case o.KeyFingerprint != print:
		return errors.New("this ledger was made with another keystore: point --keys to the one it was made with")
	}
	return nil
}

func insertLedger(ctx context.Context, tx pgx.Tx, o MigrateOptions) error {
	if o.Buckets == 0 {
		o.Buckets = BucketsDefault
	}
	if o.Buckets < 1 || o.Buckets > 100 {
		return errors.New("the number of buckets must be from 1 to 100")
	}
	_, err := tx.Exec(ctx, `insert into bpnt.ledger (buckets, key_fingerprint) values ($1, $2) on conflict do nothing`,
		o.Buckets, o.KeyFingerprint)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into bpnt.bucket (id) select generate_series(0, $1::int - 1) on conflict do nothing`, o.Buckets)
	return err
}
