package loadtest

import (
	"net"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// TestDoubles: the network brings purchases twice, and the host, short of its books, says 91 to the first copy
// and approves the second when nobody waits for it any more. Terminals that know of such networks reverse after a 91, and
// their sum is the books'.
func TestDoubles(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	for _, lines := range []int{0, 2} {
		b := newBooks()
		h := &doublingHost{books: b, owed: map[string][]byte{}}
		cfg := testConfig(newResponder(t, h.reply).addr())
		cfg.Doubles, cfg.Repeats, cfg.Lines = true, 0.1, lines
		report := play(t, cfg, testFleet(t, 4, 10))
		if report.TerminalsDebitsIDR != b.sum() || len(report.Unresolved) != 0 {
			t.Errorf("terminals say %d rupiah, the books %d; %d unresolved",
				report.TerminalsDebitsIDR, b.sum(), len(report.Unresolved))
		}
		if report.Outcomes["unavailable"] == 0 || report.Outcomes["reversed"] == 0 {
			t.Errorf("outcomes %v", report.Outcomes)
		}
	}
}

// doublingHost says 91 to every third purchase. It posts the copy at once, or behind the terminal's next message, which is
// its reversal.
type doublingHost struct {
	books *books
	mu    sync.Mutex
	owed  map[string][]byte // copies under way, by TID
}

func (h *doublingHost) reply(conn net.Conn, frame, _ []byte) {
	q := parseRequest(frame)
	if third(q) && q.mti == mtiPurchase {
		send(conn, answerTo(frame, "91"))
		if q.tid[len(q.tid)-1]%2 == 0 {
			h.post(conn, frame)
		} else {
			h.swap(string(q.tid), append([]byte(nil), frame...))
		}
		return
	}
	h.post(conn, frame)
	if late := h.swap(string(q.tid), nil); late != nil {
		h.post(conn, late)
	}
}

func (h *doublingHost) post(conn net.Conn, frame []byte) {
	_, code := h.books.post(frame)
	send(conn, answerTo(frame, code))
}

// swap leaves a copy for later, and takes the one that was left.
func (h *doublingHost) swap(tid string, frame []byte) (late []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	late, h.owed[tid] = h.owed[tid], frame
	return late
}
