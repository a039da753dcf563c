package loadtest

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
)

// responder is a host that approves everything, over real sockets. A test bends its answers with reply.
type responder struct {
	listener net.Listener
	reply    func(conn net.Conn, request, answer []byte)
	wait     sync.WaitGroup
	mu       sync.Mutex
	conns    map[net.Conn]bool
	closed   bool
}

// send is the plain reply: the answer, framed.
func send(conn net.Conn, answer []byte) { _, _ = conn.Write(framed(answer)) }

func framed(body []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(body))), body...)
}

func newResponder(tb testing.TB, reply func(conn net.Conn, request, answer []byte)) *responder {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	r := &responder{listener: listener, reply: reply, conns: map[net.Conn]bool{}}
	r.wait.Go(r.accept)
	tb.Cleanup(r.close)
	return r
}

func (r *responder) addr() string { return r.listener.Addr().String() }

func (r *responder) close() {
	r.mu.Lock()
	r.closed = true
	r.listener.Close()
	for conn := range r.conns {
		conn.Close()
	}
	r.mu.Unlock()
	r.wait.Wait()
}

func (r *responder) accept() {
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		if !r.keep(conn) {
			return
		}
		r.wait.Go(func() { r.serve(conn) })
	}
}

func (r *responder) keep(conn net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		conn.Close()
		return false
	}
	r.conns[conn] = true
	return true
}

func (r *responder) serve(conn net.Conn) {
	defer conn.Close()
	buffer := make([]byte, 4096)
	for {
		if _, err := io.ReadFull(conn, buffer[:2]); err != nil {
			return
		}
		request := buffer[:binary.BigEndian.Uint16(buffer)]
		if _, err := io.ReadFull(conn, request); err != nil {
			return
		}
		r.reply(conn, request, answerTo(request, "00"))
	}
}

// answerTo makes the 0210 or 0410 of a request: fields 3 4 11 24 37 39 41, without the 4 where the request has none.
func answerTo(request []byte, code string) []byte {
	q := parseRequest(request)
	bitmap := uint64(1<<(64-3) | 1<<(64-11) | 1<<(64-24) | 1<<(64-37) | 1<<(64-39) | 1<<(64-41))
	if len(q.amount) > 0 {
		bitmap |= 1 << (64 - 4)
	}
	b := append([]byte{}, request[:5]...)
	b = append(b, request[5], request[6]&0xFE|0x10)
	b = binary.BigEndian.AppendUint64(b, bitmap)
	b = append(append(append(b, q.code...), q.amount...), q.stan...)
	b = append(b, 0x00, 0x01)
	b = append(b, "0000"...)
	b = append(b, appendDigits(nil, uint64(bcd(q.stan)), 8)...)
	b = append(b, code...)
	return append(b, q.tid...)
}

// request is what the responder needs of a frame, as it stands on the wire.
type request struct {
	mti            uint16
	code, amount   []byte
	stan, rrn, tid []byte
	track2         []byte
}

func parseRequest(frame []byte) request {
	q := request{mti: binary.BigEndian.Uint16(frame[5:])}
	bitmap := binary.BigEndian.Uint64(frame[7:])
	rest := frame[15:]
	for de := 2; de <= 41; de++ {
		if bitmap<<(de-1)>>63 == 0 {
			continue
		}
		size := sizeOf(de, rest)
		switch de {
		case 3:
			q.code = rest[:size]
		case 4:
			q.amount = rest[:size]
		case 11:
			q.stan = rest[:size]
		case 35:
			q.track2 = rest[:size]
		case 37:
			q.rrn = rest[:size]
		case 41:
			q.tid = rest[:size]
		}
		rest = rest[size:]
	}
	return q
}
