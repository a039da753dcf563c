package ledger

import (
	"fmt"
	"testing"
	"time"
)

func (b *books) standing(page StandingPage, terminals, exceptions int) Standing {
	b.t.Helper()
	s, err := b.gateway.at(b.now).standing(b.t.Context(), page, terminals, exceptions)
	b.must(0, err)
	return s
}

// TestStanding: what a screen shows changes with the books, and stands still where nothing happens.
func TestStanding(t *testing.T) {
	b := shop(t)
	s := b.standing(StandingPage{}, 100, 100)
	if !s.At.Equal(b.now) || s.DatabaseBytes < 1<<20 || s.BatchesUnclosed != 0 || s.ExceptionsOpen != 0 || s.TranchesPending != 0 ||
		s.OldestKeysAt != nil || len(s.LinkKeys) != 0 || s.Next != (StandingPage{}) {
		t.Errorf("at first: %+v", s)
	}
	b.sale(1, 10_000)
	if s = b.standing(StandingPage{}, 100, 100); s.BatchesUnclosed != 0 {
		t.Errorf("of today, and already forgotten: %+v", s)
	}
	b.must(0, b.gateway.at(b.now).SetLinkKeys(t.Context(), b.link, []byte("p1"), nil))
	b.must(0, b.gateway.at(b.now).SetTerminalKeys(t.Context(), b.link, testTID, []byte("p1"), nil))
	made := b.now
	b.now = b.now.Add(24 * time.Hour)
	b.sale(2, 2_000)
	b.asOwner(`insert into bpnt.disbursement (name, purses, total, begun_at) values ('BNI-1', 3, 900, now());
		insert into bpnt.tranche (disbursement, programme, period, funded) select max(id), 1, 203001, 700 from bpnt.disbursement`)
	s = b.standing(StandingPage{}, 100, 100)
	if s.BatchesUnclosed != 1 || s.TranchesPending != 1 || s.PendingRupiah != 700 || len(s.LinkKeys) != 1 || s.LinkKeys[0].Link != "edc" ||
		!s.LinkKeys[0].At.Equal(made) || s.OldestKeysAt == nil || !s.OldestKeysAt.Equal(made) {
		t.Errorf("the day after: %+v", s)
	}
	b.forgotten()
	if s = b.standing(StandingPage{}, 100, 100); s.BatchesUnclosed != 0 {
		t.Errorf("after the cut-off: %+v", s)
	}
}

// TestStandingExceptions: the newest note says whether one is open.
func TestStandingExceptions(t *testing.T) {
	b := shop(t)
	b.sale(1, 10_000)
	b.settles("settlement", b.claim(10, 1, 12_000), OutcomeTotalsDiffer, false, sales(1, 10_000))
	b.settles("trailer", b.trailer(11), OutcomeApproved, false, sales(1, 10_000))
	id := b.listed(ExceptionFilter{}, 1)[0].ID
	for i, settled := range []bool{false, true, false} {
		b.must(0, b.operator.NoteException(t.Context(), id, "looked at", settled))
		want := int64(1)
		if settled {
			want = 0
		}
		if s := b.standing(StandingPage{}, 100, 100); s.ExceptionsOpen != want {
			t.Errorf("note %d: %d open, want %d", i, s.ExceptionsOpen, want)
		}
	}
}

// TestStandingPages: page by page each terminal and each exception is counted once, and the last page says that it is.
func TestStandingPages(t *testing.T) {
	b := shop(t)
	for i := range 4 {
		b.addTerminal(fmt.Sprintf("7000000%d", i))
		r := b.redeem(pan("b", 1), int32(i+1), 1_000)
		r.TID = fmt.Sprintf("7000000%d", i)
		b.want("sale", b.post(r), OutcomeApproved)
	}
	b.asOwner(`insert into bpnt.exception (key, kind, at, business_date) select 'k' || i, 'test', now(), current_date from generate_series(1, 7) i`)
	b.now = b.now.Add(24 * time.Hour)
	var page StandingPage
	var unclosed, open int64
	for range 10 {
		s := b.standing(page, 2, 3)
		if page.Terminal > 0 || page == (StandingPage{}) {
			unclosed += s.BatchesUnclosed
		}
		if page.Exception > 0 || page == (StandingPage{}) {
			open += s.ExceptionsOpen
		}
		if page = s.Next; page == (StandingPage{}) {
			break
		}
	}
	if unclosed != 4 || open != 7 || page != (StandingPage{}) {
		t.Errorf("%d batches, %d exceptions, next %+v", unclosed, open, page)
	}
}

// TestStandingStaysFlat: a reading reads as few rows of books with many messages as of books with few, counted by the server.
func TestStandingStaysFlat(t *testing.T) {
	b := shop(t)
	b.sale(1, 10_000)
	read := func() int64 {
		before := b.rowsRead()
		b.standing(StandingPage{}, 100, 100)
		return b.rowsRead() - before
	}
	few := read()
	b.manyMessages(20_000)
	if many := read(); many > few+10 {
		t.Errorf("%d rows read of few messages, %d of 20,000 more", few, many)
	}
}

// manyMessages writes sales of today into the open batch of the test's terminal, as post() would have.
func (b *books) manyMessages(n int) {
	b.t.Helper()
	b.asOwner(fmt.Sprintf(`insert into bpnt.message (bucket, terminal, stan, class, pan, generation, id, at, epoch, processing_code,
			amount, invoice, outcome, balance, batch)
		select 0, t.id, i %% 1000000, 'R', gen_random_uuid(), 0, 1000000 + i, now(), 0, 0, 1000, '', 1, 0, t.batch
		  from bpnt.terminal t, generate_series(1, %d) i where t.tid = '%s'`, n, testTID))
}

// BenchmarkStanding is a reading with full pages, of books with a million messages, a thousand in each terminal's open batch.
func BenchmarkStanding(b *testing.B) {
	books := newBooks(b)
	books.asOwner(fmt.Sprintf(`insert into bpnt.terminal (link, tid, outlet)
		select t.link, 'A' || lpad(i::text, 7, '0'), t.outlet from bpnt.terminal t, generate_series(1, 999) i where t.tid = '%s';
		insert into bpnt.exception (key, kind, at, business_date)
		select 'k' || i, 'test', now(), current_date from generate_series(1, 2000) i`, testTID))
	books.asOwner(`insert into bpnt.message (bucket, terminal, stan, class, pan, generation, id, at, epoch, processing_code,
			amount, invoice, outcome, balance, batch)
		select i % 2, t.id, i, 'R', gen_random_uuid(), 0, i * 2000 + t.id, now(), 0, 0, 1000, '', 1, 0, t.batch
		  from generate_series(1, 1000) i, bpnt.terminal t`)
	for b.Loop() {
		s := books.standing(StandingPage{}, standingTerminals, standingExceptions)
		if s.ExceptionsOpen != standingExceptions || s.Next.Terminal == 0 {
			b.Fatalf("%+v", s)
		}
	}
}
