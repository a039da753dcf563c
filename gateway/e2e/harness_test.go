package e2e

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
	"bpnt/ledger/localpg/pgtest"
)

func TestMain(m *testing.M) {
	status := pgtest.Run(m)
	_ = os.RemoveAll(builtIn) // "" where no test asked for the binary
	os.Exit(status)
}

const (
	testTID   = "60060060"
	testMID   = "600600600600600"
	testGrant = 110_000
	testPIN   = "123456"
)

// clearTPK is the test terminal's PIN key, as the terminal knows it.
var clearTPK = []byte("\x10\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10")

// world is a ledger with its operator, and a gateway on it.
type world struct {
	t        testing.TB
	url      string
	keys     *pin.Keystore
	operator *ledger.Ledger
	books    *ledger.Ledger // the gateway's
	gateway  *gateway.Gateway
	config   gateway.Config
	families int64
	buckets  int     // of the books; 0 for two
	poolMax  int     // connections of each pool; 0 for the default
	postgres *server // of its own; nil for the one that all tests share
}

// newWorld makes books on the tests' server; change may alter the gateway's configuration.
func newWorld(t testing.TB, change func(*gateway.Config)) *world {
	t.Helper()
	w := &world{t: t, url: pgtest.CreateDatabase(t), keys: newKeys(t)}
	w.prepare(change)
	w.start()
	return w
}

// prepare migrates the database and registers one outlet and its terminal.
func (w *world) prepare(change func(*gateway.Config)) {
	w.t.Helper()
	w.check(ledger.Migrate(w.t.Context(), w.url, ledger.MigrateOptions{Buckets: cmp.Or(w.buckets, 2), KeyFingerprint: w.keys.Fingerprint()}))
	w.operator = w.open(ledger.RoleOperator)
	w.config = gateway.DefaultConfig()
	w.config.Links[0].Listen = "127.0.0.1:0"
	w.config.Limits.LastCall = gateway.Duration{Duration: 10 * time.Millisecond}
	w.config.Limits.Linger = gateway.Duration{Duration: 50 * time.Millisecond}
	if change != nil {
		change(&w.config)
	}
	w.addOutlet(testMID)
	w.addTerminal(testTID, testMID)
}

// start opens the gateway's own connections and runs it until the test ends.
func (w *world) start() {
	w.t.Helper()
	w.books = w.open(ledger.RoleGateway)
	g, err := gateway.New(w.config, gateway.Deps{Ledger: w.books, Keys: w.keys, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	w.check(err)
	w.gateway = g
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- g.Serve(ctx) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			w.t.Errorf("shutdown: %v", err)
		}
	})
}

func newKeys(t testing.TB) *pin.Keystore {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	if err := pin.Create(dir); err != nil {
		t.Fatal(err)
	}
	keys, err := pin.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func (w *world) open(role string) *ledger.Ledger {
	w.t.Helper()
	l, err := ledger.Open(w.t.Context(), ledger.Options{URL: w.url, Role: role, MaxConns: w.poolMax})
	w.check(err)
	w.t.Cleanup(l.Close)
	return l
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) addOutlet(mid string) {
	w.t.Helper()
	_, err := w.operator.AddOutlet(w.t.Context(), ledger.Outlet{MID: mid, Name: "E-WARONG MELATI", City: "Jakarta Timur", Region: 3172, Bank: 9})
	w.check(err)
}

func (w *world) addTerminal(tid, mid string) {
	w.t.Helper()
	tpk, err := w.keys.WrapTerminalKey(pin.UsePIN, tid, clearTPK)
	w.check(err)
	tak, err := w.keys.WrapTerminalKey(pin.UseMAC, tid, clearTPK)
	w.check(err)
	w.check(w.operator.AddTerminal(w.t.Context(), ledger.NewTerminal{Link: "edc", TID: tid, MID: mid, WrappedTPK: tpk, WrappedTAK: tak}))
}

// card is a family's card with its stripe; the PAN is of the range that no country holds.
type card struct {
	family int64
	track2 iso.Track2
	key    ledger.PANKey
}

// family makes a family with one card; change may alter what is registered of it.
func (w *world) family(change ...func(*ledger.NewCard)) card {
	w.t.Helper()
	w.families++
	digits := ledger.NewJakarta(99).Card(int(w.families)).PAN
	return w.cardOf(w.families, string(digits[:]), "3012", testPIN, change...)
}

// card gives a family, which is made if it is new, a card with this PAN.
func (w *world) card(family int64, digits [16]byte, expiry string) card {
	w.t.Helper()
	return w.cardOf(family, string(digits[:]), expiry, testPIN)
}

func (w *world) cardOf(family int64, digits, expiry, pinDigits string, change ...func(*ledger.NewCard)) card {
	w.t.Helper()
	track, err := iso.ParseTrack2(digits + "=" + expiry + "1200000000000000")
	w.check(err)
	c := card{family: family, track2: track, key: w.keys.PANKey([]byte(digits))}
	if _, err := w.operator.Family(w.t.Context(), family, 0); err != nil {
		w.check(w.operator.AddFamily(w.t.Context(), family, 3172, fmt.Sprintf("Family %d", family), c.key))
	}
	value, err := w.keys.ValueOfPIN([]byte(pinDigits), []byte(digits))
	w.check(err)
	var until int32
	_, err = fmt.Sscan(expiry, &until)
	w.check(err)
	n := ledger.NewCard{
		PAN: c.key, PANKeyID: w.keys.PANKeyID(), First6: digits[:6], Last4: digits[len(digits)-4:],
		Expiry: until, PINValue: value, Family: family,
	}
	for _, alter := range change {
		alter(&n)
	}
	w.check(w.operator.AddCard(w.t.Context(), n))
	return c
}

func (w *world) disburse() {
	w.t.Helper()
	w.fund(programmeBPNT, 202611, testGrant)
}

// fund gives every family a purse.
func (w *world) fund(programme int16, period int32, amount int64) {
	w.t.Helper()
	_, err := w.operator.Disburse(w.t.Context(), ledger.Disbursement{Programme: programme, Period: period, AmountIDR: amount})
	w.check(err)
}

// The programmes that every ledger begins with.
const (
	programmeBPNT    = 1
	programmePKH     = 2
	programmeSembako = 3
)

// asOwner runs SQL as the schema's owner, whom no grant stops, and returns what it printed.
func (w *world) asOwner(sql string) string {
	w.t.Helper()
	out, err := w.exec(sql)
	w.check(err)
	return out
}

func (w *world) exec(sql string) (string, error) {
	at, err := url.Parse(w.url)
	if err != nil {
		return "", err
	}
	if w.postgres != nil {
		return w.postgres.Exec(w.t.Context(), path.Base(at.Path), sql)
	}
	return pgtest.Server(w.t).Exec(w.t.Context(), path.Base(at.Path), sql)
}

// rule makes a rule of today, which rule_add would not allow, of what set changes in the one in force.
func (w *world) rule(programme int16, set string) {
	w.t.Helper()
	w.asOwner(fmt.Sprintf(`do $$ declare r bpnt.rule := bpnt.rule_on(%d::smallint, '9999-01-01'); begin
		r.since := bpnt.business_date(clock_timestamp()); r.source := 'test'; %s; insert into bpnt.rule select r.*; end $$`, programme, set))
}

func (w *world) balance(family int64) (sum int64) {
	w.t.Helper()
	f, err := w.operator.Family(w.t.Context(), family, 0)
	w.check(err)
	for _, p := range f.Purses {
		sum += p.BalanceIDR
	}
	return sum
}

// audit holds the books against every invariant.
func (w *world) audit() ledger.AuditReport {
	w.t.Helper()
	report, err := w.operator.Audit(w.t.Context(), nil)
	w.check(err)
	for _, c := range report.Checked {
		if c.Violations > 0 {
			w.t.Errorf("%s (%s): %v", c.Invariant, c.Says, c.Examples)
		}
	}
	return report
}

// wire is one connection as a terminal holds it.
type wire struct {
	net.Conn
	t      testing.TB
	frames *iso.FrameReader
	codec  *iso.Codec
}

func (w *world) dial() *wire {
	w.t.Helper()
	sock, err := net.Dial("tcp", w.gateway.Addr(w.config.Links[0].Name).String())
	w.check(err)
	w.t.Cleanup(func() { _ = sock.Close() })
	codec, err := iso.NewCodec(w.config.Links[0].Dialect)
	w.check(err)
	return &wire{Conn: sock, t: w.t, frames: iso.NewFrameReader(sock, codec.Dialect().Framing()), codec: codec}
}

// terminal is who speaks, as the sample terminals do.
func terminal(tid string) iso.Terminal {
	return iso.Terminal{
		TPDU: iso.TPDU{0x60, 0, 0x10, 0, 0}, NII: "0010", TID: tid, MID: testMID, Batch: "000001", EntryMode: "0051",
	}
}

func block(t testing.TB, c card, digits string) iso.PINBlock {
	t.Helper()
	pan := c.track2.PAN()
	b, err := pin.EncryptPINBlock(clearTPK, []byte(digits), pan.Digits())
	if err != nil {
		t.Fatal(err)
	}
	return iso.NewPINBlock(b)
}

// purchase of whole rupiah with the right PIN.
func (w *world) purchase(c card, stan int32, amount int64) iso.Outgoing {
	return terminal(testTID).Purchase(stan, c.track2, amount, block(w.t, c, testPIN), fmt.Sprintf("%06d", stan))
}

func (w *world) inquiry(c card, stan int32) iso.Outgoing {
	return terminal(testTID).Inquiry(stan, c.track2, block(w.t, c, testPIN))
}

func (w *world) reversal(c card, stan int32, amount int64) iso.Outgoing {
	return terminal(testTID).Reversal(w.purchase(c, stan, amount))
}

func (e *wire) frame(o iso.Outgoing) []byte {
	e.t.Helper()
	frame, err := e.codec.EncodeRequest(nil, &o)
	if err != nil {
		e.t.Fatal(err)
	}
	return frame
}

func (e *wire) send(bytes []byte) {
	e.t.Helper()
	if _, err := e.Write(bytes); err != nil {
		e.t.Fatal(err)
	}
}

// receive waits for one answer and returns it decoded and as it came.
func (e *wire) receive(within time.Duration) (*iso.Answer, []byte, error) {
	_ = e.SetReadDeadline(time.Now().Add(within))
	body, err := e.frames.Next()
	if err != nil {
		return nil, nil, err
	}
	body = slices.Clone(body)
	a, err := e.codec.DecodeResponse(body)
	return a, body, err
}

func (e *wire) ask(o iso.Outgoing) *iso.Answer {
	e.t.Helper()
	e.send(e.frame(o))
	a, _, err := e.receive(25 * time.Second)
	if err != nil {
		e.t.Fatalf("no answer: %v", err)
	}
	return a
}

// want asks and fails unless DE39 is code.
func (e *wire) want(what, code string, o iso.Outgoing) *iso.Answer {
	e.t.Helper()
	a := e.ask(o)
	if a.ResponseCode != code {
		e.t.Errorf("%s: DE39 %s, want %s", what, a.ResponseCode, code)
	}
	return a
}

// burst sends the same frame so many times over each socket at once and gathers every answer's bytes.
func (w *world) burst(frame []byte, sockets, each int) [][]byte {
	w.t.Helper()
	var mu sync.Mutex
	var all [][]byte
	var wait sync.WaitGroup
	for range sockets {
		e := w.dial()
		wait.Go(func() {
			for range each {
				_, _ = e.Write(frame)
			}
			for range each {
				_, body, err := e.receive(25 * time.Second)
				if err != nil {
					w.t.Errorf("no answer: %v", err)
					return
				}
				mu.Lock()
				all = append(all, body)
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	return all
}
