package ledger

import (
	"testing"

	"bpnt/ledger/localpg/pgtest"
)

// TestMigrateAtOnce starts three migrations of an empty database at the same moment (F39), as a cluster's first instances
// do. One does the work, the others find it done.
func TestMigrateAtOnce(t *testing.T) {
	const instances = 3
	b := &books{t: t, url: pgtest.CreateDatabase(t)}
	ready, done := make(chan struct{}), make(chan error, instances)
	for range instances {
		go func() {
			<-ready
			done <- Migrate(t.Context(), b.url, MigrateOptions{Buckets: 3, KeyFingerprint: "test"})
		}()
	}
	close(ready)
	for range instances {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	b.operator = b.open(RoleOperator)
	for sql, want := range map[string]int64{
		"select count(*) from bpnt.ledger": 1,
		"select count(*) from bpnt.bucket": 3,
		"select count(*) from pg_proc where pronamespace = 'bpnt'::regnamespace and proname = 'post'": 1,
	} {
		if got := b.count(sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	b.audit()
}
