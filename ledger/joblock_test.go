package ledger

import (
	"testing"
	"time"
)

// TestJobsWaitForTheBucket: a job that moved money without the bucket's lock would give its postings the numbers of those
// that a gateway makes at the same moment, and take what is being spent; a close would sum without what is being posted.
func TestJobsWaitForTheBucket(t *testing.T) {
	b := newBooks(t)
	b.family(1, pan("a", 0))
	b.disburse(testPeriod, testGrant)
	office := b.operator.at(b.now.AddDate(0, 4, 0))
	var next DisburseReport
	b.waitsForBucket("disburse", func() (err error) {
		next, err = office.Disburse(t.Context(), Disbursement{Programme: 1, Period: testPeriod + 1, AmountIDR: testGrant})
		return err
	})
	b.waitsForBucket("take back", func() error {
		_, err := office.ReverseDisbursement(t.Context(), next.Name, "the wrong month", nil)
		return err
	})
	b.waitsForBucket("close a batch", func() error {
		_, err := b.gateway.CloseBatch(t.Context(), BatchClaim{Link: b.link, TID: testTID, STAN: 1, SentBatch: 1})
		return err
	})
	b.waitsForBucket("freeze", func() error {
		_, err := office.Freeze(t.Context(), Sweep{Reason: "nobody came"})
		return err
	})
	b.audit()
}

// waitsForBucket runs a job while somebody else holds bucket 0, and demands that it waits.
func (b *books) waitsForBucket(name string, job func() error) {
	b.t.Helper()
	holder := b.holdBucket()
	done := make(chan error, 1)
	go func() { done <- job() }()
	for deadline := time.Now().Add(20 * time.Second); b.waits() == 0; {
		if len(done) > 0 || time.Now().After(deadline) {
			b.t.Errorf("%s does not wait for the bucket's lock", name)
			break
		}
	}
	b.must(holder.Exec(b.t.Context(), "rollback"))
	b.must(0, <-done)
}
