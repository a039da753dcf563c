package gateway

import (
	"bytes"
	"encoding/hex"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
)

// tape is a connection in memory: what the peer sends is known beforehand, what we answer is kept.
type tape struct {
	net.Conn
	sent io.Reader

	mu       sync.Mutex
	answered []byte
}

func (p *tape) Read(b []byte) (int, error) { return p.sent.Read(b) }

func (p *tape) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answered = append(p.answered, b...)
	return len(b), nil
}

func (p *tape) SetDeadline(time.Time) error      { return nil }
func (p *tape) SetReadDeadline(time.Time) error  { return nil }
func (p *tape) SetWriteDeadline(time.Time) error { return nil }
func (p *tape) Close() error                     { return nil }

// play serves a connection over which just these bytes come, to its end.
func (g *Gateway) play(l *link, stream []byte) (answered []byte, why closeReason) {
	p := &tape{sent: bytes.NewReader(stream)}
	c := newConn(g, l, p, netip.MustParseAddr("192.0.2.1"))
	if why := g.connections.add(c); why != closeNone {
		return nil, why
	}
	c.serve()
	return p.answered, c.whyClosed()
}

// The links of a gateway that is fuzzed.
const (
	fuzzTerminals = iota // a MAC may be zeros
	fuzzSigned           // a MAC is required
	fuzzSwitch
	fuzzLinks
)

// fuzzed is a gateway with a link of each kind, before a poster that approves everything.
func fuzzed(f *testing.F, keys *pin.Keystore, books *poster) *Gateway {
	f.Helper()
	config := testConfig(func(c *Config) {
		macs := c.Links[0]
		macs.Name, macs.MAC = "signed", MACRequired
		c.Links = append(c.Links, macs, switchConfig(nil).Links[0])
		c.Links[fuzzSwitch].Name = "switch"
		c.Limits.SeenMax = 1_000
	})
	return start(f, config, books, keys)
}

// goldens are iso's golden frames of a dialect, each with its length.
func goldens(f *testing.F, folder string) (frames [][]byte) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("../iso/testdata", folder, "*.hex"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no golden messages: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		frame, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
		if err != nil {
			f.Fatal(err)
		}
		frames = append(frames, frame)
	}
	return frames
}

// FuzzConnection: whatever bytes come over a connection, nothing panics, every answer is one and answers a message that
// can be read, nothing goes to the books that they could not hold, and nothing is left behind.
func FuzzConnection(f *testing.F) {
	keys, books := keystore(f), newPoster()
	g := fuzzed(f, keys, books)
	for which, folder := range []string{fuzzTerminals: ".", fuzzSigned: ".", fuzzSwitch: "switch"} {
		frames := goldens(f, folder)
		for _, frame := range frames {
			f.Add(uint8(which), frame)
		}
		f.Add(uint8(which), slices.Concat(frames...))
		f.Add(uint8(which), []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
	}
	f.Fuzz(func(t *testing.T, which uint8, stream []byte) {
		books.set(func() { books.requests, books.claims, books.uploads = nil, nil, nil })
		l := g.links[which%fuzzLinks]
		answered, why := g.play(l, stream)
		if why == closePanic {
			t.Fatal("a panic")
		}
		if got, most := answersIn(t, l, answered), answerable(l, stream); got > most {
			t.Errorf("%d answers to %d messages that may be answered", got, most)
		}
		for _, r := range books.posted() {
			if err := r.Validate(); err != nil {
				t.Errorf("the books could not hold what they got: %v", err)
			}
		}
		if n, m := g.gate.len(), g.connections.len(); n+m != 0 {
			t.Errorf("%d chains and %d connections are left", n, m)
		}
	})
}

// answersIn counts the answers, each of which must be one that a peer understands.
func answersIn(t *testing.T, l *link, answered []byte) (n int) {
	t.Helper()
	for rest := answered; len(rest) > 0; n++ {
		body, after, err := iso.CutFrame(rest, l.Dialect.Framing())
		if err != nil {
			t.Fatalf("an answer is no frame: %v", err)
		}
		if _, err := l.codec.DecodeResponse(body); err != nil {
			t.Fatalf("an answer is none: %v", err)
		}
		rest = after
	}
	return n
}

// answerable counts the messages of a stream up to the first that is no frame: whole ones, and those of which terminal and
// STAN can be read. An answer is not among them.
func answerable(l *link, stream []byte) (n int) {
	for rest := stream; len(rest) > 0; {
		body, after, err := iso.CutFrame(rest, l.Dialect.Framing())
		if err != nil {
			return n
		}
		_, err = l.codec.Decode(body)
		if bad, ok := err.(*iso.DecodeError); err == nil || ok && bad.Header != nil && bad.Reason != iso.ReasonMTIResponse {
			n++
		}
		rest = after
	}
	return n
}

// FuzzForgery: bytes are cut out of a message with a right MAC, and others put in their place. Where MACs are required
// nothing of it reaches the books but the very bytes that were signed; whether what comes out could be packed as the same
// message again plays no part (F51).
func FuzzForgery(f *testing.F) {
	keys := keystore(f)
	books, _, tak := equipped(f, keys)
	g := fuzzed(f, keys, books)
	encoder := newTerminal(f, nil)
	repeated := purchase(2)
	repeated.MTI = repeated.MTI.Repeat()
	var originals [][]byte
	for _, o := range []*iso.Outgoing{purchase(1), repeated, withMTI(purchase(3), 0x0400)} {
		originals = append(originals, encoder.frame(signed(o, tak))[2:])
	}
	f.Add(uint8(0), uint16(7), uint8(1), []byte{0x30})         // DE3
	f.Add(uint8(0), uint16(8), uint8(0), []byte{0x00})         // a byte more
	f.Add(uint8(1), uint16(5), uint8(2), []byte{0x02, 0x00})   // 0201 becomes 0200
	f.Add(uint8(2), uint16(200), uint8(0), []byte("TRAILING")) // behind the MAC
	f.Fuzz(func(t *testing.T, which uint8, at uint16, without uint8, put []byte) {
		original := originals[int(which)%len(originals)]
		from := min(int(at), len(original))
		to := min(from+int(without), len(original))
		forged := slices.Concat(original[:from], put, original[to:])
		frame, err := iso.AppendFrame(nil, forged, g.links[fuzzSigned].Dialect.Framing())
		if err != nil {
			return
		}
		books.set(func() { books.requests = nil })
		if _, why := g.play(g.links[fuzzSigned], frame); why == closePanic {
			t.Fatal("a panic")
		}
		const tpdu = len(iso.TPDU{}) // is the line's and not under the MAC
		if n := len(books.posted()); n > 0 && !bytes.Equal(forged[tpdu:], original[tpdu:]) {
			t.Errorf("%d forged messages reached the books", n)
		}
	})
}

// FuzzConfig: whatever a file of links holds, it is refused in sentences, or every link of it can be made.
func FuzzConfig(f *testing.F) {
	f.Add([]byte(leastLink))
	f.Add([]byte("[[link]]\nname = \"bank\"\nlisten = \":1\"\n[link.dialect]\nform = \"switch\"\namount_decimals = 0\n"))
	f.Add([]byte("[limits]\nconnections = 0\nidle = \"-1s\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseConfig(text)
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("refused without a word")
			}
			return
		}
		for _, l := range c.Links {
			if _, err := newLink(l); err != nil {
				t.Errorf("a link that was taken cannot be made: %v", err)
			}
		}
	})
}
