package main

import (
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"bpnt/iso"
)

// scriptedHost is a host that answers what its script says; empty is no answer.
type scriptedHost struct {
	codec  *iso.Codec
	script func(iso.Request) iso.Response

	mu    sync.Mutex
	heard []iso.Request
}

func newScriptedHost(t *testing.T, script func(iso.Request) iso.Response) (*scriptedHost, string) {
	t.Helper()
	dialect := iso.EDC()
	dialect.CheckLuhn = false
	codec, err := iso.NewCodec(dialect)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &scriptedHost{codec: codec, script: script}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { h.serve(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		running.Wait()
	})
	return h, listener.Addr().String()
}

// serve ends when the terminal hangs up, which it does at the end of its command.
func (h *scriptedHost) serve(conn net.Conn) {
	defer conn.Close()
	frames := iso.NewFrameReader(conn, h.codec.Dialect().Framing())
	for {
		body, err := frames.Next()
		if err != nil {
			return
		}
		request, err := h.codec.Decode(slices.Clone(body))
		if err != nil {
			return
		}
		h.mu.Lock()
		h.heard = append(h.heard, request)
		r := h.script(request)
		h.mu.Unlock()
		if r.ResponseCode == "" {
			continue
		}
		r.Header, r.Fields = *request.Head(), iso.Fields(3, 11, 37, 39, 41, 48, 62)
		if frame, err := h.codec.Encode(nil, &r); err == nil {
			_, _ = conn.Write(frame)
		}
	}
}

// code is an answer with this DE39 and an RRN.
func code(de39 string) iso.Response { return iso.Response{ResponseCode: de39, RRN: "000000000777"} }

// heardTypes are the messages that came, as type and processing code, since the last call.
func (h *scriptedHost) heardTypes() (types []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.heard {
		types = append(types, r.Head().MTI.String()+" "+r.Head().ProcessingCode)
	}
	h.heard = nil
	return types
}

func edcAt(t *testing.T, profile string) func(args ...string) result {
	return func(args ...string) result {
		return bpnt(t, "", append([]string{"edc", args[0], "--profile", profile, "--timeout", "200ms"}, args[1:]...)...)
	}
}

// edcStep is a command, its exit status, what it says, and what the host heard of it.
type edcStep struct {
	args   string
	status int
	says   string
	heard  string
}

func playSteps(t *testing.T, h *scriptedHost, profile string, steps []edcStep) {
	t.Helper()
	edc := edcAt(t, profile)
	for _, s := range steps {
		r := edc(strings.Fields(s.args)...)
		if r.status != s.status || !strings.Contains(r.out+r.err, s.says) {
			t.Errorf("edc %s: status %d, want %d; should say %q:\n%s%s", s.args, r.status, s.status, s.says, r.out, r.err)
		}
		if heard := strings.Join(h.heardTypes(), ", "); heard != s.heard {
			t.Errorf("edc %s: the host heard %s, want %s", s.args, heard, s.heard)
		}
	}
}
