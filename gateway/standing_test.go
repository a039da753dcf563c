package gateway

import (
	"maps"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"bpnt/ledger"
)

// shown are the figures of a page that holds nothing but the books'.
func shown(t *testing.T, s *standing) map[string]float64 {
	t.Helper()
	m := &metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(standingPage{books: s})
	page := httptest.NewRecorder()
	m.page().ServeHTTP(page, httptest.NewRequest("GET", "/metrics", nil))
	figures := map[string]float64{}
	for line := range strings.Lines(page.Body.String()) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") {
			v, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			figures[name] = v
		}
	}
	return figures
}

// TestStandingWithoutDatabase: before the first reading only an age is shown; later the last figures stay, and age.
func TestStandingWithoutDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		books := newPoster()
		books.down = true
		s := newStanding(books, discard())
		go s.watch(t.Context())
		time.Sleep(20 * time.Second)
		if got, want := shown(t, s), (map[string]float64{"bpnt_books_age_seconds": 20}); !maps.Equal(got, want) {
			t.Errorf("never read: %v", got)
		}
		made := time.Now().Add(-time.Hour)
		books.set(func() {
			books.down, books.standing = false, ledger.Standing{
				At: time.Now(), ExceptionsOpen: 3, BatchesUnclosed: 2, TranchesPending: 1, PendingRupiah: 700, DatabaseBytes: 5,
				OldestKeysAt: &made, LinkKeys: []ledger.LinkKeys{{Link: "bni", At: made}},
			}
		})
		time.Sleep(10 * time.Second) // it is read at the 30th second
		synctest.Wait()
		books.set(func() { books.down = true })
		time.Sleep(10 * time.Minute)
		want := map[string]float64{
			"bpnt_exceptions_open": 3, "bpnt_batches_unclosed": 2, "bpnt_tranches_pending": 1, "bpnt_tranche_pending_rupiah": 700,
			"bpnt_database_bytes": 5, "bpnt_books_age_seconds": 600,
			"bpnt_terminal_keys_oldest_seconds": 3600 + 600, `bpnt_link_keys_age_seconds{link="bni"}`: 3600 + 600,
		}
		if got := shown(t, s); !maps.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

// TestStandingPages: a sum is shown when all its pages were read, and the next turn replaces it.
func TestStandingPages(t *testing.T) {
	books := newPoster()
	s := newStanding(books, discard())
	early, late := time.Unix(100, 0), time.Unix(200, 0)
	for i, step := range []struct {
		now      ledger.Standing
		unclosed tally
		open     tally
		oldest   *time.Time
	}{
		{ledger.Standing{BatchesUnclosed: 1, ExceptionsOpen: 5, OldestKeysAt: &late, Next: ledger.StandingPage{Terminal: 7}}, tally{turn: 1}, tally{sum: 5, known: true}, nil},
		{ledger.Standing{BatchesUnclosed: 2, ExceptionsOpen: 4, OldestKeysAt: &early, Next: ledger.StandingPage{Exception: 9}}, tally{sum: 3, known: true}, tally{sum: 5, turn: 4, known: true}, &early},
		{ledger.Standing{BatchesUnclosed: 6, ExceptionsOpen: 2, OldestKeysAt: &late}, tally{sum: 6, known: true}, tally{sum: 6, known: true}, &late},
	} {
		books.standing = step.now
		if err := s.read(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s.unclosed != step.unclosed || s.open != step.open || s.keys.at != step.oldest {
			t.Errorf("reading %d: %+v %+v %v", i, s.unclosed, s.open, s.keys.at)
		}
	}
	want := []ledger.StandingPage{{}, {Terminal: 7}, {Exception: 9}}
	if len(books.looks) != 3 || books.looks[1] != want[1] || books.looks[2] != want[2] {
		t.Errorf("asked for %+v", books.looks)
	}
}

// TestDisk: what is shown of the books' disk is there only where they are.
func TestDisk(t *testing.T) {
	free, size, err := diskSpace(t.TempDir())
	if err != nil {
		t.Skip(err)
	}
	if free == 0 || free > size {
		t.Errorf("%d of %d bytes free", free, size)
	}
	for _, folder := range []string{"", "/nowhere/at/all"} {
		if _, _, err := diskSpace(folder); err == nil {
			t.Errorf("folder %q has a disk", folder)
		}
	}
}
