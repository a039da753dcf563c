package e2e

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/iso"
	"bpnt/ledger"
	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// modelMIDs are the outlets of all stories.
var modelMIDs = []string{testMID, "600600600600601"}

// modelCredit is what a family may owe; modelExpiry, after how many days money expires in the third programme.
const (
	modelCredit = 50_000
	modelExpiry = 40
)

// stage is the Postgres of all stories, which they may kill, with a database "model" from which the seasons' are
// copied.
type stage struct {
	t       *testing.T
	dir     string
	server  *server
	seasons int
}

func newStage(t *testing.T) *stage {
	t.Helper()
	g := &stage{t: t, dir: pgtest.Folder(t)}
	g.raise()
	t.Cleanup(func() { _ = g.server.Stop(context.Background()) })
	return g
}

// raise starts the server, be it after a kill.
func (g *stage) raise() {
	started, err := localpg.Start(context.WithoutCancel(g.t.Context()),
		localpg.Config{DataDir: g.dir, Settings: localpg.TestSettings(), EndWithParent: true})
	if err != nil {
		g.t.Fatal(err)
	}
	if g.server == nil {
		g.server = &server{t: g.t, dir: g.dir}
	}
	g.server.Server = started
}

// season is one database with its gateways, in which some stories play one after the other. Its clock may be set ahead.
//
// It is also the testing.TB of its world: its end is its own, and what fails in it panics, so that rapid shrinks the
// story.
type season struct {
	testing.TB
	*world
	stage   *stage
	tidy    []func()
	posts   []*post
	sql     *session
	ahead   time.Duration
	number  int // of the last thing that got one: family, card or terminal
	period  int32
	stories int
}

func (n *season) Cleanup(f func())                  { n.tidy = append(n.tidy, f) }
func (n *season) Fatal(args ...any)                 { panic(fmt.Sprint(args...)) }
func (n *season) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (n *season) Context() context.Context          { return context.Background() }

func (g *stage) season() *season {
	n := &season{TB: g.t, stage: g, period: 200012}
	g.seasons++
	name := fmt.Sprintf("season_%d", g.seasons)
	n.world = &world{t: n, keys: newKeys(n), postgres: g.server, url: g.server.URL(name)}
	n.check(g.server.EnsureDatabase(n.Context(), name))
	n.prepare(func(c *gateway.Config) { c.Links[0].Refund = true })
	n.addOutlet(modelMIDs[1])
	n.sql = n.newSession()
	n.setTheStage()
	for i := range 2 {
		n.posts = append(n.posts, &post{name: fmt.Sprintf("model-%d", i+1)})
		n.openPost(i)
	}
	return n
}

// setTheStage gives each programme its way of expiry, and the ledger a clock that can be set: every function of it that
// asks for the time is made again with the test's. Only the owner of a database can do that.
func (n *season) setTheStage() {
	for programme, unspent := range []string{
		"'expire_at_next'", "'accumulate'", fmt.Sprintf("'expire_after'; r.expire_days := %d", modelExpiry),
	} {
		n.rule(int16(programme+1), fmt.Sprintf(`r.unspent := %s; r.freeze_days := null; r.return_days := null;
			r.cash_out := false; r.advance_family := %d; r.advance_outlet := 1e12`, unspent, modelCredit))
	}
	n.asOwner(`create table bpnt.test_clock (ahead interval not null);
		insert into bpnt.test_clock values ('0');
		grant select on bpnt.test_clock to public;
		create function bpnt.test_now() returns timestamptz language sql volatile as
		$$ select clock_timestamp() + ahead from bpnt.test_clock $$;
		do $$ declare f record; begin
			for f in select p.oid from pg_proc p where p.pronamespace = 'bpnt'::regnamespace
				and p.prosrc like '%clock_timestamp()%' and p.proname <> 'test_now' loop
				execute replace(pg_get_functiondef(f.oid), 'clock_timestamp()', 'bpnt.test_now()');
			end loop; end $$`)
}

// end closes the season, with the audit.
func (n *season) end() {
	n.audit()
	for i := range n.posts {
		n.closePost(i)
	}
	for i := len(n.tidy) - 1; i >= 0; i-- {
		n.tidy[i]()
	}
}

// later sets the ledger's clock ahead.
func (n *season) later(d time.Duration) {
	n.ahead += d
	n.sql.run(fmt.Sprintf("update bpnt.test_clock set ahead = '%d seconds'", int64(n.ahead.Seconds())))
}

func (n *season) now() time.Time { return time.Now().Add(n.ahead) }

// today is the ledger's business day as a number that rises by one each day.
func (n *season) today() int {
	var day int
	_, err := fmt.Sscan(n.sql.run("select bpnt.business_date(bpnt.test_now()) - date '2020-01-01'"), &day)
	n.check(err)
	return day
}

func (n *season) next() int {
	n.number++
	return n.number
}

func (n *season) nextPeriod() int32 {
	n.period++
	if n.period%100 == 13 {
		n.period += 88
	}
	return n.period
}

// post is a gateway at work, with connections of its own to the books.
type post struct {
	name    string
	ledger  *ledger.Ledger
	gateway *gateway.Gateway
	stop    context.CancelFunc
	served  chan struct{} // closed at its end
}

func (n *season) openPost(i int) {
	p := n.posts[i]
	var err error
	p.ledger, err = ledger.Open(n.Context(), ledger.Options{URL: n.url, Role: ledger.RoleGateway, AppName: p.name})
	n.check(err)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	p.gateway, err = gateway.New(n.config, gateway.Deps{Ledger: p.ledger, Keys: n.keys, Log: log})
	n.check(err)
	var ctx context.Context
	ctx, p.stop = context.WithCancel(n.Context())
	p.served = make(chan struct{})
	go func() {
		_ = p.gateway.Serve(ctx)
		close(p.served)
	}()
}

func (n *season) closePost(i int) {
	p := n.posts[i]
	p.stop()
	<-p.served
	p.ledger.Close()
}

// tear ends a gateway with its sockets, whatever they carry, and comes back when nothing of it is at work any more.
// free waits until the sockets are dead and lets what stands before the lock go on.
func (n *season) tear(i int, free func()) {
	p := n.posts[i]
	dead, cancel := context.WithCancel(n.Context())
	cancel()
	ended := make(chan struct{})
	go func() { _ = p.gateway.Shutdown(dead); close(ended) }()
	free()
	<-ended
	n.closePost(i)
	n.sql.wait("the last of a gateway's sessions",
		"select count(*) = 0 from pg_stat_activity where application_name = '"+p.name+"'")
}

func (n *season) dialPost(i int) *wire {
	sock, err := net.Dial("tcp", n.posts[i].gateway.Addr(n.config.Links[0].Name).String())
	n.check(err)
	codec, err := iso.NewCodec(n.config.Links[0].Dialect)
	n.check(err)
	return &wire{Conn: sock, t: n, frames: iso.NewFrameReader(sock, codec.Dialect().Framing()), codec: codec}
}

// kill ends Postgres from behind and raises it again.
func (n *season) kill() {
	n.check(n.stage.server.Kill())
	n.stage.raise()
	n.sql.end()
	n.sql = n.newSession()
	n.sql.wait("the operator's connections", "select true")
	for range 100 { // each of the pool's dead connections is found out by use
		if _, err := n.operator.Today(n.Context()); err == nil {
			return
		}
	}
	n.Fatal("the operator finds no connection")
}

// recover sends strangers' purchases over a gateway until none is told 91: sessions that died at rest are found out by
// use, and what finds one is refused, since nothing of it was posted (DESIGN D4).
func (n *season) recover(i int) {
	e := n.dialPost(i)
	defer e.Close()
	for bucket := range int16(n.operator.Buckets()) {
		digits := n.digitsIn(func(b int16) bool { return b == bucket })
		track, err := iso.ParseTrack2(digits + "=99121200000000000000")
		n.check(err)
		e.until("a gateway that finds Postgres again", "14", func(int32) string {
			o := terminal(testTID).Purchase(int32(n.next()), track, 1_000, block(n, card{track2: track}, testPIN), "")
			return e.ask(o).ResponseCode
		})
	}
}

// digitsIn is a new PAN whose hash points to such a bucket.
func (n *season) digitsIn(good func(bucket int16) bool) string {
	for {
		d := ledger.NewJakarta(99).Card(n.next()).PAN
		if digits := string(d[:]); good(n.operator.BucketOf(n.keys.PANKey([]byte(digits)))) {
			return digits
		}
	}
}
