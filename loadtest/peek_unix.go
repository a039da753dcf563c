//go:build unix

package loadtest

import (
	"net"
	"syscall"
)

// peeker looks whether the host has closed a connection at rest, as a terminal's modem tells it: who sends into a closed
// one has to reverse. It looks and takes nothing; it costs less than a microsecond.
type peeker struct {
	raw  syscall.RawConn
	gone bool
	look func(fd uintptr) bool
}

func newPeeker(conn net.Conn) *peeker {
	p := new(peeker)
	if c, ok := conn.(syscall.Conn); ok {
		p.raw, _ = c.SyscallConn()
	}
	p.look = func(fd uintptr) bool {
		var next [1]byte
		n, _, err := syscall.Recvfrom(int(fd), next[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		p.gone = n == 0 && err == nil || err == syscall.ECONNRESET
		return true
	}
	return p
}

// hungUp tells whether the host has closed the connection and nothing is left to read.
func (p *peeker) hungUp() bool {
	p.gone = false
	return p.raw != nil && p.raw.Read(p.look) == nil && p.gone
}
