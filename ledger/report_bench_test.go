package ledger

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// BenchmarkReports measures every report of a year at Jakarta's size and at one bank's, on a durable server. The books are
// written directly (testdata/report_year.sql); the messages of the bank's size are those of the last month only.
//
//	go test ./ledger -run '^$' -bench 'Reports/families=212948' -benchtime 3x
//	go test ./ledger -run '^$' -bench 'Reports/families=5000000' -benchtime 1x -timeout 2h
func BenchmarkReports(b *testing.B) {
	for _, size := range []struct{ families, months, messages int }{{212_948, 12, 12}, {5_000_000, 12, 1}} {
		b.Run(fmt.Sprintf("families=%d", size.families), func(b *testing.B) {
			books := yearBooks(b, size.families, size.months, size.messages).open(RoleOperator)
			for _, ask := range benchReports() {
				b.Run(ask.name, func(b *testing.B) { benchmarkReport(b, books, ask.report, ask.asOf) })
			}
		})
	}
}

// yearBooks writes books of so many months, with the messages of the last of them.
func yearBooks(b *testing.B, families, months, messages int) *books {
	server, err := localpg.Start(b.Context(), localpg.Config{DataDir: pgtest.Folder(b), Settings: map[string]string{"fsync": "off"}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Kill() })
	if err := server.EnsureDatabase(b.Context(), "bench"); err != nil {
		b.Fatal(err)
	}
	books := &books{t: b, url: server.URL("bench")}
	books.must(0, Migrate(b.Context(), books.url, MigrateOptions{Buckets: 2, KeyFingerprint: "bench"}))
	text, err := os.ReadFile("testdata/report_year.sql")
	books.must(0, err)
	conn, err := pgx.Connect(b.Context(), books.url)
	books.must(0, err)
	defer conn.Close(b.Context())
	start := time.Now()
	do := func(sql string) { books.must(conn.Exec(b.Context(), sql)) }
	do(string(text))
	do(`set work_mem = '1GB'; set maintenance_work_mem = '2GB'; set jit = off`)
	do(fmt.Sprintf(`call report_world(%d)`, families))
	for m := range months {
		do(fmt.Sprintf(`call report_month(%d, %d, %v)`, m, families, m >= months-messages))
	}
	do(`call report_end()`)
	do(`drop table bpnt.fam`)
	do(`vacuum analyze`)
	fmt.Fprintf(os.Stderr, "%d families, %d months: written in %v\n", families, months, time.Since(start).Round(time.Second))
	return books
}

type benchReport struct {
	name   string
	report Report
	asOf   string
}

func benchReports() []benchReport {
	month := Scope{FromPeriod: 202610}
	year := Scope{FromPeriod: 202511, ToPeriod: 202610}
	days := Scope{From: "2026-10-25", To: "2026-11-20"}
	const mid = "DKI000000000002"
	return []benchReport{
		{"realisation of a month", Realisation(month, false), ""},
		{"realisation of an old month", Realisation(Scope{FromPeriod: 202601}, false), "2026-02-28 12:00"},
		{"realisation of a year by month", Realisation(year, false), ""},
		{"realisation of a year as one", Realisation(year, true), ""},
		{"untouched in a month", Untouched(month), ""},
		{"outlets, a month", Outlets(Scope{FromPeriod: 202610}), ""},
		{"outlets, a year", Outlets(year), ""},
		{"outlet, a month", OutletStatement(mid, days, false), ""},
		{"outlet, a month by day", OutletStatement(mid, days, true), ""},
		{"family, a year", FamilyStatement(3171000000002, Scope{}), ""},
		{"declines of a month", Declines(days), ""},
		{"dormancy, a year", Dormancy(Scope{}), ""},
		{"disbursements, a year", Disbursements(Scope{}), ""},
		{"exceptions of a month", Exceptions(days), ""},
		{"flags of the 25th", Flags(Scope{From: "2026-10-25"}, DefaultThresholds()), ""},
	}
}

// counter counts lines, as somebody who pipes a report into a file.
type counter struct{ lines int }

func (c *counter) Begin(ReportHead) error { return nil }
func (c *counter) Row([]any) error        { c.lines++; return nil }
func (c *counter) Total([]any) error      { return nil }

func benchmarkReport(b *testing.B, l *Ledger, r Report, asOf string) {
	at, err := ParseAsOf(asOf)
	if err != nil {
		b.Fatal(err)
	}
	var c counter
	for b.Loop() {
		c.lines = 0
		if err := l.Report(b.Context(), r, at, &c); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(c.lines), "lines")
}
