package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// fileOfMany pays families 1 to n their month, and has one more line.
func fileOfMany(id string, n int, last string) string {
	var text strings.Builder
	total := int64(n) * 200_000
	count := n
	if last != "" {
		count++
	}
	fmt.Fprintf(&text, "bpnt,disbursement,1,%s,%d,%d\nfamily,programme,period,amount\n", id, count, total)
	for i := range n {
		fmt.Fprintf(&text, "%d,BPNT,202611,200000\n", i+1)
	}
	text.WriteString(last)
	return text.String()
}

// manyFamilies are books with n families, in both buckets, made by their owner.
func (b *books) manyFamilies(n int) {
	b.t.Helper()
	b.asOwner(fmt.Sprintf(`insert into bpnt.family (bucket, id, region, name)
		select (hashint8(i) & 1)::smallint, i, 3172, 'Family ' || i from generate_series(1, %d) i; analyze bpnt.family`, n))
}

// TestCancelInEveryPhase: whoever stops is told to run it again, and that finishes it.
func TestCancelInEveryPhase(t *testing.T) {
	const n = 5_000
	b := newBooks(t)
	b.manyFamilies(n)
	path := b.write("pay.csv", fileOfMany("X", n, ""))
	jobs := newKiller(b, time.Second)
	for _, phase := range []string{PhaseRead, PhaseCheck, PhaseFund} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := b.operator.DisburseFile(ctx, FileOptions{Path: path, Progress: func(at string, _, _ int64) {
			if at == phase {
				cancel()
			}
		}})
		cancel()
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "run it again") {
			t.Errorf("%s: %v", phase, err)
		}
		jobs.await()
	}
	report, err := b.operator.DisburseFile(t.Context(), FileOptions{Path: path})
	b.must(0, err)
	if report.Funded == 0 || report.Before == 0 || report.Funded+report.Before != n {
		t.Errorf("%+v", report)
	}
	if r := b.audit(); r.FundedIDR != n*200_000 {
		t.Errorf("%+v", r)
	}
}

// TestReverseHalfFunded: a file that was broken off may be taken back instead of finished; it can be paid under another
// identity then, and its own is used up.
func TestReverseHalfFunded(t *testing.T) {
	const n = 5_000
	b := newBooks(t)
	b.manyFamilies(n)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	path := b.write("pay.csv", fileOfMany("X", n, ""))
	_, err := b.operator.DisburseFile(ctx, FileOptions{Path: path, Progress: func(at string, _, _ int64) {
		if at == PhaseFund {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	newKiller(b, time.Second).await()
	moved, err := b.operator.ReverseDisbursement(t.Context(), "X", "the wrong month", nil)
	b.must(0, err)
	if moved.Purses == 0 || moved.Purses >= n {
		t.Errorf("%+v", moved)
	}
	if _, err := b.operator.DisburseFile(t.Context(), FileOptions{Path: path}); err == nil || !strings.Contains(err.Error(), "was reversed") {
		t.Errorf("%v", err)
	}
	b.audit()
	report, err := b.pay(fileOfMany("Y", n, ""))
	b.must(0, err)
	if report.Funded != n || report.Before != 0 {
		t.Errorf("%+v", report)
	}
	b.audit()
}

// TestChunksDoNotWaitForTheDisk: but whatever is committed in their session afterwards does.
func TestChunksDoNotWaitForTheDisk(t *testing.T) {
	b := newBooks(t)
	conn, err := pgx.Connect(t.Context(), b.url)
	b.must(0, err)
	defer conn.Close(t.Context())
	setting := func(q interface {
		QueryRow(context.Context, string, ...any) pgx.Row
	},
	) (value string) {
		b.must(0, q.QueryRow(t.Context(), `show synchronous_commit`).Scan(&value))
		return value
	}
	b.must(0, pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
		b.must(tx.Exec(t.Context(), `select bpnt.disburse_chunk(null, 1, 0::smallint, 0, 500)`))
		if got := setting(tx); got != "off" {
			t.Errorf("synchronous_commit is %s when a chunk commits", got)
		}
		return nil
	}))
	if got := setting(conn); got != "on" {
		t.Errorf("synchronous_commit is %s after it", got)
	}
}

// TestChunkNeverReadsTheBucket: however many purses there are, and whatever the figures of them say, a chunk reads a few
// rows for each of its own.
func TestChunkNeverReadsTheBucket(t *testing.T) {
	const n = 20_000
	b := newBooks(t)
	b.manyFamilies(n)
	var reads []int64
	for _, period := range []int32{202609, 202610, 202611} {
		before := b.rowsReadByJobs()
		b.disburse(period, 200_000)
		reads = append(reads, b.rowsReadByJobs()-before)
		b.asOwner(`analyze bpnt.purse`)
	}
	t.Logf("rows read: %v", reads)
	if reads[0] == 0 || reads[2] > 8*n {
		t.Errorf("%v rows read to fund %d purses", reads, n)
	}
}

// rowsReadByJobs is how many rows and index entries of purses were read so far; a job's session reports them at its end.
func (b *books) rowsReadByJobs() (rows int64) {
	b.t.Helper()
	b.must(0, b.operator.pool.QueryRow(b.t.Context(), `select seq_tup_read + idx_tup_fetch + (select sum(idx_tup_read)
		from pg_stat_user_indexes i where i.relid = t.relid)::bigint
		from pg_stat_user_tables t where schemaname = 'bpnt' and relname = 'purse'`).Scan(&rows))
	return rows
}
