package gateway

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"bpnt/iso"
	"bpnt/ledger"
)

func TestPurchaseThereAndBack(t *testing.T) {
	books := newPoster()
	books.outcome = func(ledger.Request) ledger.Result {
		return ledger.Result{Outcome: ledger.OutcomeApproved, Balance: 60_000, Masthead: 1}
	}
	g := start(t, testConfig(nil), books, keystore(t))
	a := dial(t, g).ask(purchase(36))
	if a.MTI != 0x0210 || a.ResponseCode != "00" || a.STAN != 36 || a.TPDU.String() != "6000000010" {
		t.Errorf("answer %v %s, STAN %d, TPDU %v", a.MTI, a.ResponseCode, a.STAN, a.TPDU)
	}
	if a.Amount != 50_000 || a.Balance != 60_000 || a.RRN == "" || len(a.Approval) != 6 || a.NII != "0010" || a.Batch != "000001" {
		t.Errorf("answer %+v", a)
	}
	if a.Time.String() != "1125094257" {
		t.Errorf("time %s, want 02:42:57 UTC in Jakarta", a.Time)
	}
	r := books.posted()[0]
	if r.Kind != ledger.KindRedeem || r.TID != "60060060" || r.Amount != 50_000 || r.Batch != 1 || r.NII != 10 || r.EntryMode != 51 {
		t.Errorf("the ledger was asked %+v", r)
	}
}

func TestLogonAndEcho(t *testing.T) {
	g := start(t, testConfig(nil), newPoster(), keystore(t))
	e := dial(t, g)
	logon := &iso.Outgoing{MTI: iso.MTINetwork, Fields: requestFields.Without(64), ProcessingCode: "920000", STAN: 41, TID: "60060060"}
	if a := e.ask(logon); a.MTI != 0x0810 || a.ResponseCode != "00" || a.Time == 0 || a.Fields.Has(7) {
		t.Errorf("logon: %+v", a)
	}
	for code, want := range map[string]string{"0301": "00", "0001": "00", "0201": "00", "0101": "40"} {
		o := &iso.Outgoing{MTI: iso.MTINetwork, Fields: requestFields.Without(64), Code: code, STAN: 1, TransmissionTime: "1204092457"}
		if a := e.ask(o); a.ResponseCode != want || a.Code != code || a.TransmissionTime != "1204092457" {
			t.Errorf("DE70 %s: %s, want %s", code, a.ResponseCode, want)
		}
	}
}

func TestUnsupported(t *testing.T) {
	g := start(t, testConfig(nil), newPoster(), keystore(t))
	e := dial(t, g)
	for _, c := range []struct {
		mti  iso.MTI
		code string
		want string
	}{{0x0200, "900000", "12"}, {0x0220, "310000", "40"}, {0x0500, "000000", "40"}, {0x0600, "000000", "40"}} {
		o := purchase(1)
		o.MTI, o.ProcessingCode = c.mti, c.code
		if a := e.ask(o); a.ResponseCode != c.want || a.MTI != c.mti.Response() {
			t.Errorf("%v %s: %v %s, want %s", c.mti, c.code, a.MTI, a.ResponseCode, c.want)
		}
	}
}

func TestPartlyReadableGets30(t *testing.T) {
	g := start(t, testConfig(func(c *Config) { c.Limits.Malformed = 3 }), newPoster(), keystore(t))
	e := dial(t, g)
	bad := append(e.frame(purchase(7)), 0xFF) // a byte behind the last field
	binary.BigEndian.PutUint16(bad, uint16(len(bad)-2))
	for range 2 {
		e.send(bad)
		if a := e.receive(); a.ResponseCode != "30" || a.STAN != 7 {
			t.Errorf("answer %s", a.ResponseCode)
		}
	}
	e.send(bad)
	e.wantClosed()
}

func TestChipAmountMustAgree(t *testing.T) {
	books := newPoster()
	g := start(t, testConfig(nil), books, keystore(t))
	e := dial(t, g)
	for stan, chip := range []string{"\x9F\x02\x06\x00\x00\x05\x00\x00\x00", "\x9F\x02\x06\x00\x00\x00\x05\x00\x00"} {
		o := purchase(int32(stan))
		o.Chip = iso.Opaque(chip)
		e.ask(o)
	}
	asked := books.posted()
	if asked[0].Amount == 0 || asked[1].Amount != 0 {
		t.Errorf("amounts %d %d, want the second taken away", asked[0].Amount, asked[1].Amount)
	}
}

func TestManyAnswersOfOneConnectionInOrder(t *testing.T) {
	g := start(t, testConfig(func(c *Config) { c.Limits.PendingBytes = 700 }), newPoster(), keystore(t))
	e := dial(t, g)
	var all []byte
	for stan := range int32(500) {
		all = append(all, e.frame(purchase(stan))...)
	}
	go e.send(all)
	for stan := range int32(500) {
		if a := e.receive(); a.STAN != stan {
			t.Fatalf("answer for STAN %d, want %d", a.STAN, stan)
		}
	}
}

func TestCardMovedToAnotherBucket(t *testing.T) {
	books := newPoster()
	moved := map[int32]bool{}
	books.outcome = func(r ledger.Request) ledger.Result {
		if !moved[r.STAN] {
			moved[r.STAN] = true
			return ledger.Result{MovedTo: 1}
		}
		return ledger.Result{Outcome: ledger.OutcomeApproved}
	}
	g := start(t, testConfig(nil), books, keystore(t))
	if a := dial(t, g).ask(purchase(1)); a.ResponseCode != "00" || !strings.HasPrefix(a.RRN, "01") {
		t.Errorf("answer %s, RRN %s; want it from bucket 1", a.ResponseCode, a.RRN)
	}
}

func TestCardForwardedInACircle(t *testing.T) {
	books := newPoster()
	books.outcome = func(ledger.Request) ledger.Result { return ledger.Result{MovedTo: 1} }
	g := start(t, testConfig(nil), books, keystore(t))
	if a := dial(t, g).ask(purchase(1)); a.ResponseCode != "96" {
		t.Errorf("answer %s", a.ResponseCode)
	}
}

// TestOneCardOverTwoConnectionsNeverSharesABatch: while a stranger's purchase is in flight two of one card come, which the
// lane would gather.
func TestOneCardOverTwoConnectionsNeverSharesABatch(t *testing.T) {
	books := newPoster()
	books.buckets, books.hold = 1, make(chan struct{})
	g := start(t, testConfig(nil), books, keystore(t))
	ends := []*terminal{dial(t, g), dial(t, g), dial(t, g)}
	for i, e := range ends {
		o := purchase(int32(i))
		o.TID = fmt.Sprintf("TERM%04d", i)
		if i == 0 {
			o.PAN, _ = iso.ParsePAN("4863990000001001")
		}
		e.send(e.frame(o))
		waitUntil(t, func() bool { return g.gate.underWay() == i+1 })
		if i == 0 {
			eventually(t, g, "bpnt_lane_depth", 0)
		}
	}
	close(books.hold)
	for _, e := range ends {
		e.receive()
	}
	if n := figure(t, g, "bpnt_batch_size_count"); n != 3 {
		t.Errorf("%v batches", n)
	}
	if r := books.posted(); r[0].STAN != 0 || r[1].STAN != 1 || r[2].STAN != 2 {
		t.Errorf("posted in the order %d, %d, %d", r[0].STAN, r[1].STAN, r[2].STAN)
	}
}

func TestInFlightLimitStopsReading(t *testing.T) {
	books := newPoster()
	books.hold = make(chan struct{})
	g := start(t, testConfig(func(c *Config) { c.Limits.InFlight = 2 }), books, keystore(t))
	e := dial(t, g)
	for stan := range int32(5) {
		e.send(e.frame(purchase(stan)))
	}
	eventually(t, g, `bpnt_stage_seconds_count{stage="decode"}`, 2)
	close(books.hold)
	for range 5 {
		e.receive()
	}
	if n := figure(t, g, `bpnt_stage_seconds_count{stage="decode"}`); n != 5 {
		t.Errorf("%v messages read", n)
	}
}
