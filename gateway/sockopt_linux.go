package gateway

import (
	"errors"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// reusePort sets SO_REUSEPORT.
func reusePort(raw syscall.RawConn) error {
	var failed error
	err := raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	})
	return errors.Join(err, failed)
}

// cork lets the kernel gather what is written until the connection is closed, or for 200 ms. Where it cannot, the answer
// goes out at once.
func cork(conn syscall.Conn) {
	if raw, err := conn.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_CORK, 1) })
	}
}

// userTimeout sets TCP_USER_TIMEOUT on a listening socket; connections accepted from it inherit it. It is how long
// bytes of ours may stay unacknowledged.
func userTimeout(d time.Duration) func(network, address string, raw syscall.RawConn) error {
	return func(_, _ string, raw syscall.RawConn) error {
		var failed error
		err := raw.Control(func(fd uintptr) {
			failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(d.Milliseconds()))
		})
		if err != nil {
			return err
		}
		return failed
	}
}
