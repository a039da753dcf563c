package loadtest

import (
	"net"
	"sync"
	"testing"
	"time"

	"bpnt/iso"
)

// TestWitness: every message of the watched families is shown, and none of another's, with what the terminal knows of it.
func TestWitness(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines int
		share float64
	}{{"lines of their own", 0, 1}, {"shared lines", 2, 1}, {"half of the families", 0, 0.5}, {"nobody", 0, 0}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBooks()
			r := newResponder(t, func(conn net.Conn, request, _ []byte) {
				q, code := b.post(request)
				if isSale(q) && bcd(q.stan)%7 == 0 {
					return
				}
				send(conn, answerTo(request, code))
			})
			var mu sync.Mutex
			families, kinds := map[int32]int{}, map[Kind]int{}
			unanswered := int64(0)
			cfg := testConfig(r.addr())
			cfg.Lines, cfg.WitnessShare, cfg.Duration = tt.lines, tt.share, 300*time.Millisecond
			cfg.Inquiries, cfg.Voids, cfg.Reversals, cfg.AnswerTimeout = 0.5, 0.2, 0.2, 50*time.Millisecond
			cfg.Witness = func(s Seen) {
				mu.Lock()
				defer mu.Unlock()
				families[s.Family]++
				kinds[s.Kind]++
				if s.Code == "" {
					unanswered++
				}
				if s.Return.Before(s.Call) || s.TID == "" || s.STAN == 0 || (s.Kind == KindInquiry) != (s.Amount == 0) ||
					(s.Original == 0) != (s.Kind != KindVoid && s.Kind != KindVoidReversal) {
					t.Errorf("%+v", s)
				}
			}
			report := play(t, cfg, testFleet(t, 4, 20))
			for family := range families {
				if !sampled(cfg.Seed, family, tt.share) {
					t.Errorf("family %d is not of the sample", family)
				}
			}
			switch {
			case tt.share == 0 && len(families) > 0, tt.share == 0.5 && (len(families) == 0 || len(families) > 70):
				t.Errorf("%d families of 80 are watched", len(families))
			case tt.share == 1 && (len(kinds) < 4 || unanswered != report.Timeouts):
				t.Errorf("kinds %v, %d without answer, %d timeouts", kinds, unanswered, report.Timeouts)
			}
		})
	}
}

// TestWitnessBalance: a watched answer is read up to DE54.
func TestWitnessBalance(t *testing.T) {
	codec, err := iso.NewCodec(iso.EDC())
	if err != nil {
		t.Fatal(err)
	}
	frame, err := codec.Encode(nil, &iso.Response{
		Header: iso.Header{TPDU: iso.TPDU{0x60}, MTI: iso.MTIFinancial, STAN: 7, ProcessingCode: "310000", TID: "12345678"},
		Fields: iso.Fields(3, 11, 39, 41, 54), ResponseCode: "00", Balance: 77_000, HasBalance: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	body := frame[2:]
	a, ok := parseAnswer(body)
	e := ear{tid: a.tid, recorder: newRecorder(), codec: codec}
	if !ok || !e.accept(body, &a, expectation{mti: 0x0210, stan: 7, watched: true}) || a.balance != 77_000 || !a.hasBalance {
		t.Errorf("balance %d, %v", a.balance, a.hasBalance)
	}
}

// TestSampled: the sample has the size that was asked for, and another seed has another.
func TestSampled(t *testing.T) {
	both, one := 0, 0
	for family := range int32(10_000) {
		if sampled(1, family, 0.1) {
			one++
			if sampled(2, family, 0.1) {
				both++
			}
		}
		if !sampled(3, family, 1) || sampled(3, family, 0) {
			t.Fatal("all is not all, or none is not none")
		}
	}
	if one < 850 || one > 1150 || both > one/3 {
		t.Errorf("%d of 10,000, %d of them in both", one, both)
	}
}

// TestNoWitnessNoCost: where nobody watches, asking whether a message is watched allocates nothing and draws nothing.
func TestNoWitnessNoCost(t *testing.T) {
	cfg, card := testConfig(""), Card{Family: 3}
	cfg.WitnessShare = 1
	if n := testing.AllocsPerRun(100, func() {
		if cfg.watches(classPurchase, &card) {
			t.Error("watched by nobody")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
