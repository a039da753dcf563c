package ledger

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
	"bpnt/ledger/payfile"
)

// settleWorld puts two days into an empty ledger, each with so many redemptions: the first was closed, the second is to be.
const settleWorld = `
	set session_replication_role = replica;
	update bpnt.bank set account = '9009' where id = 9;
	insert into bpnt.masthead (mid, name, city) select 'M' || i, 'E-WARONG ' || i, 'Jakarta' from generate_series(1, %[1]d) i;
	insert into bpnt.outlet (mid, masthead, region, bank, status, since, activated_on, account)
		select mid, id, 3172, 9, 'active', '2026-01-01', '2026-01-01', '1' || id from bpnt.masthead where mid like 'M%%';
	insert into bpnt.link (name) values ('edc') on conflict do nothing;
	insert into bpnt.terminal (link, tid, outlet) select k.id, lpad(o.id::text, 8, '0'), o.id from bpnt.outlet o, bpnt.link k;
	insert into bpnt.family (bucket, id, region, name) select (i + 1) %% 2, i, 3172, 'Family' from generate_series(1, 200000) i;
	insert into bpnt.card (bucket, pan, pan_key, family, expiry, first6, last4)
		select (i + 1) %% 2, md5(i::text)::uuid, 1, i, 4912, '999912', '0001' from generate_series(1, 200000) i;
	insert into bpnt.message (bucket, terminal, stan, class, pan, generation, id, at, epoch, processing_code, amount, invoice, batch, outcome,
			balance, masthead, family)
		select n %% 2, t.id, n %% 1000000, 'R', md5((n %% 200000 + 1)::text)::uuid, n / 1000000, n / 2 + 1,
			timestamptz '2026-11-24 01:00Z' + (n / %[2]d) * interval '1 day' + (n %% %[2]d) * interval '30 ms', 0, 0, 5000, '', n / %[2]d + 1, 1,
			0, o.masthead, n %% 200000 + 1
		from generate_series(0, %[2]d * 2 - 1) n join bpnt.terminal t on t.id = n %% %[1]d + 1 join bpnt.outlet o on o.id = t.outlet;
	insert into bpnt.posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period, amount, business_date, batch)
		select m.bucket, m.id, 1, 'R', 'P', m.family, 'O', t.outlet, 1, 202611, m.amount, bpnt.business_date(m.at), m.batch
		from bpnt.message m join bpnt.terminal t on t.id = m.terminal order by m.at;
	insert into bpnt.batch (link, terminal, no, closed_by, closed_at, business_date, sales, sales_amount, voids, voids_amount, refunds, refunds_amount)
		select t.link, t.id, m.batch, 'C', max(m.at), bpnt.business_date(max(m.at)), count(*), sum(m.amount), 0, 0, 0, 0
		from bpnt.message m join bpnt.terminal t on t.id = m.terminal group by 1, 2, 3;
	update bpnt.terminal set batch = 3;
	update bpnt.bucket b set message_no = (select max(id) from bpnt.message m where m.bucket = b.id);`

// BenchmarkSettle closes a bank's day of a million redemptions, of 253 outlets and of 10,000, after another such day; it tells
// as well how long the rows' file and the three-way reconciliation take. Run it with -benchtime 3x.
func BenchmarkSettle(b *testing.B) {
	server, err := localpg.Start(b.Context(), localpg.Config{DataDir: pgtest.Folder(b)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Kill() })
	for _, outlets := range []int{JakartaOutlets, 10_000} {
		b.Run(fmt.Sprintf("outlets=%d", outlets), func(b *testing.B) {
			benchmarkSettle(b, server, fmt.Sprintf("settle%d", outlets), outlets, 1_000_000)
		})
	}
}

func benchmarkSettle(b *testing.B, server *localpg.Server, database string, outlets, redemptions int) {
	if err := server.EnsureDatabase(b.Context(), database); err != nil {
		b.Fatal(err)
	}
	url := server.URL(database)
	if err := Migrate(b.Context(), url, MigrateOptions{Buckets: 2, KeyFingerprint: "bench"}); err != nil {
		b.Fatal(err)
	}
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	for _, sql := range []string{fmt.Sprintf(settleWorld, outlets, redemptions), `vacuum analyze`} {
		if _, err := conn.PgConn().Exec(b.Context(), sql).ReadAll(); err != nil {
			b.Fatal(err)
		}
	}
	now := time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)
	operator, err := Open(b.Context(), Options{URL: url, Role: RoleOperator})
	if err != nil {
		b.Fatal(err)
	}
	defer operator.Close()
	office := operator.at(now)
	if _, err := office.Settle(b.Context(), "BNI", "2026-11-24", nil); err != nil {
		b.Fatal(err)
	}
	var cuts []int64
	if err := conn.QueryRow(b.Context(), `select array_agg(message_no order by id) from bpnt.bucket`).Scan(&cuts); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		closeAndForget(b, conn, now, cuts)
	}
	b.StopTimer()
	benchmarkDay(b, office)
}

// closeAndForget closes the day in a transaction that is rolled back.
func closeAndForget(b *testing.B, conn *pgx.Conn, now time.Time, cuts []int64) {
	tx, err := conn.Begin(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if _, err := tx.Exec(b.Context(), `select bpnt.settle_close($1, 9::smallint, '2026-11-25', $2)`, now, cuts); err != nil {
		b.Fatal(err)
	}
	if err := tx.Rollback(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// benchmarkDay measures what comes after the closing, once.
func benchmarkDay(b *testing.B, office *Ledger) {
	s, err := office.Settle(b.Context(), "BNI", "2026-11-25", nil)
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	var rows int
	if err := office.SettlementRows(b.Context(), s, func(payfile.Row) error { rows++; return nil }); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(start).Milliseconds()), "ms/rows")
	start = time.Now()
	r, err := office.ReconcileDay(b.Context(), "BNI", "2026-11-25")
	if err != nil || r.Differences > 0 || rows != 1_000_000 {
		b.Fatal(err, r.Differences, rows)
	}
	b.ReportMetric(float64(time.Since(start).Milliseconds()), "ms/reconcile")
}
