package gateway

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

// withMTI is the message with another type.
func withMTI(o *iso.Outgoing, mti iso.MTI) *iso.Outgoing {
	o.MTI = mti
	return o
}

// wantSilence asks, waits until the gateway has decided for silence, and proves it by an echo, whose answer comes next.
func (e *terminal) wantSilence(g *Gateway, o *iso.Outgoing) {
	e.t.Helper()
	const silences = `bpnt_outcomes_total{outcome="silence"}`
	before := figure(e.t, g, silences)
	e.send(e.frame(o))
	eventually(e.t, g, silences, before+1)
	e.wantEcho()
}

func (e *terminal) wantEcho() {
	e.t.Helper()
	echo := &iso.Outgoing{MTI: iso.MTINetwork, Fields: requestFields.Without(64), Code: "0301", STAN: 999}
	if a := e.ask(echo); a.STAN != 999 {
		e.t.Errorf("an answer %s to STAN %d where silence was due", a.ResponseCode, a.STAN)
	}
}

func TestDatabaseAway(t *testing.T) {
	books := newPoster()
	g := start(t, testConfig(nil), books, keystore(t))
	e := dial(t, g)
	books.set(func() { books.fail, books.down = ledger.ErrUnavailable, true })
	if a := e.ask(purchase(1)); a.ResponseCode != "91" || a.STAN != 1 {
		t.Errorf("a first message: %s", a.ResponseCode)
	}
	e.wantSilence(g, purchase(1))                  // its copy
	e.wantSilence(g, withMTI(purchase(2), 0x0201)) // a repeat of something this process never saw
	if a := e.ask(withMTI(purchase(1), 0x0400)); a.ResponseCode != "91" {
		t.Errorf("a reversal: %s", a.ResponseCode)
	}
	if a := e.ask(withMTI(purchase(1), 0x0401)); a.ResponseCode != "91" {
		t.Errorf("a repeated reversal: %s", a.ResponseCode)
	}
	books.set(func() { books.fail, books.down = nil, false })
	eventually(t, g, "bpnt_lanes_ready", 2)
	if a := e.ask(purchase(3)); a.ResponseCode != "00" {
		t.Errorf("afterwards: %s", a.ResponseCode)
	}
}

func TestFullLane(t *testing.T) {
	books := newPoster()
	books.buckets, books.hold = 1, make(chan struct{})
	g := start(t, testConfig(func(c *Config) { c.Limits.LaneDepth = 1 }), books, keystore(t))
	e := dial(t, g)
	for i, card := range []string{"4863990000001001", "4863990000001002", "4863990000001003"} {
		o := purchase(int32(i))
		o.PAN, _ = iso.ParsePAN(card)
		o.TID = "TERM000" + string(rune('0'+i))
		e.send(e.frame(o))
		if i == 0 {
			eventually(t, g, `bpnt_stage_seconds_count{stage="decode"}`, 1)
			eventually(t, g, "bpnt_lane_depth", 0)
		}
	}
	if a := e.receive(); a.ResponseCode != "91" || a.STAN != 2 {
		t.Errorf("the one too many: STAN %d %s", a.STAN, a.ResponseCode)
	}
	close(books.hold)
	for range 2 {
		if a := e.receive(); a.ResponseCode != "00" {
			t.Errorf("STAN %d: %s", a.STAN, a.ResponseCode)
		}
	}
}

func TestUnknownOutcomeIsSilentAndSettled(t *testing.T) {
	books := newPoster()
	books.fail = ledger.ErrIndeterminate
	g := start(t, testConfig(impatient), books, keystore(t))
	e := dial(t, g)
	e.send(e.frame(purchase(1)))
	eventually(t, g, `bpnt_shed_total{reason="outcome_unknown"}`, 1)
	if a := e.ask(withMTI(purchase(1), 0x0400)); a.STAN != 1 || a.MTI != 0x0410 || a.ResponseCode != "91" {
		t.Errorf("its reversal while open: %v %s", a.MTI, a.ResponseCode)
	}
	books.set(func() {
		books.fail = nil
		books.outcome = func(ledger.Request) ledger.Result { return ledger.Result{Outcome: ledger.OutcomeBlocked} }
	})
	eventually(t, g, `bpnt_settled_total{outcome="`+ledger.OutcomeBlocked.String()+`"}`, 1)
	if r := books.posted()[0]; r.Kind != ledger.KindBlock || r.STAN != 1 {
		t.Errorf("settled by %+v", r)
	}
}

func TestOutcomeOfANewerLedgerIsNotAnswered(t *testing.T) {
	for _, outcome := range []ledger.Outcome{0, -7, 77, 5_000} {
		books := newPoster()
		books.outcome = func(ledger.Request) ledger.Result { return ledger.Result{Outcome: outcome} }
		g := start(t, testConfig(nil), books, keystore(t))
		dial(t, g).wantSilence(g, purchase(1))
	}
}

func TestPoisoned(t *testing.T) {
	books := newPoster()
	books.fail = ledger.ErrRejected
	g := start(t, testConfig(nil), books, keystore(t))
	e := dial(t, g)
	if a := e.ask(purchase(1)); a.ResponseCode != "96" {
		t.Errorf("alone and rejected: %s", a.ResponseCode)
	}
	e.wantSilence(g, purchase(1))
}

// TestPartlyReadableRepeatIsSilent: 30 says that nothing was debited, which nobody knows of a repeat.
func TestPartlyReadableRepeatIsSilent(t *testing.T) {
	g := start(t, testConfig(nil), newPoster(), keystore(t))
	e := dial(t, g)
	bad := append(e.frame(withMTI(purchase(7), 0x0201)), 0xFF)
	binary.BigEndian.PutUint16(bad, uint16(len(bad)-2))
	e.send(bad)
	eventually(t, g, `bpnt_shed_total{reason="format"}`, 1)
	e.wantEcho()
}

// TestInvalidRequestIsKeptFromItsBatch: the decoder lets no such message through, so the test makes one behind it.
func TestInvalidRequestIsKeptFromItsBatch(t *testing.T) {
	books := newPoster()
	g := start(t, testConfig(nil), books, keystore(t))
	for _, tt := range []struct {
		mti    iso.MTI
		copied bool
		want   verdict
	}{{0x0200, false, verdictPoisoned}, {0x0200, true, verdictSilence}, {0x0201, false, verdictSilence}} {
		c := newConn(g, g.links[0], nil, netip.Addr{})
		c.writing = true // there is no socket: it is the verdict that is looked at
		x := &exchange{conn: c, kind: kindPurchase, head: &iso.Header{MTI: tt.mti}}
		x.copied, x.request = tt.copied, ledger.Request{Kind: ledger.KindRedeem, TID: "6006006\x00"}
		if g.admit(x); x.verdict != tt.want {
			t.Errorf("%v, copied %v: %v, want %v", tt.mti, tt.copied, x.verdict, tt.want)
		}
	}
	if asked := books.posted(); len(asked) > 0 {
		t.Errorf("%d of them reached the ledger", len(asked))
	}
	if n := figure(t, g, `bpnt_shed_total{reason="invalid"}`); n != 3 {
		t.Errorf("%v counted", n)
	}
}

func TestSeenForgetsInTwoTurns(t *testing.T) {
	at := time.Now()
	s := newSeen(2, time.Minute, at)
	a, b := identity{stan: 1}, identity{stan: 2}
	if s.has(a) || s.add(a, at) || !s.has(a) || !s.add(a, at) || s.add(b, at) {
		t.Error("the first is new, its copy is not, another is")
	}
	if !s.has(a) || !s.add(a, at.Add(time.Second)) {
		t.Error("forgotten after one turn by number")
	}
	at = at.Add(time.Second)
	s.add(identity{stan: 3}, at.Add(61*time.Second))
	s.add(identity{stan: 4}, at.Add(122*time.Second))
	if s.add(b, at.Add(123*time.Second)) {
		t.Error("remembered after two turns by time")
	}
}

// impatient is a link whose terminals give up almost at once.
func impatient(c *Config) {
	c.Links[0].Deadline = Duration{100 * time.Millisecond}
	c.Limits.Attempt = Duration{50 * time.Millisecond}
}

// TestUnsettleableDoesNotCloseItsBucket: what the ledger refuses to settle is left to people, and its bucket trades on.
func TestUnsettleableDoesNotCloseItsBucket(t *testing.T) {
	books := newPoster()
	books.fail = ledger.ErrIndeterminate
	g := start(t, testConfig(impatient), books, keystore(t))
	e := dial(t, g)
	e.send(e.frame(purchase(1)))
	eventually(t, g, `bpnt_shed_total{reason="outcome_unknown"}`, 1)
	books.set(func() { books.fail = ledger.ErrRejected })
	eventually(t, g, "bpnt_unsettled_total", 1)
	books.set(func() { books.fail = nil })
	eventually(t, g, "bpnt_lanes_ready", 2)
	if a := e.ask(purchase(2)); a.ResponseCode != "00" {
		t.Errorf("the next purchase: %s", a.ResponseCode)
	}
}

// TestNoAnswerAfterTheDeadline: an approval that is ready too late is not sent; its terminal has begun to reverse.
func TestNoAnswerAfterTheDeadline(t *testing.T) {
	x := &exchange{verdict: verdict(ledger.OutcomeApproved), deadline: time.Unix(100, 0)}
	for at, want := range map[int64]bool{99: false, 101: true} {
		if got := x.overdue(time.Unix(at, 0)); got != want {
			t.Errorf("overdue at %d: %v", at, got)
		}
	}
	x.verdict = verdictUnavailable
	if x.overdue(time.Unix(101, 0)) {
		t.Error("a refusal of the gateway's own is never too late")
	}
}
