package e2e

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/iso"
	"bpnt/loadtest/faults"
)

// TestFramesInPieces: however a message is cut into writes, it is the same message: the answer is that of one write, and
// all pieces together debit once.
func TestFramesInPieces(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	x := w.crossing(0)
	for i, size := range []int{1, 2, 3, 7, 64} {
		stan := int32(i + 1)
		pieces := x.dial(
			faults.Step{Kind: faults.Split, Bytes: size},
			faults.Step{Side: faults.Answers, Kind: faults.Split, Bytes: size},
		)
		first := pieces.want("purchase in pieces", "00", w.purchase(c, stan, 1_000))
		whole := pieces.want("repeat in one piece", "00", w.purchase(c, stan, 1_000).Repeat())
		if whole.RRN != first.RRN || whole.Balance != first.Balance || whole.Receipt != first.Receipt {
			t.Errorf("%d bytes a write: the repeat has RRN %s, the purchase %s", size, whole.RRN, first.RRN)
		}
		_ = pieces.Close()
	}
	w.wantBalance("after five purchases", c, testGrant-5_000)
	w.audit()
}

// TestFramesTogether: many messages in one write are as many messages, answered in order.
func TestFramesTogether(t *testing.T) {
	const messages = 40
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	var script faults.Script
	for n := range messages - 1 { // the last takes all the others along
		script = append(script, faults.Step{Frame: n, Kind: faults.Coalesce, For: time.Minute})
	}
	e := w.crossing(0).dial(script...)
	defer e.Close()
	var all []byte
	for stan := range int32(messages) {
		all = append(all, e.frame(w.purchase(c, stan+1, 500))...)
	}
	e.send(all)
	for stan := range int32(messages) {
		a, _, err := e.receive(25 * time.Second)
		w.check(err)
		if a.STAN != stan+1 || a.ResponseCode != "00" {
			t.Errorf("answer %d has STAN %d and DE39 %s", stan+1, a.STAN, a.ResponseCode)
		}
	}
	w.wantBalance("after forty purchases", c, testGrant-messages*500)
	w.audit()
}

// TestThousandCopies: one message a thousand times over fifty connections (two hundred in the short form) debits once, and
// all are told the same; so is its reversal credited once.
func TestThousandCopies(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	e, each := w.dial(), shortly(t, 20, 4)
	alike(t, "purchase", 50*each, w.burst(e.frame(w.purchase(c, 7, 50_000)), 50, each))
	w.wantBalance("after a thousand copies", c, testGrant-50_000)
	alike(t, "reversal", 50*each, w.burst(e.frame(w.reversal(c, 7, 50_000)), 50, each))
	w.wantBalance("after a thousand reversals", c, testGrant)
	if r := w.audit(); r.Redemptions != 1 || r.Reversals != 1 {
		t.Errorf("%d debits, %d credits", r.Redemptions, r.Reversals)
	}
}

func alike(t *testing.T, what string, want int, answers [][]byte) {
	t.Helper()
	if len(answers) != want {
		t.Errorf("%s: %d answers", what, len(answers))
	}
	for _, a := range answers {
		if !bytes.Equal(a, answers[0]) {
			t.Fatalf("%s: two copies were answered differently", what)
		}
	}
}

// TestOvertakenByItsReversal: the network holds a purchase until its reversal, sent later over another connection, was
// answered. And a copy of a purchase comes over another connection when its reversal is long done.
func TestOvertakenByItsReversal(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	x := w.crossing(0)
	for n := range int32(shortly(t, 100, 10)) {
		held, other := x.dial(faults.Step{Kind: faults.Reorder, For: time.Minute}), x.dial()
		sale := w.purchase(c, 2*n+1, 5_000)
		held.send(held.frame(sale))
		reordered := int64(n) + 1
		w.until("the purchase is held", func() bool { return x.proxy.Counts()[faults.Reorder] == reordered })
		other.want("the reversal that overtook it", "00", terminal(testTID).Reversal(sale))
		if a, _, err := held.receive(25 * time.Second); err != nil || a.ResponseCode != "94" {
			t.Fatalf("the purchase that was overtaken: %+v, %v", a, err)
		}
		x.copyAfterReversal(w.purchase(c, 2*n+2, 5_000))
		_, _ = held.Close(), other.Close()
	}
	w.wantBalance("at the end", c, testGrant)
	w.audit()
}

// copyAfterReversal sends a purchase whose copy comes behind the reversal, over the connection of the reversal.
func (x *crossing) copyAfterReversal(sale iso.Outgoing) {
	x.t.Helper()
	first, second := x.dial(faults.Step{Kind: faults.Duplicate, Away: 1}), x.dial()
	defer first.Close()
	defer second.Close()
	first.want("purchase", "00", sale)
	second.want("reversal", "00", terminal(testTID).Reversal(sale))
	if a, _, err := second.receive(25 * time.Second); err != nil || a.ResponseCode != "94" || a.STAN != sale.STAN {
		x.t.Errorf("the copy that came after the reversal: %+v, %v", a, err)
	}
}

// until waits for what must become true.
func (w *world) until(what string, done func() bool) {
	w.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 24_000 {
		if done() {
			return
		}
		<-tick.C
	}
	w.t.Fatalf("waited in vain until %s", what)
}

// closedFor is the figure of connections that ended for a reason.
func closedFor(reason string) string {
	return fmt.Sprintf(`bpnt_connections_closed_total{reason=%q}`, reason)
}

func (w *world) untilClosed(reason string, n float64) {
	w.t.Helper()
	w.until("closed: "+reason, func() bool { return w.shown(closedFor(reason)) >= n })
}

// TestSilentPeersAreClosed: peers vanish without a word, some with an answer under way, one in the middle of a message, one
// before its first. The gateway gives up each in the time that its limits say. The purchases that nobody heard about are
// reversed over another connection.
func TestSilentPeersAreClosed(t *testing.T) {
	w := newWorld(t, func(c *gateway.Config) {
		c.Limits.Idle = gateway.Duration{Duration: 1500 * time.Millisecond}
		c.Limits.Frame, c.Limits.FirstFrame = c.Limits.Idle, c.Limits.Idle
	})
	c := w.family()
	w.disburse()
	x := w.crossing(0)
	const peers = 5
	for stan := range int32(peers) {
		e := x.dial(faults.Step{Side: faults.Answers, Kind: faults.HalfOpen, For: time.Hour})
		defer e.Close()
		e.send(e.frame(w.purchase(c, stan+1, 1_000)))
	}
	half := w.dial()
	half.send(half.frame(w.purchase(c, 100, 1_000))[:40])
	w.dial() // and says nothing
	w.untilClosed("idle_timeout", peers)
	w.untilClosed("frame_timeout", 1)
	w.untilClosed("first_frame_timeout", 1)
	w.wantBalance("before the reversals", c, testGrant-peers*1_000)
	honest := w.dial()
	for stan := range int32(peers) {
		honest.want("reversal of what nobody heard", "00", w.reversal(c, stan+1, 1_000))
	}
	w.wantBalance("at the end", c, testGrant)
	w.audit()
}

// TestClosedWithUnreadInput: a terminal sends a purchase and, behind it, what the gateway closes the connection for, with
// more than it will ever read. The answer arrives all the same, and then the end: no reset destroys it.
func TestClosedWithUnreadInput(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	for n := range shortly(t, 40, 8) {
		e := w.dial()
		sale := w.purchase(c, int32(n+1), 1_000)
		frame := e.frame(sale)
		answer := bytes.Clone(frame)
		answer[8] = 0x10 // 0200 becomes 0210
		e.send(append(append(frame, answer...), make([]byte, n<<9)...))
		w.untilClosed("answer_received", float64(n+1))
		if a, _, err := e.receive(25 * time.Second); err != nil || a.ResponseCode != "00" {
			t.Fatalf("with %d bytes behind it: %+v, %v", n<<9, a, err)
		}
		if rest, err := io.ReadAll(e.Conn); err != nil || len(rest) > 0 {
			t.Errorf("with %d bytes behind it the answer is followed by %d bytes, %v", n<<9, len(rest), err)
		}
	}
	w.wantBalance("at the end", c, testGrant-int64(shortly(t, 40, 8))*1_000)
	w.audit()
}
