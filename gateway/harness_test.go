package gateway

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// poster stands behind a gateway in tests of connections, order and shedding. It keeps no books: it writes down what it
// was asked, approves everything, and fails or waits when a test says so. What the books do is tested with Postgres.
type poster struct {
	buckets  int
	terminal func(tid string) (ledger.Terminal, error)

	mu       sync.Mutex
	fail     error
	hold     chan struct{} // Post waits here
	outcome  func(ledger.Request) ledger.Result
	requests []ledger.Request
	down     bool

	settle    func(ledger.BatchClaim) (ledger.BatchAnswer, error)
	claims    []ledger.BatchClaim
	uploads   []ledger.UploadItem
	zone      ledger.LinkCard
	reconcile func(ledger.SwitchClaim) ledger.SwitchAnswer
	cutOver   func(date string) ledger.Outcome

	standing ledger.Standing
	looks    []ledger.StandingPage // what Standing was asked for

	keys ledger.Terminal // the working keys that SetTerminalKeys changes; the TID is empty where there are none
}

func newPoster() *poster {
	return &poster{
		buckets:  2,
		terminal: func(string) (ledger.Terminal, error) { return ledger.Terminal{}, ledger.ErrNotFound },
		outcome:  func(ledger.Request) ledger.Result { return ledger.Result{Outcome: ledger.OutcomeApproved} },
		reconcile: func(c ledger.SwitchClaim) ledger.SwitchAnswer {
			return ledger.SwitchAnswer{Outcome: ledger.OutcomeApproved, Ours: c.Totals}
		},
		cutOver: func(string) ledger.Outcome { return ledger.OutcomeApproved },
		settle: func(c ledger.BatchClaim) (ledger.BatchAnswer, error) {
			return ledger.BatchAnswer{Outcome: ledger.OutcomeApproved, SentBatch: c.SentBatch, Ours: c.Totals, Gross: c.Totals}, nil
		},
	}
}

func (p *poster) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func (p *poster) Post(ctx context.Context, bucket int16, requests []ledger.Request) ([]ledger.Result, error) {
	p.mu.Lock()
	hold := p.hold
	p.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return nil, ledger.ErrIndeterminate
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return nil, p.fail
	}
	results := make([]ledger.Result, len(requests))
	for i, r := range requests {
		p.requests = append(p.requests, r)
		results[i] = p.result(r, bucket)
	}
	return results, nil
}

func (p *poster) result(r ledger.Request, bucket int16) ledger.Result {
	result := p.outcome(r)
	result.ID, result.Bucket, result.Amount = int64(len(p.requests)), bucket, r.Amount
	result.Invoice, result.Batch, result.NII, result.EntryMode = r.Invoice, r.Batch, r.NII, r.EntryMode
	result.At = time.Date(2026, 11, 25, 2, 42, 57, 0, time.UTC)
	if result.MovedTo == 0 {
		result.MovedTo = -1
	}
	return result
}

func (p *poster) posted() []ledger.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

func (p *poster) Buckets() int                    { return p.buckets }
func (p *poster) BucketOf(k ledger.PANKey) int16  { return int16(int(k[0]) % p.buckets) }
func (p *poster) PoolStats() (s ledger.PoolStats) { return s }

func (p *poster) Terminal(_ context.Context, _ int16, tid string) (ledger.Terminal, error) {
	p.mu.Lock()
	keys := p.keys
	p.mu.Unlock()
	if keys.TID == tid {
		return keys, nil
	}
	return p.terminal(tid)
}

func (p *poster) Masthead(context.Context, int32) (ledger.Masthead, error) {
	return ledger.Masthead{ID: 1, Name: "E-WARONG MELATI", City: "JAKARTA TIMUR"}, nil
}
func (p *poster) LinkID(context.Context, string) (int16, error)      { return 1, nil }
func (p *poster) ProgrammeID(context.Context, string) (int16, error) { return 1, nil }

func (p *poster) CloseBatch(_ context.Context, c ledger.BatchClaim) (ledger.BatchAnswer, error) {
	p.mu.Lock()
	hold, settle := p.hold, p.settle
	p.claims = append(p.claims, c)
	p.mu.Unlock()
	if hold != nil {
		<-hold
	}
	return settle(c)
}

func (p *poster) Upload(_ context.Context, u ledger.UploadItem) (ledger.UploadAnswer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.uploads = append(p.uploads, u)
	return ledger.UploadAnswer{Outcome: ledger.OutcomeApproved}, p.fail
}

func (p *poster) claimed() []ledger.BatchClaim {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.claims)
}

// SetTerminalKeys does as the ledger does: present ones that were not confirmed stay, and so do those before them.
func (p *poster) SetTerminalKeys(_ context.Context, _ int16, _ string, tpk, tak []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.keys.WrappedTPKBefore) == 0 {
		p.keys.WrappedTPKBefore, p.keys.WrappedTAKBefore = p.keys.WrappedTPK, p.keys.WrappedTAK
		p.keys.WrappedTPK, p.keys.WrappedTAK = tpk, tak
	}
	return p.fail
}

func (p *poster) ConfirmTerminalKeys(_ context.Context, _ int16, _ string, tpk, tak []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if bytes.Equal(p.keys.WrappedTPK, tpk) && bytes.Equal(p.keys.WrappedTAK, tak) {
		p.keys.WrappedTPKBefore, p.keys.WrappedTAKBefore = nil, nil
	}
	return p.fail
}

func (p *poster) Standing(_ context.Context, page ledger.StandingPage) (ledger.Standing, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looks = append(p.looks, page)
	if p.down {
		return ledger.Standing{}, ledger.ErrUnavailable
	}
	return p.standing, nil
}

func (p *poster) Ping(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return ledger.ErrUnavailable
	}
	return nil
}

// keystore makes a fresh keystore.
func keystore(t testing.TB) *pin.Keystore {
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

// testConfig is the default link on any free port, without a PIN.
func testConfig(change func(*Config)) Config {
	c := DefaultConfig()
	c.Links[0].Listen = "127.0.0.1:0"
	c.Links[0].PIN = PINIfPresent
	c.Limits.LastCall, c.Limits.Linger = Duration{20 * time.Millisecond}, Duration{20 * time.Millisecond}
	if change != nil {
		change(&c)
	}
	return c
}

// start runs a gateway and shuts it down when the test ends.
func start(t testing.TB, c Config, l Ledger, keys *pin.Keystore) *Gateway {
	t.Helper()
	g, err := New(c, Deps{Ledger: l, Keys: keys, Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- g.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("shutdown: %v", err)
		}
	})
	return g
}

// terminal is one side of a connection as a terminal holds it.
type terminal struct {
	net.Conn
	t      testing.TB
	frames *iso.FrameReader
	codec  *iso.Codec
}

func dial(t testing.TB, g *Gateway) *terminal {
	t.Helper()
	sock, err := net.Dial("tcp", g.Addr("edc").String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sock.Close() })
	return newTerminal(t, sock)
}

func newTerminal(t testing.TB, sock net.Conn) *terminal {
	t.Helper()
	codec, err := iso.NewCodec(defaultDialect())
	if err != nil {
		t.Fatal(err)
	}
	return &terminal{Conn: sock, t: t, frames: iso.NewFrameReader(sock, codec.Dialect().Framing()), codec: codec}
}

var requestFields = iso.Fields(2, 3, 4, 7, 11, 12, 13, 22, 24, 35, 41, 42, 52, 55, 60, 62, 64, 70)

// purchase is a 0200 of 50,000 rupiah with a card of the test.
func purchase(stan int32) *iso.Outgoing {
	pan, err := iso.ParsePAN("4863990000001423")
	if err != nil {
		panic(err)
	}
	return &iso.Outgoing{
		TPDU: iso.TPDU{0x60, 0, 0x10, 0, 0}, MTI: iso.MTIFinancial, Fields: requestFields.Without(64),
		ProcessingCode: "000000", STAN: stan, NII: "0010", TID: "60060060", MID: "600600600600600", PAN: pan,
		Amount: 50_000, HasAmount: true, EntryMode: "0051", Batch: "000001", Invoice: "000036",
	}
}

func (e *terminal) frame(o *iso.Outgoing) []byte {
	e.t.Helper()
	frame, err := e.codec.EncodeRequest(nil, o)
	if err != nil {
		e.t.Fatal(err)
	}
	return frame
}

func (e *terminal) send(bytes []byte) {
	e.t.Helper()
	if _, err := e.Write(bytes); err != nil {
		e.t.Fatal(err)
	}
}

// receive waits for one answer.
func (e *terminal) receive() *iso.Answer {
	e.t.Helper()
	_ = e.SetReadDeadline(time.Now().Add(10 * time.Second))
	body, err := e.frames.Next()
	if err != nil {
		e.t.Fatalf("no answer: %v", err)
	}
	a, err := e.codec.DecodeResponse(slices.Clone(body))
	if err != nil {
		e.t.Fatal(err)
	}
	return a
}

func (e *terminal) ask(o *iso.Outgoing) *iso.Answer {
	e.t.Helper()
	e.send(e.frame(o))
	return e.receive()
}

// wantClosed waits until the gateway has closed the connection without another answer.
func (e *terminal) wantClosed() {
	e.t.Helper()
	_ = e.SetReadDeadline(time.Now().Add(10 * time.Second))
	if n, err := e.Read(make([]byte, 1)); n > 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		e.t.Errorf("read %d bytes, %v; want the connection closed", n, err)
	}
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
