package ledger

import (
	"context"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// disaster is books whose server is backed up while terminals shop, and lost some time later.
type disaster struct {
	t                     *testing.T
	home, archive, backup string
	before                *books // of the server that is lost
	server                *localpg.Server
	tills                 []*till
	point                 string // restore point, and the books at it:
	heads                 map[int16]head
	pointTime             time.Time
}

// head is the end of a bucket's hash chain, and the number of its last message.
type head struct {
	flush, message int64
	digest         string
}

// till is a terminal at which one family shops, and its journal: sale n was made under STAN n+1.
type till struct {
	b      *books
	card   PANKey
	family int64
	tid    string
	sales  []Result
}

const (
	disasterTills = 4
	disasterGrant = 100_000_000
	disasterSale  = 1_000
)

// newDisaster is a server that archives its log, a base backup made under load, more load, a restore point, and still
// more load, which only the terminals' journals and the lost server know.
func newDisaster(t *testing.T) *disaster {
	t.Helper()
	d := &disaster{t: t, home: pgtest.Folder(t), point: "drill"}
	d.archive, d.backup = filepath.Join(d.home, "archive"), filepath.Join(d.home, "backup")
	d.must(localpg.ArchiveFolder(d.archive))
	d.must(localpg.ArchiveFolder(d.backup)) // owned by the server's user, and empty: pg_basebackup takes that
	d.server = d.start(localpg.ArchiveSettings(d.archive, 60))
	d.before = d.fresh()
	ctx, stop := context.WithCancel(t.Context())
	var shopping sync.WaitGroup
	for _, till := range d.tills {
		shopping.Go(func() { till.shop(ctx) })
	}
	d.must(d.server.Backup(t.Context(), d.backup))
	d.awaitSales(200)
	d.mark()
	d.awaitSales(200)
	stop()
	shopping.Wait()
	return d
}

func (d *disaster) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// start runs the first server. Nobody takes the machine's power away here, so it need not wait for the disk.
func (d *disaster) start(settings map[string]string) *localpg.Server {
	d.t.Helper()
	maps.Copy(settings, localpg.TestSettings())
	server, err := localpg.Start(context.WithoutCancel(d.t.Context()), localpg.Config{
		DataDir: filepath.Join(d.home, "first"), Settings: settings, EndWithParent: true,
	})
	d.must(err)
	d.t.Cleanup(func() { _ = server.Stop(context.Background()) })
	return server
}

// fresh is new books with a terminal and a family for each shopper.
func (d *disaster) fresh() *books {
	d.t.Helper()
	d.must(d.server.EnsureDatabase(d.t.Context(), "books"))
	b := &books{t: d.t, url: d.server.URL("books"), now: day0, rrns: map[PANKey]int64{}}
	d.must(Migrate(d.t.Context(), b.url, MigrateOptions{Buckets: 2, KeyFingerprint: "test"}))
	b.operator, b.gateway = b.open(RoleOperator), b.open(RoleGateway)
	b.must(b.operator.AddOutlet(d.t.Context(), Outlet{MID: testMID, Name: "E-WARONG", City: "Jakarta", Region: 3172, Bank: 9}))
	var err error
	b.link, err = b.gateway.LinkID(d.t.Context(), "edc")
	d.must(err)
	for i := range disasterTills {
		j := &till{b: b, card: pan(fmt.Sprint("lost", i), byte(i%2)), family: int64(i + 1), tid: fmt.Sprintf("6006006%d", i)}
		b.addTerminal(j.tid)
		b.family(j.family, j.card)
		d.tills = append(d.tills, j)
	}
	b.disburse(testPeriod, disasterGrant)
	return b
}

// request is the till's sale with a STAN, as its terminal sends it.
func (j *till) request(stan int32) Request {
	r := j.b.redeem(j.card, stan, disasterSale)
	r.TID = j.tid
	return r
}

// shop sells until it is told to stop, and keeps a journal. Nothing breaks here, so nothing is unknown.
func (j *till) shop(ctx context.Context) {
	for stan := int32(1); ctx.Err() == nil; stan++ {
		results, err := j.b.gateway.postAt(j.b.t.Context(), j.b.gateway.BucketOf(j.card), []Request{j.request(stan)}, j.b.now)
		if err != nil || results[0].Outcome != OutcomeApproved {
			j.b.t.Errorf("a sale: %+v, %v", results, err)
			return
		}
		j.sales = append(j.sales, results[0])
	}
}

// awaitSales waits until the books have so many sales more.
func (d *disaster) awaitSales(more int64) {
	d.t.Helper()
	count := func() (n int64) {
		d.must(d.before.operator.pool.QueryRow(d.t.Context(), `select sum(message_no) from bpnt.bucket`).Scan(&n))
		return n
	}
	for until, deadline := count()+more, time.Now().Add(30*time.Second); count() < until; {
		if time.Now().After(deadline) {
			d.t.Fatal("nobody shops")
		}
	}
}

// mark names a moment under load. It holds every bucket's lock, so that the heads of the chains are those of that
// moment.
func (d *disaster) mark() {
	d.t.Helper()
	conn, err := pgx.Connect(d.t.Context(), d.before.url)
	d.must(err)
	defer conn.Close(context.Background())
	d.must(pgx.BeginFunc(d.t.Context(), conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(d.t.Context(), `select bpnt.lock_bucket(id) from (select id from bpnt.bucket order by id) b`); err != nil {
			return err
		}
		d.heads = headsOf(d.t, tx)
		if _, err := tx.Exec(d.t.Context(), `select pg_create_restore_point($1)`, d.point); err != nil {
			return err
		}
		return tx.QueryRow(d.t.Context(), `select clock_timestamp()`).Scan(&d.pointTime)
	}))
}

// headsOf reads the end of every chain.
func headsOf(t *testing.T, db interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
},
) map[int16]head {
	t.Helper()
	heads := map[int16]head{}
	rows, err := db.Query(t.Context(), `select id, flush_no, message_no, encode(digest, 'hex') from bpnt.bucket`)
	if err != nil {
		t.Fatal(err)
	}
	var bucket int16
	var h head
	if _, err := pgx.ForEachRow(rows, []any{&bucket, &h.flush, &h.message, &h.digest}, func() error {
		heads[bucket] = h
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return heads
}

// archiveAll waits until all of the log is in the archive.
func (d *disaster) archiveAll() {
	d.t.Helper()
	file, err := d.server.Exec(d.t.Context(), "postgres", `SELECT pg_walfile_name(pg_switch_wal())`)
	d.must(err)
	for deadline := time.Now().Add(30 * time.Second); ; {
		done, err := d.server.Exec(d.t.Context(), "postgres", `SELECT last_archived_wal >= '`+file+`' FROM pg_stat_archiver`)
		d.must(err)
		if done == "t" {
			return
		}
		if time.Now().After(deadline) {
			d.t.Fatal("the log is not archived")
		}
	}
}

// lose ends the first server for good.
func (d *disaster) lose() {
	d.t.Helper()
	d.before.gateway.Close()
	d.before.operator.Close()
	d.must(d.server.Kill())
}

// tail is what a till sold that the restored books do not have.
func (d *disaster) tail(j *till, heads map[int16]head) []Result {
	for i, r := range j.sales {
		if r.ID > heads[r.Bucket].message {
			return j.sales[i:]
		}
	}
	return nil
}

// restore makes books of the backup and the archive, up to a target.
func (d *disaster) restore(name string, target map[string]string) (*books, *localpg.Server) {
	d.t.Helper()
	settings := localpg.TestSettings()
	settings["archive_mode"] = "off"
	server, err := localpg.StartRestored(context.WithoutCancel(d.t.Context()), localpg.Restored{
		Config:  localpg.Config{DataDir: filepath.Join(d.home, name), Settings: settings, EndWithParent: true},
		Backup:  d.backup,
		Archive: d.archive, Target: target,
	})
	d.must(err)
	d.t.Cleanup(func() { _ = server.Stop(context.Background()) })
	b := &books{t: d.t, url: server.URL("books"), now: day0, link: d.before.link, rrns: map[PANKey]int64{}}
	b.operator, b.gateway = b.open(RoleOperator), b.open(RoleGateway)
	return b, server
}

// checkFiles holds every index against its table, and every page against its check sum, which needs the server to stop.
func (d *disaster) checkFiles(name string, server *localpg.Server) {
	d.t.Helper()
	check := server.Client(d.t.Context(), "pg_amcheck", "--install-missing", "--heapallindexed", server.URL("books"))
	if out, err := check.CombinedOutput(); err != nil {
		d.t.Errorf("pg_amcheck: %v: %s", err, out)
	}
	d.must(server.Stop(d.t.Context()))
	sums := exec.Command(filepath.Join(server.Binaries().Dir, "pg_checksums"), "--check", "-D", filepath.Join(d.home, name, "data"))
	if out, err := sums.CombinedOutput(); err != nil {
		d.t.Errorf("pg_checksums: %v: %s", err, out)
	}
}
