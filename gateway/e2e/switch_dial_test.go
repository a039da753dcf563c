package e2e

import (
	"net"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/iso"
)

// accept takes the gateway's connection and answers its sign-on.
func (w *world) accept(l net.Listener) *bank {
	w.t.Helper()
	_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(20 * time.Second))
	sock, err := l.Accept()
	w.check(err)
	b := w.bank(sock)
	_ = b.SetReadDeadline(time.Now().Add(10 * time.Second))
	body, err := b.frames.Next()
	w.check(err)
	m, err := b.codec.Decode(body)
	w.check(err)
	if n, ok := m.(*iso.Network); !ok || n.Code != iso.NetworkSignOn {
		w.t.Fatalf("the gateway began with %T", m)
	}
	answer, err := b.codec.Encode(nil, &iso.Response{
		Header: *m.Head(), Fields: iso.Fields(7, 11, 39, 70), ResponseCode: "00", Code: iso.NetworkSignOn,
	})
	w.check(err)
	b.send(answer)
	return b
}

// TestDialledLink: the bank's host goes away in the middle of the day and comes back. The gateway connects and signs on
// anew, the redemption whose answer was lost is found again, and no rupiah is debited twice.
func TestDialledLink(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	w := switchWorld(t, func(k *gateway.Link) {
		k.Listen, k.Dial = "", l.Addr().String()
		k.Switch.SignOn, k.Switch.Echo = gateway.SignOnUs, gateway.Duration{Duration: time.Minute}
	})
	c := w.family()
	w.disburse()
	b := w.accept(l)
	lost := b.redeem(c, 30_000)
	b.want("right behind the sign-on", "00", lost)
	b.send(b.frame(b.redeem(c, 20_000)))
	_ = b.Close() // with an answer under way, or not yet

	again := w.accept(l)
	again.stan = b.stan
	again.want("the same again", "00", lost.Repeat())
	again.want("another one", "00", again.redeem(c, 10_000))
	if left := w.balance(c.family); left != testGrant-40_000 && left != testGrant-60_000 {
		t.Errorf("balance %d", left)
	}
	w.audit()
}
