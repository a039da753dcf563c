package ledger

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRestoreToAPoint restores books to a moment under load, and holds them against what their terminals know: all that
// was approved before is there, all that came later is not, and the chain ends where it ended at that moment. Then the
// terminals go on.
func TestRestoreToAPoint(t *testing.T) {
	t.Parallel()
	d := newDisaster(t)
	d.archiveAll()
	d.lose()
	b, server := d.restore("named", map[string]string{"recovery_target_name": d.point})
	if diff := cmp.Diff(d.heads, headsOf(t, b.operator.pool), cmp.AllowUnexported(head{})); diff != "" {
		t.Errorf("the chains end elsewhere than at the restore point: %s", diff)
	}
	report := b.audit()
	var lost, kept int
	for _, j := range d.tills {
		tail := d.tail(j, d.heads)
		lost, kept = lost+len(tail), kept+len(j.sales)-len(tail)
		if got, want := b.balance(j.family), disasterGrant-int64(len(j.sales)-len(tail))*disasterSale; got != want {
			t.Errorf("terminal %s: its family has Rp %d, want %d", j.tid, got, want)
		}
	}
	if report.DebitsIDR != int64(kept)*disasterSale || lost == 0 || kept == 0 {
		t.Errorf("books Rp %d, %d sales kept, %d lost", report.DebitsIDR, kept, lost)
	}
	t.Logf("restored to the point: %d sales kept, %d sales (Rp %d) lost", kept, lost, lost*disasterSale)
	d.comesToLight(b)
	d.goesOn(b)
	b.audit()
	d.checkFiles("named", server)
	if !testing.Short() {
		d.otherTargets()
	}
}

// comesToLight settles the first terminal's batch: 95, an upload of what it has, the trailer. Each lost sale becomes an
// exception with its amount, and their sum is the difference of the totals.
func (d *disaster) comesToLight(b *books) {
	d.t.Helper()
	j := d.tills[0]
	tail := d.tail(j, d.heads)
	claim := BatchClaim{
		Link: b.link, TID: j.tid, MID: testMID, STAN: 900_001, SentBatch: 1,
		Totals: sales(int32(len(j.sales)), int64(len(j.sales))*disasterSale),
	}
	ours := sales(int32(len(j.sales)-len(tail)), int64(len(j.sales)-len(tail))*disasterSale)
	b.settles("settlement", claim, OutcomeTotalsDiffer, false, ours)
	for i := range j.sales {
		b.uploads("upload", d.item(b, j, i), OutcomeApproved, false)
	}
	claim.STAN, claim.Trailer = 900_002, true
	b.settles("trailer", claim, OutcomeApproved, false, ours)
	found, err := b.operator.Exceptions(d.t.Context(), ExceptionFilter{Kind: "upload_unknown"})
	d.must(err)
	var rupiah int64
	for _, x := range found {
		rupiah += *x.Theirs
	}
	if len(found) != len(tail) || rupiah != claim.Totals.SalesAmount-ours.SalesAmount {
		d.t.Errorf("%d exceptions over Rp %d, want %d over Rp %d", len(found), rupiah, len(tail), claim.Totals.SalesAmount-ours.SalesAmount)
	}
	if got := b.kinds()["batch_totals"]; got != 1 {
		d.t.Errorf("%d exceptions about the batch's totals", got)
	}
}

// item is a sale of a till's journal as it uploads it.
func (d *disaster) item(b *books, j *till, i int) UploadItem {
	return UploadItem{
		Link: b.link, TID: j.tid, STAN: 910_000, OriginalMTI: 200, OriginalSTAN: int32(i + 1), RRN: j.sales[i].RRN(), PAN: j.card,
		Amount: disasterSale, ProcessingCode: 1,
	}
}

// goesOn is what becomes of lost sales that are reversed, repeated and sold on top of, in the other bucket.
func (d *disaster) goesOn(b *books) {
	d.t.Helper()
	first, other := d.tills[1], d.tills[3]
	kept := len(first.sales) - len(d.tail(first, d.heads))
	if len(d.tail(first, d.heads)) < 3 || len(d.tail(other, d.heads)) < 1 {
		d.t.Fatal("too little was lost")
	}
	before := b.balance(first.family)
	reversal := first.request(int32(kept + 1))
	reversal.Kind, reversal.PINRequired = KindReverse, false
	b.want("a lost sale is reversed: nothing to give back", b.post(reversal), OutcomeReversalUnmatched)
	b.want("and can never come again", b.post(first.request(int32(kept+1))), OutcomeBlocked)

	again := b.want("a lost sale is repeated: debited now, once", b.post(first.request(int32(kept+2))), OutcomeApproved)
	if copied := b.post(first.request(int32(kept + 2))); !copied.Replay || copied.RRN() != again.RRN() {
		d.t.Errorf("its copy: %+v", copied)
	}
	if got := b.balance(first.family); got != before-disasterSale {
		d.t.Errorf("the family has Rp %d, want %d", got, before-disasterSale)
	}
	d.numbersComeAgain(b, first, other)
	d.isPosted(b, first, kept+2)
}

// numbersComeAgain: what is sold after the restore gets the RRNs of what was lost. An upload of the lost sale then
// finds somebody else's: it is an exception of another kind, and never taken for the new sale.
func (d *disaster) numbersComeAgain(b *books, first, other *till) {
	d.t.Helper()
	lost := map[string]int{}
	for i, r := range first.sales {
		lost[r.RRN()] = i
	}
	for _, r := range d.tail(other, d.heads) {
		delete(lost, r.RRN())
	}
	next := int32(len(other.sales))
	for range 100 {
		next++
		sale := b.want("a new sale", b.post(other.request(next)), OutcomeApproved)
		if i, twice := lost[sale.RRN()]; twice {
			b.uploads("the lost sale under the number", d.item(b, first, i), OutcomeUploadForeign, false)
			return
		}
	}
	d.t.Error("no number came again")
}

// isPosted: the one way to debit a lost sale by message is an advice, where the programme's rules allow it.
func (d *disaster) isPosted(b *books, j *till, i int) {
	d.t.Helper()
	advice := j.request(800_000 + int32(i))
	advice.Kind, advice.PINRequired = KindAdvise, false
	b.want("an advice where the rules have none", b.post(advice), OutcomeAdviceNotAllowed)
	b.advances()
	before := b.balance(j.family)
	advice.STAN++
	b.want("an advice where they have", b.post(advice), OutcomeApproved)
	if got := b.balance(j.family); got != before-disasterSale {
		d.t.Errorf("the family has Rp %d, want %d", got, before-disasterSale)
	}
}

// otherTargets restores the same backup to a moment by the clock, and to the end of the archive.
func (d *disaster) otherTargets() {
	d.t.Helper()
	timed, _ := d.restore("timed", map[string]string{"recovery_target_time": d.pointTime.UTC().Format("2006-01-02 15:04:05.999999+00")})
	if got := headsOf(d.t, timed.operator.pool); !maps.Equal(got, d.heads) {
		d.t.Errorf("by the clock: %v, want %v", got, d.heads)
	}
	timed.audit()
	whole, _ := d.restore("whole", nil)
	for _, j := range d.tills {
		if lost := d.tail(j, headsOf(d.t, whole.operator.pool)); len(lost) > 0 {
			d.t.Errorf("to the end of the archive: terminal %s lost %d sales", j.tid, len(lost))
		}
	}
	whole.audit()
}
