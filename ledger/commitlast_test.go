package ledger

import (
	"errors"
	"testing"
)

// TestNothingIsAnsweredBeforeTheCommit: the rows of a call are all here when its commit fails. None of them counts.
func TestNothingIsAnsweredBeforeTheCommit(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	b.asOwner(`create function bpnt.fail() returns trigger language plpgsql as $$ begin raise exception 'at the commit'; end $$;
		create constraint trigger fail after insert on bpnt.message deferrable initially deferred
			for each row execute function bpnt.fail()`)
	purchase := b.redeem(card, 1, 50_000)
	if results, err := b.gateway.Post(t.Context(), 0, []Request{purchase}); !errors.Is(err, ErrRejected) {
		t.Errorf("the commit failed: %+v, %v", results, err)
	}
	b.asOwner(`drop trigger fail on bpnt.message`)
	if r := b.want("the same message, later", b.post(purchase), OutcomeApproved); r.Replay {
		t.Error("it stood in the books")
	}
	b.audit()
}
