package pgtest_test

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"

	"bpnt/ledger/localpg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

func TestCloneIsACopyOfItsOwn(t *testing.T) {
	exec(t, "postgres", "CREATE DATABASE template_books")
	exec(t, "template_books", "CREATE TABLE purse (balance bigint); INSERT INTO purse VALUES (110000)")

	t.Run("clones", func(t *testing.T) {
		for range 3 {
			t.Run("clone", func(t *testing.T) {
				t.Parallel()
				address := pgtest.CloneDatabase(t, "template_books")
				if got := exec(t, databaseOf(t, address), "UPDATE purse SET balance = balance - 1 RETURNING balance"); got != "109999" {
					t.Errorf("balance in the clone: %q", got)
				}
			})
		}
	})
	if left := exec(t, "postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'"); left != "" {
		t.Errorf("clones left behind: %q", left)
	}
}

func TestCreateDatabaseIsEmpty(t *testing.T) {
	pgtest.CreateDatabase(t)
	name := exec(t, "postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")
	if got := exec(t, name, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"); got != "0" {
		t.Errorf("%s relations in a new database", got)
	}
}

func databaseOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/")
}

func exec(t *testing.T, database, sql string) string {
	t.Helper()
	out, err := pgtest.Server(t).Exec(context.Background(), database, sql)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
