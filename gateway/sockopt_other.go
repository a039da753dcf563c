//go:build !linux

package gateway

import (
	"errors"
	"syscall"
	"time"
)

// reusePort is of Linux, where alone the kernel spreads connections over the sockets.
func reusePort(syscall.RawConn) error {
	return errors.New("reuse_port needs Linux: leave it out")
}

// cork does nothing: the answer goes out at once.
func cork(syscall.Conn) {}

// userTimeout does nothing: only Linux has TCP_USER_TIMEOUT. Keepalives and the write deadline remain.
func userTimeout(time.Duration) func(network, address string, raw syscall.RawConn) error {
	return func(string, string, syscall.RawConn) error { return nil }
}
