package ledger

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

//go:embed testdata/flat.sql
var flatSQL string

// The measurement alternates slices of flat and real redemptions, because the machine's speed drifts by more than what
// is looked for; only the ratio of two slices that stand side by side counts, and of those the median.
const (
	purseRounds = 15
	purseSlice  = 300 * time.Millisecond
)

// BenchmarkPurses measures what purses and rules cost: redemptions by post() against the same redemptions on one flat
// balance a card (testdata/flat.sql), in turns on one durable server, at Jakarta's size. Families have one purse; or
// twelve, of which eleven are spent and set aside; or twelve that all hold money. One lane, and only the calls are timed.
func BenchmarkPurses(b *testing.B) {
	server, err := localpg.Start(b.Context(), localpg.Config{DataDir: pgtest.Folder(b)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Kill() })
	area := NewJakarta(1)
	url := seeded(b, server, area)
	makeFlat(b, url)
	for _, f := range []funding{{"one", 1, false}, {"spent", 12, true}, {"kept", 12, false}} {
		b.Run("purses="+f.name, func(b *testing.B) { benchmarkFunding(b, server, area, f) })
	}
}

// funding is what families have been given, and whether they spent all but the last of it.
type funding struct {
	name   string // and of the database
	months int
	spent  bool
}

// makeFlat makes the flat ledger beside the books, with the same cards.
func makeFlat(b *testing.B, url string) {
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	if _, err := conn.PgConn().Exec(b.Context(), flatSQL).ReadAll(); err != nil {
		b.Fatal(err)
	}
}

func benchmarkFunding(b *testing.B, server *localpg.Server, area Jakarta, f funding) {
	if _, err := server.Exec(b.Context(), "postgres", "create database "+f.name+" template bench"); err != nil {
		b.Fatal(err)
	}
	f.fund(b, server)
	gateway, err := Open(b.Context(), Options{URL: server.URL(f.name), Role: RoleGateway, MaxConns: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer gateway.Close()
	stan := int32(0)
	for _, size := range []int{1, 60, 200} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) { benchmarkTurns(b, gateway, area, size, &stan) })
	}
}

// fund gives every family the periods after the first. Where families spend all, their purses are emptied by hand before
// each: that is quicker than a redemption each, and leaves the same rows for post() to meet.
func (f funding) fund(b *testing.B, server *localpg.Server) {
	operator, err := Open(b.Context(), Options{URL: server.URL(f.name), Role: RoleOperator})
	if err != nil {
		b.Fatal(err)
	}
	defer operator.Close()
	for _, period := range twelve[1:f.months] {
		if f.spent {
			if _, err := server.Exec(b.Context(), f.name, `update bpnt.purse set balance = 0 where state = 'O'`); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := operator.Disburse(b.Context(), Disbursement{Programme: 1, Period: period, AmountIDR: 99_999_999}); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := server.Exec(b.Context(), f.name, `vacuum analyze`); err != nil {
		b.Fatal(err)
	}
}

// benchmarkTurns measures slices of flat and real redemptions in turns.
func benchmarkTurns(b *testing.B, gateway *Ledger, area Jakarta, size int, stan *int32) {
	link, err := gateway.LinkID(b.Context(), "edc")
	if err != nil {
		b.Fatal(err)
	}
	turn := func(sql string) float64 {
		var count int
		var took time.Duration
		for took < purseSlice {
			requests := benchRequests(link, area, size, stan)
			start := time.Now()
			count += postTo(b, gateway, sql, requests)
			took += time.Since(start)
		}
		return float64(count) / took.Seconds()
	}
	flatPost := strings.Replace(postSQL, "bpnt.post(", "flat.post(", 1)
	var flat, purses, ratios []float64
	for b.Loop() {
		for range purseRounds {
			flat, purses = append(flat, turn(flatPost)), append(purses, turn(postSQL))
			ratios = append(ratios, purses[len(purses)-1]/flat[len(flat)-1])
		}
	}
	b.ReportMetric(median(ratios), "purses/flat")
	b.ReportMetric(median(flat), "flat/s")
	b.ReportMetric(median(purses), "purses/s")
}

// postTo posts a batch to bucket 0 by one of the two functions and counts what it approved, which is all of it.
func postTo(b *testing.B, gateway *Ledger, sql string, requests []Request) int {
	results := make([]Result, len(requests))
	c := newColumns(requests, results)
	rows, err := gateway.pool.Query(b.Context(), sql, c.arguments(0, gateway.now())...)
	if err != nil {
		b.Fatal(err)
	}
	for rows.Next() {
		if err := scanResult(rows, 0, c.place, results); err != nil {
			b.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	for _, r := range results {
		if r.Outcome != OutcomeApproved {
			b.Fatalf("%+v", r)
		}
	}
	return len(results)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
