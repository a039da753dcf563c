package gateway

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

// TestLateApprovalIsNotSent: a terminal gave up and began to reverse while its approval waited for the writer. The approval
// stays unsent; the next message's is the first that it hears.
func TestLateApprovalIsNotSent(t *testing.T) {
	g := start(t, testConfig(nil), newPoster(), keystore(t))
	ours, theirs := net.Pipe()
	defer theirs.Close()
	c := newConn(g, g.links[0], ours, netip.Addr{})
	now := time.Now()
	for i, deadline := range []time.Time{now.Add(-time.Millisecond), now.Add(time.Minute)} {
		c.began()
		c.ready = append(c.ready, &exchange{
			conn: c, kind: kindPurchase, head: &iso.Header{MTI: iso.MTIFinancial, STAN: int32(i + 1), TID: "60060060"},
			received: now.Add(-time.Minute), deadline: deadline, verdict: verdict(ledger.OutcomeApproved),
		})
	}
	c.mu.Lock()
	c.startWriter()
	c.mu.Unlock()
	if a := newTerminal(t, theirs).receive(); a.STAN != 2 || a.ResponseCode != "00" {
		t.Errorf("STAN %d: %s", a.STAN, a.ResponseCode)
	}
	c.finish(closeNone)
	if n := figure(t, g, "bpnt_answers_undelivered_total"); n != 1 {
		t.Errorf("%v answers were not delivered", n)
	}
}
