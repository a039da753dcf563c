package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// as is a session of a role that is not the owner of the books.
func (b *books) as(role string) *pgx.Conn {
	b.t.Helper()
	conn, err := pgx.Connect(b.t.Context(), b.url)
	b.must(0, err)
	b.t.Cleanup(func() { _ = conn.Close(context.Background()) })
	b.must(conn.Exec(b.t.Context(), "set session authorization "+role))
	return conn
}

// TestOnlyTheOwnerGivesTheTime: who could choose the clock could spend an expired month, or push a sale into a day that is
// settled. Gateways and operators take the server's.
func TestOnlyTheOwnerGivesTheTime(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	c := newColumns([]Request{b.redeem(card, 1, 1_000)}, make([]Result, 1))
	gateway, operator := b.as(RoleGateway), b.as(RoleOperator)
	for given, want := range map[pgtype.Timestamptz]string{{}: "", {Time: time.Now(), Valid: true}: "42501"} {
		_, posted := gateway.Exec(t.Context(), postSQL, c.arguments(0, given)...)
		_, settled := operator.Exec(t.Context(), `select * from bpnt.settle_due($1, 9::smallint)`, given)
		for who, err := range map[string]error{"gateway": posted, "operator": settled} {
			var server *pgconn.PgError
			if errors.As(err, &server); (want == "") != (err == nil) || err != nil && server.Code != want {
				t.Errorf("%s gives %v: %v", who, given, err)
			}
		}
	}
	b.audit()
}

// TestCallsAreBounded: a call holds the bucket's lock, so it may not be made longer than BatchMax.
func TestCallsAreBounded(t *testing.T) {
	b := newBooks(t)
	requests := make([]Request, BatchMax+1)
	for i := range requests {
		requests[i] = b.inquire(pan(fmt.Sprint(i), 0), int32(i))
	}
	if _, err := b.gateway.Post(t.Context(), 0, requests); !errors.Is(err, ErrRejected) || !strings.Contains(err.Error(), "54000") {
		t.Errorf("%d at once: %v", len(requests), err)
	}
	if _, err := b.gateway.Post(t.Context(), 0, requests[:BatchMax]); err != nil {
		t.Errorf("%d at once: %v", BatchMax, err)
	}
}

// TestAuditAddsUp: what the commands and the load test look at is the sum of all that is broken.
func TestAuditAddsUp(t *testing.T) {
	b := newBooks(t)
	b.family(1, pan("a", 0))
	b.disburse(testPeriod, testGrant)
	if r := b.audit(); !r.Clean() {
		t.Errorf("%d violations of clean books", r.Violations)
	}
	r := b.auditAfter(`update bpnt.purse set balance = balance - 1; update bpnt.tranche set purses = purses + 1`)
	var sum int64
	for _, c := range r.Checked {
		sum += c.Violations
	}
	if sum < 3 || r.Violations != sum || r.Clean() {
		t.Errorf("%d violations, %d in all, clean %v", sum, r.Violations, r.Clean())
	}
}
