package faults

import (
	"net"
	"strings"
	"testing"
	"time"

	"bpnt/iso"
)

func TestNoFault(t *testing.T) {
	b := newBetween(t)
	c := b.dial()
	c.say(message(1), message(2))
	c.want(message(1), message(2))
	_ = c.CloseWrite()
	b.host.want(t, message(1), message(2), "end")
	c.wantEnd()
	b.wantCounts(nil)
}

// TestCutAtEveryByte: of the request n bytes come to the host and the answer never; of the answer n bytes come back.
func TestCutAtEveryByte(t *testing.T) {
	b := newBetween(t)
	frame := framed(t, message(1))
	for n := range len(frame) + 1 {
		c := b.dial(Step{Side: Requests, Kind: Cut, Bytes: n})
		c.say(message(1))
		if got := c.wantEnd(); len(got) > 0 {
			t.Fatalf("cut after %d bytes of the request: %q came back", n, got)
		}
		switch {
		case n == 0:
			b.host.want(t, "end")
		case n < len(frame):
			b.host.want(t, "broken")
		default:
			b.host.want(t, message(1))
			b.host.hear(t) // the end, or the answer broke
		}
		c = b.dial(Step{Side: Answers, Kind: Cut, Bytes: n})
		c.say(message(2))
		if got := string(c.wantEnd()); got != string(framed(t, message(2))[:n]) {
			t.Fatalf("cut after %d bytes of the answer: %q", n, got)
		}
		b.host.want(t, message(2), "end")
	}
	b.wantCounts(map[Kind]int64{Cut: int64(2 * (len(frame) + 1))})
}

func TestSplitAndCoalesce(t *testing.T) {
	b := newBetween(t)
	for n := 1; n < 30; n += 7 {
		c := b.dial(Step{Kind: Split, Bytes: n}, Step{Side: Answers, Kind: Split, Bytes: n})
		c.say(message(n), message(n+1))
		c.want(message(n), message(n+1))
	}
	c := b.dial(Step{Kind: Coalesce, For: patience}, Step{Frame: 1, Kind: Coalesce, For: time.Millisecond})
	c.say(message(1), message(2)) // the first waits for the second, both for a third that does not come
	c.want(message(1), message(2))
	b.wantCounts(map[Kind]int64{Split: 10, Coalesce: 2})
}

func TestDuplicate(t *testing.T) {
	b := newBetween(t)
	c, other := b.dial(Step{Kind: Duplicate}, Step{Frame: 1, Kind: Duplicate, Away: 2}), b.dial()
	c.say(message(1))
	c.want(message(1), message(1))
	c.say(message(2), message(3))
	c.want(message(2), message(3))
	other.say(message(4))
	other.want(message(4))
	other.say(message(5)) // the second of another connection takes the copy along
	other.want(message(5), message(2))
	b.host.want(t, message(1), message(1), message(2), message(3), message(4), message(5), message(2))
	b.wantCounts(map[Kind]int64{Duplicate: 2})
}

// TestReorder: the request comes to the host after one that was sent later over another connection.
func TestReorder(t *testing.T) {
	b := newBetween(t)
	first, second := b.dial(Step{Kind: Reorder, For: patience}), b.dial()
	first.say(message(1))
	eventually(t, func() bool { return b.Counts()[Reorder] == 1 && b.crowd.holding() == 1 })
	second.say(message(2))
	second.want(message(2))
	first.want(message(1))
	b.host.want(t, message(2), message(1))
}

func (c *crowd) holding() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.held)
}

// TestReorderEnds: where nobody else speaks, the frame is only late.
func TestReorderEnds(t *testing.T) {
	b := newBetween(t)
	c := b.dial(Step{Kind: Reorder, For: time.Millisecond})
	c.say(message(1))
	c.want(message(1))
}

func TestDropAndStall(t *testing.T) {
	b := newBetween(t)
	c := b.dial(Step{Side: Answers, Kind: Drop}, Step{Frame: 1, Kind: Stall, For: time.Millisecond})
	c.say(message(1), message(2))
	c.want(message(2))
	b.host.want(t, message(1), message(2))
	b.wantCounts(map[Kind]int64{Drop: 1, Stall: 1})
}

func TestSlow(t *testing.T) {
	b := newBetween(t)
	c := b.dial(Step{Side: Answers, Kind: Slow, For: patience})
	c.say(message(1))
	c.want(message(1))
	c.say(message(2), message(3))
	c.want(message(2), message(3))
	b.wantCounts(map[Kind]int64{Slow: 1})
}

// TestHalfOpen: neither end is told, then both are at once.
func TestHalfOpen(t *testing.T) {
	b := newBetween(t)
	c := b.dial(Step{Frame: 1, Kind: HalfOpen, For: 300 * time.Millisecond})
	c.say(message(1))
	c.want(message(1))
	c.say(message(2), message(3))
	if rest := c.wantEnd(); len(rest) > 0 {
		t.Errorf("%q came out of the dark", rest)
	}
	b.host.want(t, message(1), "broken")
}

func TestResetAndBreak(t *testing.T) {
	b := newBetween(t)
	c := b.dial(Step{Kind: Reset})
	c.say(message(1))
	c.wantEnd()
	b.host.want(t, "broken")
	others := []*caller{b.dial(), b.dial()}
	for i, other := range others {
		other.say(message(i))
		other.want(message(i))
	}
	b.Break()
	for _, other := range others {
		other.wantEnd()
	}
	b.wantCounts(map[Kind]int64{Reset: 3})
}

// TestRefuse: for a while all are reset, and afterwards nobody is.
func TestRefuse(t *testing.T) {
	b := newBetween(t)
	b.SetPlan(Plan{Faults: map[Kind]Fault{Refuse: {Share: 1, For: time.Hour}}})
	for range 3 {
		b.wantRefused()
	}
	b.wantCounts(map[Kind]int64{Refuse: 3})

	b = newBetween(t)
	b.SetPlan(Plan{Faults: map[Kind]Fault{Refuse: {Share: 1, For: time.Nanosecond}}})
	b.wantRefused()
	b.SetPlan(Plan{})
	c := b.dialPlanned()
	c.say(message(1))
	c.want(message(1))
}

// wantRefused tries to connect: the reset comes at once, or a moment later.
func (b *between) wantRefused() {
	b.t.Helper()
	conn, err := net.Dial("tcp", b.Addr().String())
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	if got := (&caller{conn.(*net.TCPConn), b.t, nil}).wantEnd(); len(got) > 0 {
		b.t.Errorf("%q came through a closed door", got)
	}
}

// TestTargets: new connections go to the new host, and one without a host is reset.
func TestTargets(t *testing.T) {
	b := newBetween(t)
	old := b.dial()
	old.say(message(1))
	old.want(message(1))
	second := newEcho(t, b.config.Framing)
	b.SetTarget(second.Addr().String())
	c := b.dial()
	c.say(message(2))
	c.want(message(2))
	second.want(t, message(2))
	old.say(message(3))
	old.want(message(3))
	b.host.want(t, message(1), message(3))

	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	b.SetTarget(gone.Addr().String())
	b.wantRefused()
}

// TestStrangeBytes: what is no frame passes as it came, and so does a frame that is never finished.
func TestStrangeBytes(t *testing.T) {
	for _, bytes := range []string{"GET / HTTP/1.1\r\n\r\n", "\xff\xff\x00", "\x00\x20half of it"} {
		b := newBetween(t, func(c *Config) { c.Plan.Faults = map[Kind]Fault{Drop: {Share: 1}, Reset: {Share: 0}} })
		host, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer host.Close()
		b.SetTarget(host.Addr().String())
		c := b.dialPlanned()
		if _, err := c.Write([]byte(bytes)); err != nil {
			t.Fatal(err)
		}
		_ = c.CloseWrite()
		conn, err := host.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if got := (&caller{conn.(*net.TCPConn), t, nil}).wantEnd(); string(got) != bytes {
			t.Errorf("%q came through as %q", bytes, got)
		}
		conn.Close()
		b.wantCounts(nil)
	}
}

func TestASCIIFraming(t *testing.T) {
	b := newBetween(t, func(c *Config) { c.Framing = iso.SwitchDialect().Framing() })
	body := strings.Repeat("8", 7_000) // longer than one read
	frame, err := iso.AppendFrame(nil, []byte(body), b.config.Framing)
	if err != nil {
		t.Fatal(err)
	}
	c := b.dial(Step{Kind: Split, Bytes: 999}, Step{Frame: 1, Kind: Duplicate})
	for range 2 {
		if _, err := c.Write(frame); err != nil {
			t.Fatal(err)
		}
	}
	c.want(body, body, body)
}

func eventually(t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !done(); <-tick.C {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}
