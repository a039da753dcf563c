package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"bpnt/gateway/pin"
	"bpnt/ledger"
	"bpnt/ledger/localpg"
)

// storage says where the books and the keys are.
type storage struct {
	DatabaseURL string `help:"Postgres to use, as postgres://user@host/database. Without it a private one in <data-dir>/postgres is started."`
	DataDir     string `default:"data" help:"Folder of the private Postgres and of the keystore."`
	Keys        string `help:"Folder of the keystore; <data-dir>/keys where not given."`
	By          string `help:"Your name, for the journal; the user of this machine where not given."`
}

const (
	databaseName = "bpnt"
	stopTimeout  = 30 * time.Second
)

// person is who the journal says was at work.
func (o *storage) person() string {
	if o.By != "" {
		return o.By
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

func (o *storage) keysDir() string {
	if o.Keys != "" {
		return o.Keys
	}
	return filepath.Join(o.DataDir, "keys")
}

// database returns the URL to use and what to do with it at the end. A private Postgres must be there already.
func (o *storage) database(ctx context.Context, s *streams) (url string, stop func() error, err error) {
	if o.DatabaseURL != "" {
		return o.DatabaseURL, func() error { return nil }, nil
	}
	if _, err := os.Stat(o.postgresDir()); err != nil {
		return "", nil, usage("there are no books in %s: bpnt ledger migrate makes them, --data-dir or --database-url names others",
			o.DataDir)
	}
	return o.privateDatabase(ctx, s)
}

// newDatabase is database for those who may make a private Postgres.
func (o *storage) newDatabase(ctx context.Context, s *streams) (url string, stop func() error, err error) {
	if o.DatabaseURL != "" {
		return o.database(ctx, s)
	}
	return o.privateDatabase(ctx, s)
}

func (o *storage) postgresDir() string { return filepath.Join(o.DataDir, "postgres") }

// disk is a folder on the disk that holds the books; empty where somebody else keeps them.
func (o *storage) disk() string {
	if o.DatabaseURL != "" {
		return ""
	}
	return o.postgresDir()
}

func (o *storage) privateDatabase(ctx context.Context, s *streams) (url string, stop func() error, err error) {
	server, err := localpg.Start(ctx, localpg.Config{DataDir: o.postgresDir()})
	if err != nil {
		return "", nil, fmt.Errorf("the private Postgres did not start (--database-url names another one): %w", err)
	}
	// The server is stopped with a context of its own: by then ctx is usually done.
	stop = func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		return server.Stop(ctx)
	}
	if err := server.EnsureDatabase(ctx, databaseName); err != nil {
		return "", nil, errors.Join(err, stop())
	}
	if !server.Attached() {
		s.say("Postgres %d started in %s", server.Binaries().Major, o.postgresDir())
	}
	return server.URL(databaseName), stop, nil
}

// withLedger opens the ledger as an operator, calls use, and closes everything.
func (o *storage) withLedger(ctx context.Context, s *streams, use func(*ledger.Ledger) error) (err error) {
	url, stop, err := o.database(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	books, err := ledger.Open(ctx, ledger.Options{URL: url, Role: ledger.RoleOperator, AppName: "bpnt operator", Operator: o.person()})
	if err != nil {
		return err
	}
	defer books.Close()
	return use(books)
}

// withKeys is withLedger for commands that need the keystore as well. It refuses a keystore that is not the ledger's.
func (o *storage) withKeys(ctx context.Context, s *streams, use func(*ledger.Ledger, *pin.Keystore) error) error {
	keys, err := loadKeys(o.keysDir())
	if err != nil {
		return err
	}
	return o.withLedger(ctx, s, func(books *ledger.Ledger) error {
		if err := sameKeys(books, keys); err != nil {
			return err
		}
		return use(books, keys)
	})
}

func loadKeys(dir string) (*pin.Keystore, error) {
	keys, err := pin.Load(dir)
	if err != nil {
		return nil, usage("the keystore cannot be used (bpnt ledger migrate makes one, --keys names one): %w", err)
	}
	return keys, nil
}

func sameKeys(books *ledger.Ledger, keys *pin.Keystore) error {
	if books.KeyFingerprint() == keys.Fingerprint() {
		return nil
	}
	return usage("this ledger was made with another keystore: name the one it was made with by --keys")
}

// printJSON writes one indented object.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
