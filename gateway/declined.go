package gateway

import (
	"sync"
	"sync/atomic"
	"time"

	"bpnt/ledger"
)

// declined remembers what purchases were declined with a moment ago, so that a gateway with more to do than it can need
// not ask the books again for each copy of a storm. Approvals never stand here: only the books may say again that food
// may be handed out.
//
// Why the answer is the one that the books would give. A decline that is stored stays the answer of its identity: copies,
// its reversal, a tombstone and an advice of the same STAN leave it (ledger/statetable_test.go, D and what follows it); a
// new PIN, an unblocked card or new money count for another STAN only. What could make it another is kept out:
//
//   - Another generation of the key begins a day later or when the content differs. Only what was decided just now is
//     remembered, never a repeat of the books, for Limits.DeclinedFor, a minute at the most; and only what is the same
//     in every field that the ledger is given, except the PIN, gets it.
//   - Whatever goes to the ledger for the same card, terminal and STAN, a reversal too, makes this forget what it had.
//     What comes for them stands in one chain (order.go), so a copy is looked up after all that came before it.
//   - What the books do not store (an unknown terminal, a conflict, a blocked identity) is never remembered.
//
// One thing remains. `terminal reset` makes the same message a new one, of which this gateway hears nothing: within that
// half minute it answers the old decline, where the books would decide anew. Nothing moves, and a new STAN is decided.
// Only where the books approved that copy over another gateway meanwhile, and its answer was lost, would the terminal show
// a decline for what was debited; its settlement does not agree then, and says so (95). So reset a terminal while it rests.
//
// It is written and asked only while more waits in the lane than a batch takes. Else the books are as quick.
type declined struct {
	most int
	life time.Duration
	n    atomic.Int32 // how many there are, so that nobody takes the lock for none

	mu   sync.Mutex
	kept map[declinedKey]decline
}

// declinedKey is what copies and reversals of a message share with it.
type declinedKey struct {
	link int16
	tid  string
	stan int32
	pan  ledger.PANKey
}

// decline is the whole of a message and what was said to it.
type decline struct {
	request ledger.Request
	result  ledger.Result
	until   time.Time
}

func newDeclined(l Limits) *declined {
	return &declined{most: l.DeclinedMax, life: l.DeclinedFor.Duration, kept: make(map[declinedKey]decline)}
}

func declinedKeyOf(r *ledger.Request) declinedKey {
	return declinedKey{link: r.Link, tid: r.TID, stan: r.STAN, pan: r.PAN}
}

// told is the request as the ledger compares it with a stored one, and more narrowly. It compares no PIN, and this keeps
// none.
func told(r ledger.Request) ledger.Request {
	r.PINValue, r.Resent = ledger.PINNone, false
	return r
}

// add remembers a decline. Where there are too many it forgets them all: the books know them.
func (d *declined) add(r ledger.Request, result ledger.Result, now time.Time) {
	if r.Kind != ledger.KindRedeem || result.ID == 0 || result.Replay || result.Outcome.Good() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.kept) >= d.most {
		clear(d.kept)
	}
	d.kept[declinedKeyOf(&r)] = decline{request: told(r), result: result, until: now.Add(d.life)}
	d.n.Store(int32(len(d.kept)))
}

// find is what a copy of this request was declined with.
func (d *declined) find(r *ledger.Request, now time.Time) (result ledger.Result, found bool) {
	if d.n.Load() == 0 {
		return ledger.Result{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	was, found := d.kept[declinedKeyOf(r)]
	if !found || !now.Before(was.until) || was.request != told(*r) {
		return ledger.Result{}, false
	}
	was.result.Replay = true
	return was.result, true
}

// forget is for a message that goes to the ledger.
func (d *declined) forget(r *ledger.Request) {
	if d.n.Load() == 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.kept, declinedKeyOf(r))
	d.n.Store(int32(len(d.kept)))
}

// recall answers a message as its copy was declined, where its lane has more to do than it can. It is false for what has to
// go to the ledger.
func (g *Gateway) recall(x *exchange, now time.Time) bool {
	if x.errand != nil || !g.lanes[x.bucket].Pressed() {
		return false
	}
	result, found := g.declined.find(&x.request, now)
	if found {
		x.result = result
		g.metrics.decided(result)
		g.metrics.recalled.Inc()
	}
	return found
}
