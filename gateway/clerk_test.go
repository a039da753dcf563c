package gateway

import (
	"testing"
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

// speaker makes the messages of a terminal's day.
func speaker(tid string) iso.Terminal {
	return iso.Terminal{TPDU: iso.TPDU{0x60, 0, 0x10, 0, 0}, NII: "0010", TID: tid, MID: "600600600600600", Batch: "000001", EntryMode: "0051"}
}

func sales(count int32, amount int64) iso.Totals {
	return iso.Totals{N: 2, Pairs: [6]iso.Total{{Count: count, Amount: amount}}}
}

func settlement(tid string, stan int32) *iso.Outgoing {
	o := speaker(tid).Settlement(stan, sales(2, 75_000))
	return &o
}

// TestSettlementThereAndBack: the pairs of DE63 are added up for the ledger and come back as they were; the slip shows
// what the books count.
func TestSettlementThereAndBack(t *testing.T) {
	books := newPoster()
	books.settle = func(c ledger.BatchClaim) (ledger.BatchAnswer, error) {
		return ledger.BatchAnswer{
			Outcome: ledger.OutcomeApproved, At: time.Date(2026, 11, 25, 13, 42, 57, 0, time.UTC), SentBatch: c.SentBatch, Masthead: 1,
			Ours: ledger.Totals{Sales: 2, SalesAmount: 1_375}, Gross: ledger.Totals{Sales: 5, SalesAmount: 14_975}, Voids: 3, VoidsAmount: 13_600,
		}, nil
	}
	e := dial(t, start(t, testConfig(nil), books, keystore(t)))
	totals := iso.Totals{N: 6, Pairs: [6]iso.Total{{Count: 1, Amount: 100}, {Count: 2, Amount: 30}, {Count: 4, Amount: 200}, {Count: 8, Amount: 50}, {Count: 16, Amount: 300}, {}}}
	o := speaker("60060060").Settlement(37, totals)
	a := e.ask(&o)
	if a.MTI != 0x0510 || a.ResponseCode != "00" || a.Totals == nil || *a.Totals != totals || a.Time.String() != "1125204257" {
		t.Errorf("answer %+v", a)
	}
	claim := books.claimed()[0]
	want := ledger.BatchClaim{
		Link: 1, TID: "60060060", MID: "600600600600600", STAN: 37, SentBatch: 1,
		Totals: ledger.Totals{Sales: 21, SalesAmount: 600, Refunds: 10, RefundsAmount: 80},
	}
	if claim != want {
		t.Errorf("the ledger was asked %+v", claim)
	}
	wantSlip(t, a.Receipt, `
		ID DISETUJUI - 00
		NP E-WARONG MELATI
		NP JAKARTA TIMUR
		NP
		NP TID : 60060060
		NP MID : 600600600600600
		NP
		BP SETTLEMENT
		NP 25/11/2026 20:42:57 WIB
		NP BATCH : 000001 DITUTUP
		NP
		NP PENJUALAN 005          Rp 14.975
		NP VOID      003          Rp 13.600
		NP REFUND    000               Rp 0
		BP TOTAL     002           Rp 1.375
		NP
		NP TOTAL TERMINAL BERBEDA:
		NP YANG BERLAKU TOTAL BANK
		NP
		NP SETTLEMENT SELESAI`)
}

// TestTotalsThatDifferPrintNothing: 95 asks for the upload, and the batch is not done with.
func TestTotalsThatDifferPrintNothing(t *testing.T) {
	books := newPoster()
	books.settle = func(ledger.BatchClaim) (ledger.BatchAnswer, error) {
		return ledger.BatchAnswer{Outcome: ledger.OutcomeTotalsDiffer}, nil
	}
	e := dial(t, start(t, testConfig(nil), books, keystore(t)))
	if a := e.ask(settlement("60060060", 1)); a.ResponseCode != "95" || a.Receipt != "" || a.Totals == nil {
		t.Errorf("answer %+v", a)
	}
	trailer := speaker("60060060").Trailer(2, sales(1, 5))
	if e.ask(&trailer); !books.claimed()[1].Trailer {
		t.Error("the trailer is no trailer to the ledger")
	}
}

// TestUploadThereAndBack: the answer repeats the RRN, and the ledger gets what DE60 says and not a payment.
func TestUploadThereAndBack(t *testing.T) {
	books := newPoster()
	e := dial(t, start(t, testConfig(nil), books, keystore(t)))
	o := speaker("60060060").Upload(9, *purchase(7), "110718000118", true)
	if a := e.ask(&o); a.MTI != 0x0330 || a.ResponseCode != "00" || a.RRN != "110718000118" || a.ProcessingCode != "000001" {
		t.Errorf("answer %+v", a)
	}
	u := books.uploads[0]
	if u.OriginalMTI != 200 || u.OriginalSTAN != 7 || u.RRN != "110718000118" || u.Amount != 50_000 || u.STAN != 9 || u.PAN == (ledger.PANKey{}) {
		t.Errorf("the ledger was asked %+v", u)
	}
	if asked := books.posted(); len(asked) > 0 {
		t.Errorf("and posted %+v", asked)
	}
}

// TestErrandTrouble: an errand goes again until its deadline. 91 says that nothing was done; where an attempt may have
// been, the terminal hears nothing and asks again.
func TestErrandTrouble(t *testing.T) {
	for _, c := range []struct {
		name string
		errs []error // of the attempts; the last goes on for ever
		want string  // DE39; empty for silence
	}{
		{"at the second attempt", []error{ledger.ErrUnavailable, nil}, "00"},
		{"after an unknown outcome", []error{ledger.ErrIndeterminate, nil}, "00"},
		{"away until the deadline", []error{ledger.ErrUnavailable}, "91"},
		{"unknown, then away", []error{ledger.ErrIndeterminate, ledger.ErrUnavailable}, ""},
		{"busy, then rejected", []error{ledger.ErrBusy, ledger.ErrRejected}, "96"},
		{"unknown, then rejected", []error{ledger.ErrIndeterminate, ledger.ErrRejected}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			books, attempts := newPoster(), 0
			books.settle = func(ledger.BatchClaim) (ledger.BatchAnswer, error) {
				err := c.errs[min(attempts, len(c.errs)-1)]
				attempts++
				return ledger.BatchAnswer{Outcome: ledger.OutcomeApproved}, err
			}
			g := start(t, testConfig(func(conf *Config) {
				conf.Links[0].Deadline, conf.Limits.Attempt = Duration{400 * time.Millisecond}, Duration{200 * time.Millisecond}
			}), books, keystore(t))
			e := dial(t, g)
			if c.want == "" {
				e.wantSilence(g, settlement("60060060", 1))
			} else if a := e.ask(settlement("60060060", 1)); a.ResponseCode != c.want {
				t.Errorf("DE39 %s after %d attempts, want %s", a.ResponseCode, attempts, c.want)
			}
			books.set(func() { c.errs = []error{nil} })
			if a := e.ask(settlement("60060060", 2)); a.ResponseCode != "00" {
				t.Errorf("the next one: %s", a.ResponseCode)
			}
		})
	}
}

// TestErrandThatPanics: a fault of ours may have done something, so it is met with silence, and the terminal trades on.
func TestErrandThatPanics(t *testing.T) {
	books := newPoster()
	faulty := books.settle
	books.settle = func(ledger.BatchClaim) (ledger.BatchAnswer, error) { panic("a fault") }
	g := start(t, testConfig(impatient), books, keystore(t))
	e := dial(t, g)
	e.wantSilence(g, settlement("60060060", 1))
	books.set(func() { books.settle = faulty })
	if a := e.ask(settlement("60060060", 2)); a.ResponseCode != "00" {
		t.Errorf("the next one: %s", a.ResponseCode)
	}
}

// TestSettlementWaitsForItsTerminal: it goes to the ledger behind the purchases of its terminal and before those that come
// later, and waits for nobody else's.
func TestSettlementWaitsForItsTerminal(t *testing.T) {
	books := newPoster()
	hold := make(chan struct{})
	books.hold = hold
	g := start(t, testConfig(nil), books, keystore(t))
	e := dial(t, g)
	e.send(e.frame(purchase(1)))
	e.send(e.frame(settlement("60060060", 2)))
	e.send(e.frame(settlement("OTHER001", 3)))
	last := purchase(4)
	last.PAN, _ = iso.ParsePAN("4863990000001001")
	e.send(e.frame(last))
	eventually(t, g, `bpnt_stage_seconds_count{stage="decode"}`, 4)
	if claims := books.claimed(); len(claims) != 1 || claims[0].TID != "OTHER001" {
		t.Errorf("while a purchase is in flight the ledger is asked to close %+v", claims)
	}
	if len(books.posted()) > 0 {
		t.Error("a purchase was posted past the lock")
	}
	close(hold)
	got := map[int32]int{}
	for i := range 4 {
		got[e.receive().STAN] = i
	}
	if !(got[1] < got[2] && got[2] < got[4]) {
		t.Errorf("answered in the order %v", got)
	}
}

// TestFullClerk: at the limit the one too many is refused with 91, and the others are served.
func TestFullClerk(t *testing.T) {
	books := newPoster()
	hold := make(chan struct{})
	books.hold = hold
	g := start(t, testConfig(func(c *Config) { c.Limits.Clerks, c.Limits.ClerkDepth = 1, 1 }), books, keystore(t))
	e := dial(t, g)
	e.send(e.frame(settlement("CLERK001", 1)))
	eventually(t, g, `bpnt_stage_seconds_count{stage="decode"}`, 1)
	eventually(t, g, "bpnt_errands_waiting", 0)
	e.send(e.frame(settlement("CLERK002", 2)))
	eventually(t, g, "bpnt_errands_waiting", 1)
	if a := e.ask(settlement("CLERK003", 3)); a.STAN != 3 || a.ResponseCode != "91" {
		t.Errorf("the one too many: STAN %d %s", a.STAN, a.ResponseCode)
	}
	if n := figure(t, g, `bpnt_shed_total{reason="lane_full"}`); n != 1 {
		t.Errorf("%v counted", n)
	}
	close(hold)
	for range 2 {
		if a := e.receive(); a.ResponseCode != "00" {
			t.Errorf("STAN %d: %s", a.STAN, a.ResponseCode)
		}
	}
}
