package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bpnt/iso"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come; nothing is measured by it.
const patience = 20 * time.Second

// echo is a host that answers every frame with itself and keeps what came, in order.
type echo struct {
	net.Listener
	framing iso.Framing
	heard   chan string // frames, then for each connection that ended "end" or "broken"
	running sync.WaitGroup
}

func newEcho(t *testing.T, framing iso.Framing) *echo {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &echo{Listener: listener, framing: framing, heard: make(chan string, 10_000)}
	h.running.Go(func() {
		for {
			conn, err := h.Accept()
			if err != nil {
				return
			}
			h.running.Go(func() { h.serve(conn) })
		}
	})
	t.Cleanup(h.running.Wait)
	t.Cleanup(func() { h.Close() })
	return h
}

func (h *echo) serve(conn net.Conn) {
	defer conn.Close()
	frames := iso.NewFrameReader(conn, h.framing)
	for {
		body, err := frames.Next()
		if errors.Is(err, io.EOF) {
			h.heard <- "end"
			return
		}
		if err != nil {
			h.heard <- "broken"
			return
		}
		h.heard <- string(body)
		frame, _ := iso.AppendFrame(nil, body, h.framing)
		_, _ = conn.Write(frame)
	}
}

// hear is the next that the host heard.
func (h *echo) hear(t *testing.T) string {
	t.Helper()
	select {
	case heard := <-h.heard:
		return heard
	case <-time.After(patience):
		t.Fatal("the host heard nothing")
		return ""
	}
}

func (h *echo) want(t *testing.T, all ...string) {
	t.Helper()
	for _, want := range all {
		if got := h.hear(t); got != want {
			t.Fatalf("the host heard %q, want %q", got, want)
		}
	}
}

// between is a proxy in front of a host, without faults but those that a test asks for.
type between struct {
	*Proxy
	t    *testing.T
	host *echo
}

func newBetween(t *testing.T, change ...func(*Config)) *between {
	t.Helper()
	return newBetweenUntil(t.Context(), t, change...)
}

func newBetweenUntil(ctx context.Context, t *testing.T, change ...func(*Config)) *between {
	t.Helper()
	c := Config{Listen: "127.0.0.1:0", Framing: iso.EDC().Framing()}
	for _, f := range change {
		f(&c)
	}
	host := newEcho(t, c.Framing)
	c.Target = host.Addr().String()
	p, err := Start(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return &between{p, t, host}
}

// caller is a terminal's connection to the proxy.
type caller struct {
	*net.TCPConn
	t      *testing.T
	frames *iso.FrameReader
}

func (b *between) dial(script ...Step) *caller {
	b.t.Helper()
	b.Next(script)
	return b.dialPlanned()
}

// dialPlanned makes a connection that has no script.
func (b *between) dialPlanned() *caller {
	b.t.Helper()
	conn, err := net.Dial("tcp", b.Addr().String())
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	return &caller{conn.(*net.TCPConn), b.t, iso.NewFrameReader(conn, b.config.Framing)}
}

// message is the n-th message of a test: long enough for a frame, and unlike the others.
func message(n int) string { return fmt.Sprintf("message %06d of a test", n) }

func (c *caller) say(messages ...string) {
	c.t.Helper()
	for _, m := range messages {
		frame := framed(c.t, m)
		if _, err := c.Write(frame); err != nil {
			c.t.Fatal(err)
		}
	}
}

func framed(t *testing.T, message string) []byte {
	t.Helper()
	frame, err := iso.AppendFrame(nil, []byte(message), iso.EDC().Framing())
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func (c *caller) want(messages ...string) {
	c.t.Helper()
	for _, want := range messages {
		got, err := c.frames.Next()
		if err != nil || !bytes.Equal(got, []byte(want)) {
			c.t.Fatalf("answer %q, %v; want %q", got, err, want)
		}
	}
}

// wantEnd reads to the end, and tells what came before it.
func (c *caller) wantEnd() []byte {
	c.t.Helper()
	rest, err := io.ReadAll(c.TCPConn)
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		c.t.Fatal("the connection lives on")
	}
	return rest
}

func (b *between) wantCounts(want map[Kind]int64) {
	b.t.Helper()
	for k, n := range b.Counts() {
		if n != want[k] {
			b.t.Errorf("%s: %d counted, want %d", k, n, want[k])
		}
	}
}
