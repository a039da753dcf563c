package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"bpnt/gateway/pin"
	"bpnt/ledger"
)

type migrateCmd struct {
	storage
	Buckets int `default:"0" help:"Number of buckets of a new ledger, 1 to 100; it never changes. 0 for two."`
}

func (migrateCmd) Help() string {
	return `Makes the tables and functions where they are missing, and a keystore where there is none. A ledger belongs to the
keystore it was made with: keep both, and never one without the other.

  bpnt ledger migrate --database-url postgres://bpnt@db/bpnt --keys /etc/bpnt/keys`
}

func (c *migrateCmd) Run(ctx context.Context, s *streams) (err error) {
	keys, err := loadOrCreateKeys(s, c.keysDir())
	if err != nil {
		return err
	}
	url, stop, err := c.newDatabase(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := ledger.Migrate(ctx, url, ledger.MigrateOptions{Buckets: c.Buckets, KeyFingerprint: keys.Fingerprint()}); err != nil {
		return err
	}
	s.say("the ledger is ready")
	return nil
}

// loadOrCreateKeys makes a keystore where the folder is missing; a folder that is there is never touched.
func loadOrCreateKeys(s *streams, dir string) (*pin.Keystore, error) {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return loadKeys(dir)
	}
	if err := pin.Create(dir); err != nil {
		return nil, usage("the keystore cannot be made: %w", err)
	}
	s.say("keystore made in %s\n  keep a copy: a ledger without its keys cannot be read", dir)
	return loadKeys(dir)
}
