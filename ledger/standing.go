package ledger

import (
	"context"
	"time"
)

// Standing is what an operator's screen shows of the books. What grows with the number of terminals or of exceptions comes
// in pages, so that a reading costs the same at any size; one who wants all of it goes on until there is no further page.
type Standing struct {
	At            time.Time // by the server's clock
	DatabaseBytes int64
	// TranchesPending is how many tranches are being funded and cannot be spent yet.
	TranchesPending int64
	PendingRupiah   int64      // whole rupiah that they hold so far
	LinkKeys        []LinkKeys // of links whose working keys were exchanged

	// BatchesUnclosed is how many terminals of this page have an open batch that began before the last cut-over.
	BatchesUnclosed int64
	OldestKeysAt    *time.Time // when the oldest working keys of this page's active terminals were made; nil for none
	// ExceptionsOpen is how many exceptions of this page are not settled.
	ExceptionsOpen int64
	Next           StandingPage
}

// LinkKeys says when the working keys of a switch's zone came.
type LinkKeys struct {
	Link string
	At   time.Time
}

// StandingPage is where the pages of terminals and of exceptions begin: behind these numbers. 0 is the first page, and in
// Standing.Next it says that there was no other.
type StandingPage struct {
	Terminal  int32
	Exception int64
}

// The sizes of the pages. A terminal costs an index probe a bucket, an exception one: 15 ms in all, with a million messages
// in the books and two buckets (BenchmarkStanding).
const (
	standingTerminals  = 1_000
	standingExceptions = 2_000
)

const standingSQL = `select at, database_bytes, tranches_pending, pending_rupiah, links, link_keys_at, batches_unclosed,
	oldest_keys_at, coalesce(terminals_end, 0), exceptions_open, coalesce(exceptions_end, 0)
	from bpnt.books_standing($1, $2, $3, $4, $5)`

// Standing reads it. Both roles may; nothing is changed or locked.
func (l *Ledger) Standing(ctx context.Context, page StandingPage) (Standing, error) {
	return l.standing(ctx, page, standingTerminals, standingExceptions)
}

func (l *Ledger) standing(ctx context.Context, page StandingPage, terminals, exceptions int) (s Standing, err error) {
	var names []string
	var since []time.Time
	err = l.pool.QueryRow(ctx, standingSQL, l.now(), page.Terminal, terminals, page.Exception, exceptions).
		Scan(&s.At, &s.DatabaseBytes, &s.TranchesPending, &s.PendingRupiah, &names, &since, &s.BatchesUnclosed,
			&s.OldestKeysAt, &s.Next.Terminal, &s.ExceptionsOpen, &s.Next.Exception)
	for i, name := range names {
		s.LinkKeys = append(s.LinkKeys, LinkKeys{Link: name, At: since[i]})
	}
	return s, readError(err)
}
