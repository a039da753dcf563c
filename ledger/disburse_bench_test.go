package ledger

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime/metrics"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// BenchmarkDisburseFile pays files of Jakarta's size and of one bank's, on a durable server, and holds that against a bare
// COPY of the same rows into a plain logged table in the same run. Each round pays the next month.
//
//	go test ./ledger -run '^$' -bench DisburseFile/families=212948 -benchtime 3x
//	go test ./ledger -run '^$' -bench DisburseFile/families=5000000 -benchtime 1x -timeout 1h
func BenchmarkDisburseFile(b *testing.B) {
	for _, n := range []int{212_948, 5_000_000} {
		b.Run(fmt.Sprintf("families=%d", n), func(b *testing.B) { benchmarkFile(b, n) })
	}
}

func benchmarkFile(b *testing.B, n int) {
	server, err := localpg.Start(b.Context(), localpg.Config{DataDir: pgtest.Folder(b)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Kill() })
	if err := server.EnsureDatabase(b.Context(), "bench"); err != nil {
		b.Fatal(err)
	}
	books := &books{t: b, url: server.URL("bench")}
	books.must(0, Migrate(b.Context(), books.url, MigrateOptions{Buckets: 2, KeyFingerprint: "bench"}))
	books.operator = books.open(RoleOperator)
	books.manyFamilies(n)
	var sum fileTimes
	period := int32(202601)
	for b.Loop() {
		b.StopTimer()
		path := benchFile(b, n, period)
		sum.copied += books.bareCopy(path)
		b.StartTimer()
		sum.run(books, path)
		period++
	}
	sum.report(b, n)
}

// benchFile is a file for all families, in no order that helps.
func benchFile(b *testing.B, n int, period int32) string {
	path := filepath.Join(b.TempDir(), fmt.Sprintf("%d.csv", period))
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	text := bufio.NewWriterSize(file, 1<<20)
	fmt.Fprintf(text, "bpnt,disbursement,1,BENCH-%d,%d,%d\nfamily,programme,period,amount\n", period, n, int64(n)*200_000)
	const step = 7_919 // a prime that divides neither size
	for i := range n {
		fmt.Fprintf(text, "%d,BPNT,%d,200000\n", i*step%n+1, period)
	}
	if err := text.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// bareCopy is the time that Postgres takes for the same lines without any question asked.
func (b *books) bareCopy(path string) time.Duration {
	b.asOwner(`drop table if exists plain; create table plain (family bigint, programme text, period integer, amount bigint)`)
	conn, err := pgx.Connect(b.t.Context(), b.url)
	b.must(0, err)
	defer conn.Close(b.t.Context())
	file, err := os.Open(path)
	b.must(0, err)
	defer file.Close()
	lines := bufio.NewReader(file)
	b.must(lines.ReadSlice('\n'))
	start := time.Now()
	b.must(conn.PgConn().CopyFrom(b.t.Context(), lines, `copy plain from stdin (format csv, header)`))
	return time.Since(start)
}

// fileTimes are what the rounds took together.
type fileTimes struct {
	copied, read, checked, funded time.Duration
	holds                         []time.Duration // of a bucket's lock, with the round trip
	memory                        uint64          // most that the Go process held
}

func (f *fileTimes) run(b *books, path string) {
	last, phase := time.Now(), PhaseRead
	spent := map[string]time.Duration{}
	_, err := b.operator.DisburseFile(b.t.Context(), FileOptions{Path: path, Progress: func(now string, _, _ int64) {
		gap := time.Since(last)
		last = last.Add(gap)
		spent[phase] += gap
		if phase == PhaseFund {
			f.holds = append(f.holds, gap)
		}
		if phase = now; phase == PhaseCheck {
			f.memory = max(f.memory, goMemory())
		}
	}})
	b.must(0, err)
	f.read += spent[PhaseRead]
	f.checked += spent[PhaseCheck]
	f.funded += spent[PhaseFund] + time.Since(last)
	f.memory = max(f.memory, goMemory())
}

// goMemory is what the Go runtime has of the system's memory, and goHeap what of it objects take, dead ones included.
func goMemory() uint64 { return metric("/memory/classes/total:bytes") }
func goHeap() uint64   { return metric("/memory/classes/heap/objects:bytes") }

func metric(name string) uint64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func (f *fileTimes) report(b *testing.B, n int) {
	lines := float64(n) * float64(b.N)
	all := f.read + f.checked + f.funded
	b.ReportMetric(lines/f.read.Seconds(), "read/s")
	b.ReportMetric(lines/f.checked.Seconds(), "checked/s")
	b.ReportMetric(lines/f.funded.Seconds(), "funded/s")
	b.ReportMetric(lines/all.Seconds(), "lines/s")
	b.ReportMetric(lines/f.copied.Seconds(), "copy/s")
	b.ReportMetric(all.Seconds()/f.copied.Seconds(), "xCOPY")
	b.ReportMetric(float64(f.memory)/1e6, "go-MB")
	slices.Sort(f.holds)
	b.ReportMetric(float64(f.holds[len(f.holds)*99/100].Microseconds())/1000, "p99-lock-ms")
	b.ReportMetric(float64(f.holds[len(f.holds)-1].Microseconds())/1000, "max-lock-ms")
}
