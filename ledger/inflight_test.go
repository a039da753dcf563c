package ledger

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// TestOriginalInFlight: a purchase is decided and written and not committed when its reversal, the gateway's tombstone
// for it or its copy comes over another connection. Each waits, and then knows: what committed is found, and what was
// rolled back can never happen any more.
func TestOriginalInFlight(t *testing.T) {
	for name, c := range map[string]struct {
		comes func(Request) Request
		end   string
		want  Outcome
		late  Outcome // to the purchase, sent once more
		spent int64
	}{
		"reversal, committed":    {reversalOf, "commit", OutcomeReversed, OutcomeBlocked, 0},
		"reversal, rolled back":  {reversalOf, "rollback", OutcomeReversalUnmatched, OutcomeBlocked, 0},
		"tombstone, committed":   {tombstoneOf, "commit", OutcomeApproved, OutcomeApproved, 1_000},
		"tombstone, rolled back": {tombstoneOf, "rollback", OutcomeBlocked, OutcomeBlocked, 0},
		"copy, committed":        {copyOf, "commit", OutcomeApproved, OutcomeApproved, 1_000},
		"copy, rolled back":      {copyOf, "rollback", OutcomeApproved, OutcomeApproved, 1_000},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t)
			card := pan("in flight", 0)
			b.family(1, card)
			b.disburse(testPeriod, testGrant)
			purchase := b.redeem(card, 1, 1_000)
			holder := b.inFlight(purchase)
			answered := make(chan Result, 1)
			go func() { answered <- b.post(c.comes(purchase)) }()
			b.waiting(1)
			b.must(holder.Exec(t.Context(), c.end))
			b.want("what came meanwhile", <-answered, c.want)
			b.want("the purchase, late", b.post(purchase), c.late)
			if got := testGrant - b.balance(1); got != c.spent {
				t.Errorf("Rp %d are spent, want %d", got, c.spent)
			}
			b.audit()
		})
	}
}

func reversalOf(r Request) Request {
	r.Kind, r.Batch, r.PINRequired, r.PINValue = KindReverse, Absent, false, PINNone
	return r
}

func tombstoneOf(r Request) Request {
	r.Kind = KindBlock
	return r
}

func copyOf(r Request) Request { return r }

// inFlight posts in a transaction that the test ends.
func (b *books) inFlight(r Request) *pgx.Conn {
	b.t.Helper()
	config, err := poolConfig(Options{URL: b.url, Role: RoleGateway})
	b.must(0, err)
	conn, err := pgx.ConnectConfig(b.t.Context(), config.ConnConfig)
	b.must(0, err)
	b.t.Cleanup(func() { _ = conn.Close(context.Background()) })
	b.must(conn.Exec(b.t.Context(), "begin"))
	c := newColumns([]Request{r}, make([]Result, 1))
	clock := pgtype.Timestamptz{Time: b.now, Valid: true}
	b.must(conn.Exec(b.t.Context(), postSQL, c.arguments(b.gateway.BucketOf(r.PAN), clock)...))
	return conn
}
