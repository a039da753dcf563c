package ledger

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestPursePages: every disbursement leaves room on its pages for new versions of its rows, the next like the first; and
// once it is open a page counts as full, so that whoever reads one does not clean it each time.
func TestPursePages(t *testing.T) {
	b := newBooks(t)
	b.manyFamilies(4_000)
	size := func() int64 { return b.count(`select pg_relation_size('bpnt.purse')`) }
	b.disburse(testPeriod, testGrant)
	first := size()
	if got := b.count(`select coalesce(substring(array_to_string(reloptions, ',') from 'fillfactor=([0-9]+)')::bigint, 0) from pg_class where oid = 'bpnt.purse'::regclass`); got != 100 {
		t.Errorf("after a disbursement an insert would fill %d percent of a page, want 100", got)
	}
	b.disburse(testPeriod+1, testGrant)
	if second := size() - first; second < first*9/10 {
		t.Errorf("the second month's purses take %d bytes, the first month's %d: they are packed", second, first)
	}
	b.audit()
}

// TestPursePagesAreNotWaitedFor: a vacuum that holds the table keeps no family from its money.
func TestPursePagesAreNotWaitedFor(t *testing.T) {
	b := newBooks(t)
	b.family(1, pan("one", 0))
	conn, err := pgx.Connect(t.Context(), b.url)
	b.must(0, err)
	defer conn.Close(t.Context())
	tx, err := conn.Begin(t.Context())
	b.must(0, err)
	b.must(tx.Exec(t.Context(), `lock table bpnt.purse in share update exclusive mode`)) // as a vacuum does
	b.disburse(testPeriod, testGrant)
	if got := b.balance(1); got != testGrant {
		t.Errorf("the family has Rp %d, want %d", got, testGrant)
	}
	b.must(0, tx.Rollback(t.Context()))
	b.audit()
}
