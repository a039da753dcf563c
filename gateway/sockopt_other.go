//go:build !linux

package gateway

import (
	"syscall"
	"time"
)

// userTimeout does nothing: only Linux has TCP_USER_TIMEOUT. Keepalives and the write deadline remain.
func userTimeout(time.Duration) func(network, address string, raw syscall.RawConn) error { return nil }
