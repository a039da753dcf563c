// Package pgtest gives tests a real Postgres: one private server for each test process, started by the first test that
// asks, one cloned database for each test that wants one. Packages are tested in parallel, so nothing here is shared
// between processes: no port, no fixed path.
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }
//
//	func TestPost(t *testing.T) {
//		url := pgtest.CloneDatabase(t, "template_ledger") // migrated once, by whoever holds the schema
//	}
//
// The server runs with localpg.TestSettings: without fsync, which only a loss of power would reveal. A test that
// kills Postgres or measures commits starts its own with localpg.Start.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bpnt/ledger/localpg"
)

// startTimeout bounds initdb and the start together; about a second when the machine is idle.
const startTimeout = 2 * time.Minute

var (
	running  atomic.Bool // Run is in charge of the end
	cloning  sync.Mutex  // a template may have one reader at a time, and no other connection
	lastName atomic.Int64

	shared = sync.OnceValues(start)
	home   string // of the shared server; "" until it was asked for
)

// Run runs a package's tests and stops and removes the server that they used. It returns the exit status.
func Run(m *testing.M) int {
	running.Store(true)
	status := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		return max(status, 1)
	}
	return status
}

// Server is the test process's server. A machine without Postgres fails the test: a ledger that was not
// tested is not "ok".
func Server(tb testing.TB) *localpg.Server {
	tb.Helper()
	if !running.Load() {
		tb.Fatal("pgtest: call os.Exit(pgtest.Run(m)) in TestMain, or the server would outlive the tests")
	}
	server, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return server
}

// Keep runs a server of its own in a folder until the test ends, where commands under test would start and stop theirs.
func Keep(tb testing.TB, dir string) *localpg.Server {
	tb.Helper()
	config := localpg.Config{DataDir: dir, Settings: localpg.TestSettings(), EndWithParent: true}
	server, err := localpg.Start(context.WithoutCancel(tb.Context()), config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = server.Stop(context.Background()) })
	return server
}

// CreateDatabase makes an empty database, dropped at the end of the test, and returns its URL.
func CreateDatabase(tb testing.TB) string {
	tb.Helper()
	return CloneDatabase(tb, "template0")
}

// CloneDatabase copies a database, to which nobody may be connected, and returns the copy's URL. The copy is dropped at
// the end of the test, with whoever is still connected.
func CloneDatabase(tb testing.TB, template string) string {
	tb.Helper()
	server := Server(tb)
	name := fmt.Sprintf("test_%d", lastName.Add(1))
	clone(tb, server, name, template)
	tb.Cleanup(func() {
		sql := "DROP DATABASE " + localpg.QuoteIdentifier(name) + " WITH (FORCE)"
		if _, err := server.Exec(context.Background(), "postgres", sql); err != nil {
			tb.Error(err)
		}
	})
	return server.URL(name)
}

func clone(tb testing.TB, server *localpg.Server, name, template string) {
	tb.Helper()
	cloning.Lock()
	defer cloning.Unlock()
	sql := "CREATE DATABASE " + localpg.QuoteIdentifier(name) + " TEMPLATE " + localpg.QuoteIdentifier(template)
	if _, err := server.Exec(tb.Context(), "postgres", sql); err != nil {
		tb.Fatal(err)
	}
}

func start() (*localpg.Server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	dir, err := os.MkdirTemp("", "bpnt-test-")
	if err != nil {
		return nil, err
	}
	home = dir
	if err := os.Chmod(dir, 0o755); err != nil { // root's Postgres runs as somebody else
		return nil, err
	}
	return localpg.Start(ctx, localpg.Config{DataDir: dir, Settings: localpg.TestSettings(), EndWithParent: true})
}

// stop undoes start, if it was called.
func stop() error {
	if home == "" {
		return nil
	}
	var err error
	if server, startErr := shared(); startErr == nil {
		err = server.Stop(context.Background())
	}
	return errors.Join(err, os.RemoveAll(home))
}

// Folder is a test's own folder that Postgres may enter when root runs the tests, which testing's folders do not allow.
// It is removed at the end of the test.
func Folder(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "bpnt-test-")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	return dir
}
