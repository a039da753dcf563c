package gateway

import (
	"context"
	"net"
)

// turnstile is a socket during its TLS handshake, of which Limits.Handshakes are worked on at a time. While it waits for
// the peer it gives its turn away: only the arithmetic counts, so slow radios and silent strangers keep nobody out.
type turnstile struct {
	net.Conn
	turns chan struct{}
	ctx   context.Context // of the handshake; nil before it and after it
	held  bool            // it has its turn
}

// enter waits for a turn.
func (s *turnstile) enter(ctx context.Context) error {
	s.ctx = ctx
	return s.take()
}

// leave ends the handshake. From here on the socket is one like any other.
func (s *turnstile) leave() {
	s.give()
	s.ctx = nil
}

func (s *turnstile) take() error {
	select {
	case s.turns <- struct{}{}:
		s.held = true
		return nil
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

func (s *turnstile) give() {
	if s.held {
		<-s.turns
		s.held = false
	}
}

func (s *turnstile) Read(p []byte) (int, error) {
	if s.ctx == nil {
		return s.Conn.Read(p)
	}
	s.give()
	n, err := s.Conn.Read(p)
	if err == nil {
		err = s.take()
	}
	return n, err
}
