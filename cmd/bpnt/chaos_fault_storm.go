package main

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"bpnt/loadtest/chaos"
)

// The storm: so many connections, so many dialled at once, none waited for longer.
const (
	stormConnections = 2000
	stormDialers     = 50
	stormDialTime    = time.Second
)

// dialStorm connects to one gateway, past the proxy, and says nothing, until it is healed.
func dialStorm(w *chaosWorld) (chaos.Nemesis, error) {
	return hold(func(ctx context.Context, random *rand.Rand) (func(), error) {
		storm := &storm{addr: w.either(random).edc}
		storm.blow(ctx)
		return storm.end, nil
	}), nil
}

type storm struct {
	addr  string
	mu    sync.Mutex
	conns []net.Conn
}

func (s *storm) blow(ctx context.Context) {
	var dialers sync.WaitGroup
	for range stormDialers {
		dialers.Go(func() {
			for range stormConnections / stormDialers {
				s.dial(ctx)
			}
		})
	}
	dialers.Wait()
}

// dial makes one connection; a refusal is the gateway's good right.
func (s *storm) dial(ctx context.Context) {
	dialer := net.Dialer{Timeout: stormDialTime}
	conn, err := dialer.DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = append(s.conns, conn)
}

func (s *storm) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.conns {
		_ = conn.Close() // nothing was sent
	}
	s.conns = nil
}
