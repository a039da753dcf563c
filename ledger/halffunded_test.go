package ledger

import (
	"strings"
	"testing"
)

// TestHalfFunded: a disbursement stops after one of its two buckets. Nobody can spend of it or open it; run again, it
// funds who is left, and nobody twice.
func TestHalfFunded(t *testing.T) {
	b := newBooks(t)
	first, second := pan("a", 0), pan("b", 1)
	b.family(1, first)
	b.family(2, second)
	b.disburse(testPeriod, testGrant)

	office := b.operator.at(b.now)
	pooled, err := office.pool.Acquire(t.Context())
	b.must(0, err)
	defer pooled.Release()
	conn, id := pooled.Conn(), int32(0)
	var report DisburseReport
	o, err := office.orderEveryone(t.Context(), conn, &Disbursement{Programme: 1, Period: testPeriod + 1, AmountIDR: testGrant}, &report)
	b.must(0, err)
	b.must(0, conn.QueryRow(t.Context(), `select bpnt.disburse_begin($1, $2, $3)`, office.now(), o.name, o.digest).Scan(&id))
	fund := func(bucket int16, funded int64) {
		t.Helper()
		b.must(0, office.fundBucket(t.Context(), conn, id, bucket, nil, &report))
		if report.Funded != funded {
			t.Errorf("%d were funded, want %d", report.Funded, funded)
		}
	}
	open := func() error {
		_, err := conn.Exec(t.Context(), `select bpnt.disburse_open($1, $2)`, office.now(), id)
		return err
	}

	fund(0, 1)
	b.want("of a month that is not open", b.post(b.redeem(first, 1, testGrant+1)), OutcomeInsufficientFunds)
	fund(0, 1) // once more: it has its money
	if err := open(); err == nil || !strings.Contains(err.Error(), "1 of 2 purses") {
		t.Errorf("opened half funded: %v", err)
	}
	fund(1, 2)
	b.must(0, open())
	b.want("of both months", b.post(b.redeem(first, 2, testGrant+1)), OutcomeApproved)
	b.audit()
}
