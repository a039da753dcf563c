package ledger

import (
	"crypto/md5"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// BenchmarkGrowth shows what a redemption costs and how long reports take with empty books, after a month and after a year
// of Jakarta, and prints a table of it. Redemptions are of a month that is disbursed on top, by cards drawn at random, in
// batches of 100 by one lane. With -short Jakarta has 10,000 families.
//
//	go test ./ledger -run '^$' -bench Growth -benchtime 1x -timeout 30m
func BenchmarkGrowth(b *testing.B) {
	families := JakartaFamilies
	if testing.Short() {
		families = 10_000
	}
	for _, months := range []int{0, 1, 12} {
		b.Run(fmt.Sprintf("months=%d", months), func(b *testing.B) {
			g := newGrowth(b, families, months)
			for b.Loop() {
				g.redemptions()
				g.reports()
			}
		})
	}
}

// growth is books of so many months, and one lane's connection to them.
type growth struct {
	*books
	b        *testing.B
	families int
	months   int
	operator *Ledger
	owner    *pgx.Conn
	stan     int32
}

const (
	growthBatch   = 100
	growthBatches = 300
)

func newGrowth(b *testing.B, families, months int) *growth {
	books := yearBooks(b, families, months, months)
	g := &growth{books: books, b: b, families: families, months: months, operator: books.open(RoleOperator)}
	owner, err := pgx.Connect(b.Context(), books.url)
	books.must(0, err)
	b.Cleanup(func() { _ = owner.Close(b.Context()) })
	g.owner = owner
	g.exec(fmt.Sprintf(`update bpnt.card set pin_value = %d`, testPIN))
	at := time.Date(2025, 11, 25, 12, 0, 0, 0, time.FixedZone("WIB", 7*3600)).AddDate(0, months, 0)
	_, err = g.operator.at(at).Disburse(b.Context(), Disbursement{Programme: 1, Period: monthOf(at), AmountIDR: 10_000_000})
	books.must(0, err)
	g.exec(`vacuum analyze`)
	g.exec(`checkpoint`)
	return g
}

func (g *growth) exec(sql string) { g.must(g.owner.Exec(g.b.Context(), sql)) }

// redemptions measures them after a third as many that are not counted: plans are made and pages are in memory then.
func (g *growth) redemptions() {
	lane, err := Open(g.b.Context(), Options{URL: g.url, Role: RoleGateway, MaxConns: 1})
	g.must(0, err)
	defer lane.Close()
	g.post(lane, growthBatches/3)
	var pid int
	g.must(0, lane.pool.QueryRow(g.b.Context(), `select pg_backend_pid()`).Scan(&pid))
	cpu, wal, pages, began := backendTime(g.b, pid), g.number(walBytes), g.pages(lane), time.Now()
	g.post(lane, growthBatches)
	took, n := time.Since(began), float64(growthBatches*growthBatch)
	used, written := backendTime(g.b, pid)-cpu, g.number(walBytes)-wal
	read := g.pages(lane) - pages
	g.b.ReportMetric(n/took.Seconds(), "redemptions/s")
	g.b.ReportMetric(float64(used.Nanoseconds())/1e3/n, "us-backend/op")
	g.b.ReportMetric(float64(read)/n, "pages/op")
	g.b.ReportMetric(float64(written)/n, "WAL-bytes/op")
	fmt.Fprintf(os.Stderr, "%2d months  %8.0f redemptions/s  %6.1f us of its backend  %5.1f pages  %5.0f bytes of WAL\n",
		g.months, n/took.Seconds(), float64(used.Nanoseconds())/1e3/n, float64(read)/n, float64(written)/n)
}

// walBytes is how much log the server has written in its life.
const walBytes = `select (pg_current_wal_lsn() - '0/0')::bigint`

// pages is how many pages of the books were looked at so far, in memory or not; the lane's backend tells what it counted.
func (g *growth) pages(lane *Ledger) int64 {
	g.must(lane.pool.Exec(g.b.Context(), `select pg_stat_force_next_flush()`))
	return g.number(`select sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)::bigint
		from pg_statio_all_tables where schemaname = 'bpnt'`)
}

func (g *growth) number(sql string) (n int64) {
	g.must(0, g.owner.QueryRow(g.b.Context(), sql).Scan(&n))
	return n
}

// post posts batches of cards of bucket 0, which have even numbers, each card once in a batch.
func (g *growth) post(lane *Ledger, batches int) {
	for range batches {
		requests := make([]Request, 0, growthBatch)
		seen := map[int]bool{}
		for len(requests) < growthBatch {
			i := 2 + 2*rand.IntN(g.families/2-1)
			if i%100 == 0 || seen[i] { // those are blocked
				continue
			}
			seen[i] = true
			g.stan++
			requests = append(requests, Request{
				Kind: KindRedeem, Link: 1, TID: fmt.Sprintf("%08d", i%max(1, g.families/842)+1), STAN: g.stan % 1_000_000,
				PAN: md5.Sum([]byte(strconv.Itoa(i))), Amount: 500, Programme: 1, LocalStamp: Absent, ATC: Absent, Invoice: "000002",
				Batch: 1, NII: 10, EntryMode: 51, PINRequired: true, PINValue: testPIN,
			})
		}
		results, err := lane.Post(g.b.Context(), 0, requests)
		g.must(0, err)
		for _, r := range results {
			if r.Outcome != OutcomeApproved {
				g.b.Fatalf("%+v", r)
			}
		}
	}
}

// reports reads those of the last month, and of all months.
func (g *growth) reports() {
	last := time.Date(2025, 11, 25, 0, 0, 0, 0, time.UTC).AddDate(0, max(g.months, 1)-1, 0)
	month := Scope{FromPeriod: monthOf(last)}
	days := Scope{From: last.Format(time.DateOnly), To: last.AddDate(0, 0, 20).Format(time.DateOnly)}
	for _, ask := range []benchReport{
		{"realisation of a month", Realisation(month, false), ""},
		{"realisation of all months", Realisation(Scope{FromPeriod: 202511, ToPeriod: monthOf(last)}, false), ""},
		{"untouched in a month", Untouched(month), ""},
		{"outlet, a month", OutletStatement("DKI000000000002", days, false), ""},
		{"declines of a month", Declines(days), ""},
		{"flags of the 25th", Flags(Scope{From: days.From}, DefaultThresholds()), ""},
	} {
		began := time.Now()
		var c counter
		g.must(0, g.operator.Report(g.b.Context(), ask.report, AsOf{}, &c))
		fmt.Fprintf(os.Stderr, "%2d months  %-26s %6.2f s  %d lines\n", g.months, ask.name, time.Since(began).Seconds(), c.lines)
	}
}

// backendTime is the processor time of a server process. It is skipped where the system does not tell.
func backendTime(b *testing.B, pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	if err != nil {
		b.Skip("this system does not tell the processor time of a process")
	}
	ns, err := strconv.ParseInt(strings.Fields(string(text))[0], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(ns)
}
