package e2e

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bpnt/gateway"
	"bpnt/iso"
)

// TestPeerThatNeverReads: its window closes, the gateway's writes have nowhere to go, and it is closed in the time for a
// write (F20). Another terminal trades on meanwhile. All that the deaf one bought finds its way back by its reversals.
func TestPeerThatNeverReads(t *testing.T) {
	w := newWorld(t, func(c *gateway.Config) { c.Limits.Write = gateway.Duration{Duration: 500 * time.Millisecond} })
	w.addTerminal("DEAF0001", testMID)
	deafs, c := w.family(), w.family()
	w.disburse()
	deaf := w.narrow()
	sale := func(stan int32) iso.Outgoing {
		o := w.purchase(deafs, stan, 500)
		o.TID = "DEAF0001"
		return o
	}
	const purchases = 1_000 // their answers are far more than the window and what waits before it
	var sending sync.WaitGroup
	sending.Go(func() {
		for stan := range int32(purchases) {
			if _, err := deaf.Write(deaf.frame(sale(stan + 1))); err != nil {
				return
			}
		}
	})
	honest := w.dial()
	for stan := int32(1); w.shown(closedFor("write_timeout")) == 0; stan++ {
		if a := honest.ask(w.inquiry(c, stan)); a.ResponseCode != "00" {
			t.Fatalf("the honest terminal was told %s", a.ResponseCode)
		}
	}
	_ = deaf.Close()
	sending.Wait()
	w.reverseAll(sale, purchases)
	w.wantBalance("of the deaf one, at the end", deafs, testGrant)
	w.wantBalance("of the honest one", c, testGrant)
	w.audit()
}

// narrow is a connection with the least window and short segments, so that little is under way.
func (w *world) narrow() *wire {
	w.t.Helper()
	dialer := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) (err error) {
		return errors.Join(raw.Control(func(fd uintptr) {
			err = errors.Join(unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 2048),
				unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG, 536))
		}), err)
	}}
	sock, err := dialer.DialContext(w.t.Context(), "tcp", w.gateway.Addr("edc").String())
	w.check(err)
	w.t.Cleanup(func() { _ = sock.Close() })
	codec, err := iso.NewCodec(w.config.Links[0].Dialect)
	w.check(err)
	return &wire{Conn: sock, t: w.t, frames: iso.NewFrameReader(sock, codec.Dialect().Framing()), codec: codec}
}

// reverseAll reverses STAN 1 to last, fifty messages at a time.
func (w *world) reverseAll(sale func(stan int32) iso.Outgoing, last int32) {
	w.t.Helper()
	e := w.dial()
	for stan := int32(1); stan <= last; {
		var frames []byte
		first := stan
		for ; stan <= last && stan < first+50; stan++ {
			frames = append(frames, e.frame(terminal(testTID).Reversal(sale(stan)))...)
		}
		e.send(frames)
		for range stan - first {
			if a, _, err := e.receive(25 * time.Second); err != nil || a.ResponseCode != "00" {
				w.t.Fatalf("reversal: %+v, %v", a, err)
			}
		}
	}
}

// TestRadioGone: the network between a terminal and the gateway stops carrying, and neither end is told (F19). A
// connection with an answer under way is given up after Limits.Unanswered, in the long form one at rest by the kernel's
// keepalive (after 75 seconds), and nobody else's is.
func TestRadioGone(t *testing.T) {
	far := newFarSide(t)
	w := newWorld(t, func(c *gateway.Config) {
		c.Links[0].Listen = "0.0.0.0:0"
		c.Limits.Unanswered = gateway.Duration{Duration: time.Second}
	})
	c := w.family()
	w.disburse()
	_, port, err := net.SplitHostPort(w.gateway.Addr("edc").String())
	w.check(err)
	e, rests := far.wire(w, port), far.wire(w, port)
	e.want("purchase", "00", w.purchase(c, 1, 10_000))
	rests.want("balance", "00", w.inquiry(c, 4))
	honest := w.dial()
	honest.want("the other terminal", "00", w.inquiry(c, 2))

	far.deafen() // what we send goes to nobody; what the terminal sends still comes
	e.send(e.frame(w.purchase(c, 3, 20_000)))
	w.until("the purchase is booked", func() bool { return w.balance(c.family) == testGrant-30_000 })
	w.untilClosed("read_error", 1)
	honest.want("the reversal, by another way", "00", w.reversal(c, 3, 20_000))
	if !testing.Short() {
		w.untilClosed("read_error", 2)
		honest.want("the other terminal, again", "00", w.inquiry(c, 5))
	}
	w.wantBalance("at the end", c, testGrant-10_000)
	w.audit()
}

// wire is a terminal's connection from the other side to the gateway's port.
func (f *farSide) wire(w *world, port string) *wire {
	f.t.Helper()
	codec, err := iso.NewCodec(w.config.Links[0].Dialect)
	w.check(err)
	sock := f.dial(net.JoinHostPort(f.near, port))
	return &wire{Conn: sock, t: f.t, frames: iso.NewFrameReader(sock, codec.Dialect().Framing()), codec: codec}
}

// farSide is another network namespace with a cable to ours.
type farSide struct {
	t          *testing.T
	name       string // of the namespace
	cable      string // our end
	near, over string // addresses: ours, theirs
}

// newFarSide lays the cable, or skips the test where this process may not.
func newFarSide(t *testing.T) *farSide {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can make a network namespace")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("this machine has no ip command (Debian: iproute2)")
	}
	id := os.Getpid() % 60_000
	f := &farSide{
		t: t, name: fmt.Sprintf("bpnt%d", id), cable: fmt.Sprintf("bpn%d", id),
		near: fmt.Sprintf("198.18.%d.%d", id/60%250, id%60*4+1), over: fmt.Sprintf("198.18.%d.%d", id/60%250, id%60*4+2),
	}
	if out, err := exec.Command("ip", "netns", "add", f.name).CombinedOutput(); err != nil {
		t.Skipf("no network namespace can be made here: %s", strings.TrimSpace(string(out)))
	}
	t.Cleanup(func() { f.ip("netns", "del", f.name) }) // the cable goes with it
	f.ip("link", "add", f.cable, "type", "veth", "peer", "name", "far", "netns", f.name)
	f.ip("addr", "add", f.near+"/30", "dev", f.cable)
	f.ip("link", "set", f.cable, "up")
	f.ip("-n", f.name, "addr", "add", f.over+"/30", "dev", "far")
	f.ip("-n", f.name, "link", "set", "far", "up")
	return f
}

func (f *farSide) ip(args ...string) {
	f.t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		f.t.Fatalf("ip %s: %s", strings.Join(args, " "), out)
	}
}

// dial makes a connection from the other side. The thread that does it changes sides and is thrown away afterwards; the
// socket stays where it was made.
func (f *farSide) dial(addr string) net.Conn {
	f.t.Helper()
	type made struct {
		conn net.Conn
		err  error
	}
	done := make(chan made)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		conn, err := f.fromThere(addr)
		done <- made{conn, err}
	}()
	m := <-done
	if m.err != nil {
		f.t.Fatal(m.err)
	}
	f.t.Cleanup(func() { _ = m.conn.Close() })
	return m.conn
}

func (f *farSide) fromThere(addr string) (net.Conn, error) {
	there, err := os.Open("/run/netns/" + f.name)
	if err != nil {
		return nil, err
	}
	defer there.Close()
	if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	return net.Dial("tcp", addr)
}

// deafen sends all our frames to a card that nobody has.
func (f *farSide) deafen() {
	f.t.Helper()
	f.ip("neigh", "replace", f.over, "lladdr", "02:00:00:00:00:01", "dev", f.cable, "nud", "permanent")
}
