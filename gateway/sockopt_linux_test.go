package gateway

import (
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAcceptedConnectionsHaveUserTimeoutAndKeepAlive(t *testing.T) {
	wantSocketOptions(t, start(t, testConfig(nil), newPoster(), keystore(t)))
}

func wantSocketOptions(t *testing.T, g *Gateway) {
	t.Helper()
	dial(t, g).ask(purchase(1))
	raw, err := g.connections.stop()[0].sock.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	option := func(level, name int) (value int) {
		if err := raw.Control(func(fd uintptr) { value, err = unix.GetsockoptInt(int(fd), level, name) }); err != nil {
			t.Fatal(err)
		}
		return value
	}
	if ms := option(unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT); ms != 60_000 {
		t.Errorf("TCP_USER_TIMEOUT is %d ms", ms)
	}
	if on, idle := option(unix.SOL_SOCKET, unix.SO_KEEPALIVE), option(unix.IPPROTO_TCP, unix.TCP_KEEPIDLE); on == 0 || idle != 60 {
		t.Errorf("keepalive %d after %d s", on, idle)
	}
}
