package loadtest

import (
	"fmt"
	"net"
	"sync"
	"testing"
	"time"
)

// dayBooks is a host's ledger of open and closed batches, by TID. A sale is known by its STAN, which is its RRN too.
type dayBooks struct {
	mu       sync.Mutex
	standing map[string]map[int64]int64 // STAN to whole rupiah
	voids    map[string]int64           // TID and STAN of a void to the sale's STAN
	voided   map[string]map[int64]int64
	closed   map[string][]totals
	uploads  int64
}

func newDayBooks() *dayBooks {
	return &dayBooks{
		standing: map[string]map[int64]int64{}, voids: map[string]int64{}, voided: map[string]map[int64]int64{},
		closed: map[string][]totals{},
	}
}

// answer posts a request and tells DE39.
func (b *dayBooks) answer(frame []byte) (q request, code string) {
	q = parseRequest(frame)
	b.mu.Lock()
	defer b.mu.Unlock()
	tid := string(q.tid)
	if b.standing[tid] == nil {
		b.standing[tid], b.voided[tid] = map[int64]int64{}, map[int64]int64{}
	}
	switch q.mti &^ repeatFlag {
	case mtiSettlement:
		return q, b.settle(tid, bcd(q.code), frame[len(frame)-15:])
	case mtiUpload:
		b.uploads++
		return q, "00"
	}
	return q, b.post(q, tid)
}

func (b *dayBooks) post(q request, tid string) string {
	stan, void := bcd(q.stan), fmt.Sprintf("%s %x", q.tid, q.stan)
	switch isVoid, isReversal := bcd(q.code) == 20_000, q.mti >= mtiReversal; {
	case isVoid && isReversal:
		moveSale(b.voided[tid], b.standing[tid], b.voids[void])
	case isVoid:
		b.voids[void] = parseDigits(q.rrn)
		if !moveSale(b.standing[tid], b.voided[tid], b.voids[void]) {
			return "25"
		}
	case isReversal:
		delete(b.standing[tid], stan)
	default:
		b.standing[tid][stan] = bcd(q.amount) / 100
	}
	return "00"
}

func moveSale(from, to map[int64]int64, stan int64) bool {
	amount, found := from[stan]
	if found {
		delete(from, stan)
		to[stan] = amount
	}
	return found
}

func (b *dayBooks) settle(tid string, code int64, de63 []byte) string {
	ours := b.open(tid)
	theirs := totals{parseDigits(de63[:3]), parseDigits(de63[3:]) / 100}
	if code == 920_000 && ours != theirs {
		return "95"
	}
	b.closed[tid] = append(b.closed[tid], ours)
	b.standing[tid], b.voided[tid] = nil, nil
	return "00"
}

func (b *dayBooks) open(tid string) (sum totals) {
	for _, amount := range b.standing[tid] {
		sum.count++
		sum.amount += amount
	}
	return sum
}

func parseDigits(b []byte) (v int64) {
	for _, d := range b {
		v = v*10 + int64(d-'0')
	}
	return v
}

// TestDay: with voids, lost answers, lost voids and wrong totals, every batch of every terminal is the host's batch,
// and their sum is what the terminals say was debited.
func TestDay(t *testing.T) {
	b := newDayBooks()
	r := newResponder(t, func(conn net.Conn, request, _ []byte) {
		q, code := b.answer(request)
		if lost := q.mti == mtiPurchase && bcd(q.stan)%37 == 0; !lost {
			send(conn, answerTo(request, code))
		}
	})
	cfg := testConfig(r.addr())
	cfg.Reversals, cfg.Voids, cfg.Settle, cfg.Disputes = 0.1, 0.3, true, 0.5
	cfg.AnswerTimeout, cfg.FirstBatch = 20*time.Millisecond, batchMax
	report := play(t, cfg, testFleet(t, 8, 5))
	if len(report.Unresolved) != 0 || report.Outcomes["void_approved"] == 0 || report.Outcomes["void_declined_25"] != 0 {
		t.Errorf("%d unresolved, outcomes %v", len(report.Unresolved), report.Outcomes)
	}
	s := report.Settlement
	if s.SalesIDR != report.TerminalsDebitsIDR || s.Sales != report.Redemptions || s.SalesIDR == 0 {
		t.Errorf("settled %d, %d rupiah; the terminals sold %d, %d rupiah", s.Sales, s.SalesIDR, report.Redemptions, report.TerminalsDebitsIDR)
	}
	if s.Agreed == 0 || s.Disputed == 0 || s.Agreed+s.Disputed != s.Batches || s.Uploads != b.uploads || s.Uploads == 0 {
		t.Errorf("%+v, the host heard of %d uploads", *s, b.uploads)
	}
	for batch := range report.Batches() {
		if batch.Cleared {
			continue
		}
		if len(b.closed[batch.TID]) != 2 { // the first cleared what stood there before
			t.Fatalf("%s closed %d batches", batch.TID, len(b.closed[batch.TID]))
		}
		if ours := b.closed[batch.TID][1]; ours != (totals{batch.Sales, batch.SalesIDR}) || batch.Number != 1 {
			t.Errorf("%+v, the host has %+v", batch, ours)
		}
	}
	fates := map[Fate]int64{}
	for sale := range report.Sales() {
		fates[sale.Fate]++
	}
	if fates[FateVoided] == 0 || fates[FateApproved] != report.Redemptions {
		t.Errorf("fates %v", fates)
	}
}

// TestBatchIsFull: a terminal settles in the middle of the day when its totals could not count one more sale, and
// settles first what it does not know of.
func TestBatchIsFull(t *testing.T) {
	b := newDayBooks()
	b.standing["T0000000"], b.voided["T0000000"] = map[int64]int64{999_999: 7}, map[int64]int64{}
	r := newResponder(t, func(conn net.Conn, request, _ []byte) {
		_, code := b.answer(request)
		send(conn, answerTo(request, code))
	})
	cfg := testConfig(r.addr())
	cfg.Settle, cfg.Duration = true, 600*time.Millisecond
	report := play(t, cfg, testFleet(t, 1, 5))
	var numbers []int32
	for batch := range report.Batches() {
		if batch.Cleared != (batch.Number == 1) || batch.Cleared != (batch.Fate == BatchDisputed) || batch.Sales > batchSales {
			t.Errorf("%+v", batch)
		}
		numbers = append(numbers, batch.Number)
	}
	closed := b.closed["T0000000"]
	if len(numbers) < 3 || numbers[1] != 2 || numbers[2] != 3 || closed[0] != (totals{1, 7}) || b.uploads != 0 {
		t.Errorf("batches %v; the host closed %v after %d uploads", numbers, closed, b.uploads)
	}
}

// TestSettlementRefused: a host that does not know settlements leaves the batch open and the sales as they are.
func TestSettlementRefused(t *testing.T) {
	r := newResponder(t, func(conn net.Conn, request, answer []byte) {
		if parseRequest(request).mti == mtiSettlement {
			answer = answerTo(request, "40")
		}
		send(conn, answer)
	})
	cfg := testConfig(r.addr())
	cfg.Settle, cfg.Arrivals = true, Arrivals{ShapeConstant, 100}
	report := play(t, cfg, testFleet(t, 2, 5))
	if s := report.Settlement; s.Refused != 2 || s.Batches != 2 || s.SalesIDR != 0 || report.Redemptions == 0 {
		t.Errorf("%+v, %d redemptions", *s, report.Redemptions)
	}
}

// TestNextSTAN: a run that follows begins with a STAN that no terminal has used.
func TestNextSTAN(t *testing.T) {
	r := newResponder(t, func(conn net.Conn, _, answer []byte) { send(conn, answer) })
	cfg := testConfig(r.addr())
	cfg.Arrivals, cfg.FirstSTAN = Arrivals{ShapeConstant, 100}, stanMax
	report := play(t, cfg, testFleet(t, 1, 5))
	if next := report.NextSTAN(); int64(next) != report.Redemptions {
		t.Errorf("%d after %d purchases that began with %d", next, report.Redemptions, stanMax)
	}
}
