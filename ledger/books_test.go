package ledger

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"bpnt/ledger/localpg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

const (
	testTID    = "60060060"
	testMID    = "600600600600600"
	testPeriod = 202611
	testPIN    = 1_123456
	testGrant  = 110_000
)

// day0 is the moment at which most stories begin: noon in Jakarta.
var day0 = time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC)

// books is a ledger of a test's own: one outlet, one terminal, and families as the test makes them.
type books struct {
	t        testing.TB
	url      string
	operator *Ledger
	gateway  *Ledger
	link     int16
	now      time.Time
	rrns     map[PANKey]int64 // of each card's newest approved redemption, as Request.Original wants it
}

// templateDatabase is migrated once for the test process and cloned for each test.
const templateDatabase = "template_ledger"

var migrateTemplate sync.Once

func templateName(t testing.TB) string {
	const name = templateDatabase
	migrateTemplate.Do(func() {
		server := pgtest.Server(t)
		if err := server.EnsureDatabase(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		if err := Migrate(t.Context(), server.URL(name), MigrateOptions{Buckets: 2, KeyFingerprint: "test"}); err != nil {
			t.Fatal(err)
		}
	})
	return name
}

func newBooks(t testing.TB) *books {
	t.Helper()
	url := pgtest.CloneDatabase(t, templateName(t))
	b := &books{t: t, url: url, now: day0, rrns: map[PANKey]int64{}}
	b.operator = b.open(RoleOperator)
	b.gateway = b.open(RoleGateway)
	b.must(b.operator.AddOutlet(t.Context(), Outlet{MID: testMID, Name: "E-WARONG MELATI", City: "Jakarta Timur", Region: 3172, Bank: 9}))
	b.addTerminal(testTID)
	link, err := b.gateway.LinkID(t.Context(), "edc")
	b.must(0, err)
	b.link = link
	return b
}

func (b *books) open(role string) *Ledger {
	b.t.Helper()
	l, err := Open(b.t.Context(), Options{URL: b.url, Role: role, AppName: role})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(l.Close)
	return l
}

func (b *books) must(_ any, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *books) addTerminal(tid string) {
	b.t.Helper()
	b.must(0, b.operator.AddTerminal(b.t.Context(), NewTerminal{Link: "edc", TID: tid, MID: testMID}))
}

// pan is a test card's key; its first byte picks the bucket (two of them, so the lowest bit of the fourth does).
func pan(name string, bucket byte) PANKey {
	sum := sha256.Sum256([]byte(name))
	k := PANKey(sum[:16])
	k[3] = k[3]&^1 | bucket
	return k
}

// family makes a family with one card and, unless grant is 0, a purse of testPeriod.
func (b *books) family(id int64, card PANKey) {
	b.t.Helper()
	b.must(0, b.operator.AddFamily(b.t.Context(), id, 3172, fmt.Sprintf("Family %d", id), card))
	b.card(id, card)
}

func (b *books) card(family int64, card PANKey) {
	b.t.Helper()
	b.must(0, b.operator.AddCard(b.t.Context(), NewCard{
		PAN: card, PANKeyID: 1, First6: "999912", Last4: "0001", Expiry: 3012, PINValue: testPIN, Family: family,
	}))
}

func (b *books) disburse(period int32, amount int64) {
	b.t.Helper()
	b.must(b.operator.at(b.now).Disburse(b.t.Context(), Disbursement{Programme: 1, Period: period, AmountIDR: amount}))
}

// post posts one request at the test's time, following a forward as the gateway does.
func (b *books) post(r Request) Result {
	b.t.Helper()
	bucket := b.gateway.BucketOf(r.PAN)
	for range 2 {
		results, err := b.gateway.postAt(b.t.Context(), bucket, []Request{r}, b.now)
		if err != nil {
			b.t.Fatalf("post: %v", err)
		}
		if results[0].MovedTo < 0 {
			b.remember(r, results[0])
			return results[0]
		}
		bucket = results[0].MovedTo
	}
	b.t.Fatal("moved twice")
	return Result{}
}

// batch posts several at once to one bucket.
func (b *books) batch(bucket int16, requests ...Request) []Result {
	b.t.Helper()
	results, err := b.gateway.postAt(b.t.Context(), bucket, requests, b.now)
	if err != nil {
		b.t.Fatalf("post: %v", err)
	}
	for i, r := range results {
		b.remember(requests[i], r)
	}
	return results
}

// remember keeps what a void will name.
func (b *books) remember(request Request, r Result) {
	if (request.Kind == KindRedeem || request.Kind == KindAdvise) && r.Outcome == OutcomeApproved {
		b.rrns[request.PAN] = ParseRRN(r.RRN())
	}
}

// redeem is a purchase as an Indonesian EDC sends it: no local time.
func (b *books) redeem(card PANKey, stan int32, amount int64) Request {
	return Request{
		Kind: KindRedeem, Link: b.link, TID: testTID, STAN: stan, PAN: card, Amount: amount, MID: testMID, Programme: 1,
		LocalStamp: Absent, ATC: Absent, Invoice: fmt.Sprintf("%06d", stan), Batch: 1, NII: 10, EntryMode: 51,
		PINRequired: true, PINValue: testPIN,
	}
}

func (b *books) inquire(card PANKey, stan int32) Request {
	r := b.redeem(card, stan, 0)
	r.Kind, r.ProcessingCode = KindInquire, 310000
	return r
}

// reverse is the reversal of a purchase: same STAN, neither batch nor time nor PIN.
func (b *books) reverse(card PANKey, stan int32, amount int64) Request {
	r := b.redeem(card, stan, amount)
	r.Kind, r.Batch, r.PINRequired, r.PINValue = KindReverse, Absent, false, PINNone
	return r
}

// void cancels the card's newest redemption, under a STAN of its own.
func (b *books) void(card PANKey, stan int32, amount int64) Request {
	r := b.reverse(card, stan, amount)
	r.Kind, r.ProcessingCode, r.Original = KindVoid, 20_000, max(b.rrns[card], 1)
	return r
}

// refund gives back all or part of it.
func (b *books) refund(card PANKey, stan int32, amount int64) Request {
	r := b.void(card, stan, amount)
	r.Kind, r.ProcessingCode = KindRefund, 200_000
	return r
}

// advise books food that was handed out against a signed form.
func (b *books) advise(card PANKey, stan int32, amount int64) Request {
	r := b.reverse(card, stan, amount)
	r.Kind = KindAdvise
	return r
}

// undo is the reversal of any of them: the same STAN.
func undo(r Request) Request {
	r.Kind, r.Original = KindReverse, 0
	return r
}

// balance is what the family may spend, read from the purses.
func (b *books) balance(family int64) int64 {
	b.t.Helper()
	f, err := b.operator.Family(b.t.Context(), family, 10)
	b.must(0, err)
	var sum int64
	for _, p := range f.Purses {
		sum += p.BalanceIDR
	}
	return sum
}

// audit fails the test unless every invariant holds.
func (b *books) audit() AuditReport {
	b.t.Helper()
	report, err := b.operator.Audit(context.WithoutCancel(b.t.Context()), nil)
	b.must(0, err)
	for _, c := range report.Checked {
		if c.Violations > 0 {
			b.t.Errorf("%s (%s): %d violations: %v", c.Invariant, c.Says, c.Violations, c.Examples)
		}
	}
	return report
}

func (b *books) want(what string, got Result, outcome Outcome) Result {
	b.t.Helper()
	if got.Outcome != outcome {
		b.t.Errorf("%s: %v, want %v", what, got.Outcome, outcome)
	}
	return got
}
