package hostile

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"bpnt/iso"
)

// host is a gateway of these tests: it takes connections, counts what comes, and does with each what a test says.
type host struct {
	net.Listener
	served sync.WaitGroup

	mu    sync.Mutex
	conns int
	bytes int
}

func newHost(t *testing.T, serve func(net.Conn) (took int)) *host {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &host{Listener: listener}
	h.served.Go(func() {
		for sock, err := h.Accept(); err == nil; sock, err = h.Accept() {
			h.served.Go(func() {
				defer sock.Close()
				took := serve(sock)
				h.mu.Lock()
				defer h.mu.Unlock()
				h.conns, h.bytes = h.conns+1, h.bytes+took
			})
		}
	})
	t.Cleanup(func() {
		_ = h.Close()
		h.served.Wait()
	})
	return h
}

// swallow takes everything and says nothing.
func swallow(sock net.Conn) int {
	n, _ := io.Copy(io.Discard, sock)
	return int(n)
}

// approve answers every message with 00.
func approve(sock net.Conn) (took int) {
	codec, err := iso.NewCodec(iso.EDC())
	if err != nil {
		return 0
	}
	frames := iso.NewFrameReader(sock, iso.EDC().Framing())
	for {
		body, err := frames.Next()
		if err != nil {
			return took
		}
		took += len(body)
		request, err := codec.Decode(body)
		var head *iso.Header
		var bad *iso.DecodeError
		switch {
		case err == nil:
			head = request.Head()
		case errors.As(err, &bad) && bad.Header != nil:
			head = bad.Header
		default:
			return took
		}
		answer := iso.Response{Header: *head, ResponseCode: "00", Fields: iso.Fields(3, 11, 39, 41)}
		if frame, err := codec.Encode(nil, &answer); err == nil {
			_, _ = sock.Write(frame)
		}
	}
}

func config(h *host, actions int64) Config {
	return Config{Addr: h.Addr().String(), Attackers: 4, PerSecond: 1e5, Actions: actions, Seed: 1, Dialect: iso.EDC()}
}

func play(t *testing.T, c Config, name string) *Tally {
	t.Helper()
	found, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tally, err := Run(ctx, c, found[0])
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

// sale is a message of a terminal that the host approves.
func sale(t *testing.T, stan int32) (iso.Outgoing, []byte) {
	t.Helper()
	codec, err := iso.NewCodec(iso.EDC())
	if err != nil {
		t.Fatal(err)
	}
	card, err := iso.ParseTrack2("9999990000000001=30121200000000000000")
	if err != nil {
		t.Fatal(err)
	}
	o := iso.Terminal{NII: "0001", TID: "HOSTILE1", MID: "HOSTILE00000000", Batch: "000001", EntryMode: "0051"}.
		Purchase(stan, card, 1_000, iso.PINBlock{}, "000001")
	frame, err := codec.EncodeRequest(nil, &o)
	if err != nil {
		t.Fatal(err)
	}
	return o, frame
}

// TestAttacksCountWhatTheyDo: each attack ends by its number of actions, and what it says it sent is what came.
func TestAttacksCountWhatTheyDo(t *testing.T) {
	for _, name := range []string{"slowloris", "headers", "bitmaps", "garbage", "churn"} {
		h := newHost(t, swallow)
		tally := play(t, config(h, 12), name)
		_ = h.Close()
		h.served.Wait()
		if tally.Actions != 12 || tally.Connects == 0 || tally.Failed != 0 || tally.OpenMost > 4 {
			t.Errorf("%s: %+v", name, tally)
		}
		if int64(h.bytes) > tally.Bytes || h.conns == 0 {
			t.Errorf("%s: the host saw %d bytes in %d connections, the attackers %d in %d", name, h.bytes, h.conns, tally.Bytes, tally.Connects)
		}
		if err := tally.Fault(); err != nil {
			t.Error(err)
		}
	}
}

// TestFaultsAreFound: a host that approves whatever can be read is found out by those attacks that must not be.
func TestFaultsAreFound(t *testing.T) {
	h := newHost(t, approve)
	c := config(h, 40)
	guess, frame := sale(t, 1)
	c.Guesses, c.Captured = []Guess{{Purchase: guess}}, [][]byte{frame}
	if tally := play(t, c, "pins"); tally.Fault() == nil || tally.Answers["00"] == 0 {
		t.Errorf("guesses that were approved: %+v", tally)
	}
	if tally := play(t, c, "replay"); tally.Fault() != nil || tally.Answers["00"] == 0 {
		t.Errorf("replays that got the same answer: %+v, %v", tally, tally.Fault())
	}
}

// TestReplayFindsAnotherAnswer: the same message with another answer each time.
func TestReplayFindsAnotherAnswer(t *testing.T) {
	_, frame := sale(t, 1)
	all := &attackers{}
	a := &attacker{attackers: all}
	body := append(make([]byte, len(iso.TPDU{})), "one answer"...)
	a.compare(0, body, "00")
	a.compare(0, body, "00")
	a.compare(0, body, unavailable)
	if all.tally.altered.Load() != 0 {
		t.Error("the same answer, or 91, is held against the host")
	}
	a.compare(0, append(body, '!'), "00")
	if got := all.tally.total(Attack{Name: "replay"}, time.Second); got.Altered != 1 || got.Fault() == nil {
		t.Errorf("another answer to %d bytes was not found: %+v", len(frame), got)
	}
}

// TestDeafReadsNothing: the host's answers stay where they are.
func TestDeafReadsNothing(t *testing.T) {
	h := newHost(t, approve)
	if tally := play(t, config(h, 400), "deaf"); len(tally.Answers) != 0 || tally.Bytes == 0 {
		t.Errorf("%+v", tally)
	}
}

func TestBadInput(t *testing.T) {
	if _, err := Find("slowloris", "smash"); err == nil {
		t.Error("an attack that there is not")
	}
	good := Config{Addr: "127.0.0.1:1", Attackers: 1, PerSecond: 1, Dialect: iso.EDC()}
	for name, change := range map[string]func(*Config){
		"no attackers":       func(c *Config) { c.Attackers = 0 },
		"too many attackers": func(c *Config) { c.Attackers = AttackersMax + 1 },
		"no rate":            func(c *Config) { c.PerSecond = 0 },
		"actions below zero": func(c *Config) { c.Actions = -1 },
		"a bad address":      func(c *Config) { c.From = "here" },
	} {
		c := good
		change(&c)
		if c.Validate(Attack{}) == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for _, name := range []string{"replay", "pins"} {
		if good.Validate(Attack{Name: name}) == nil {
			t.Errorf("%s without frames is taken", name)
		}
	}
	if err := good.Validate(Attack{Name: "silent"}); err != nil {
		t.Error(err)
	}
}
