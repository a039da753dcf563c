package gateway

import (
	"net"
	"net/netip"
	"sync"
)

// connections counts who is connected, in all and by address, and knows them all for the day's end.
type connections struct {
	max, perAddress int

	mu        sync.Mutex
	stopped   bool
	open      map[*conn]struct{}
	addresses map[netip.Addr]int
	served    sync.WaitGroup // whose goroutines have not returned
}

func newConnections(l Limits) *connections {
	return &connections{
		max: l.Connections, perAddress: l.ConnectionsPerAddress,
		open: make(map[*conn]struct{}), addresses: make(map[netip.Addr]int),
	}
}

// add takes a connection in, or names the limit that forbids it. One that was taken in must be served. The limits are for
// those who come to us: however many terminals there are, we keep our lines to the banks.
func (s *connections) add(c *conn) closeReason {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.stopped:
		return closeDraining
	case c.link.dials():
	case len(s.open) >= s.max:
		return closeTooMany
	case s.addresses[c.address] >= s.perAddress:
		return closeTooManyAddr
	}
	s.open[c] = struct{}{}
	s.addresses[c.address]++
	s.served.Add(1)
	return closeNone
}

func (s *connections) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
	if s.addresses[c.address]--; s.addresses[c.address] == 0 {
		delete(s.addresses, c.address)
	}
}

func (s *connections) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// of counts the connections of a link.
func (s *connections) of(l *link) int {
	return s.count(func(c *conn) bool { return c.link == l })
}

// signedOn counts those of a switch that may trade.
func (s *connections) signedOn(l *link) int {
	return s.count(func(c *conn) bool { return c.link == l && c.session.signedOn() })
}

func (s *connections) count(which func(*conn) bool) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		if which(c) {
			n++
		}
	}
	return n
}

// stop takes no more connections and returns those that are open.
func (s *connections) stop() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	all := make([]*conn, 0, len(s.open))
	for c := range s.open {
		all = append(all, c)
	}
	return all
}

// addressOf is the peer's address without its port, as far as one holder of addresses goes.
func addressOf(sock net.Conn) netip.Addr {
	if at, err := netip.ParseAddrPort(sock.RemoteAddr().String()); err == nil {
		return holderOf(at)
	}
	return netip.Addr{}
}

// networkBits of an address of version 6 name a customer's network; whoever has one has 2^64 addresses in it, so limits
// that count by the whole address would be none.
const networkBits = 64

func holderOf(at netip.AddrPort) netip.Addr {
	address := at.Addr().Unmap().WithZone("")
	if address.Is4() {
		return address
	}
	network, _ := address.Prefix(networkBits) // 64 bits are there
	return network.Addr()
}
