package e2e

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// restartsEnv is how many restarts the long form makes, one every ten seconds.
const restartsEnv = "BPNT_TEST_RESTARTS"

// TestRestart ends bpnt serve by SIGTERM under load and starts it again, again and again: with a socket that its parent
// keeps, as systemd does, and as two instances on one port that take turns. Nobody is refused, whatever was taken is
// answered, and the books are exact. A message that reaches a connection as it is closed is not taken: its terminal
// reverses, which leaves a tombstone; were an answer lost, a credit would stand in its place.
//
//	BPNT_TEST_RESTARTS=30 go test ./gateway/e2e -run TestRestart -v -timeout 30m
func TestRestart(t *testing.T) {
	t.Parallel()
	restarts, every := 2, 700*time.Millisecond
	if text := os.Getenv(restartsEnv); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("%s=%q is not a number from 1", restartsEnv, text)
		}
		restarts, every = n, 10*time.Second
	}
	p, _ := killable(t)
	for _, way := range []struct {
		name string
		take func(*process) restarter
	}{{"socket activation", activated}, {"two instances", paired}} {
		t.Run(way.name, func(t *testing.T) {
			p.of(t, func() { p.restartUnderLoad(way.take(p), restarts, every) })
		})
	}
}

// of lets a part of a test use the world of the whole.
func (p *process) of(t *testing.T, use func()) {
	whole := p.t
	p.t = t
	defer func() { p.t = whole }()
	use()
}

// restarter is a way to restart a gateway that is never away.
type restarter interface {
	restart() // until the new one is there
	close()
}

func (p *process) restartUnderLoad(way restarter, restarts int, every time.Duration) {
	before := p.reversals()
	load := p.shop("--play", "16", "--timeout", "10s", "--inquiries", "0.2", "--witness", "1", "--prove", "--json")
	begun := time.Now()
	for n := range restarts {
		p.awaitPostings()
		time.Sleep(every) // let the load run between two restarts
		way.restart()
		if (n+1)%10 == 0 {
			p.t.Logf("%d restarts in %v", n+1, time.Since(begun).Round(time.Second))
		}
	}
	p.awaitPostings()
	report := load.end()
	way.close()
	after := p.reversals()
	if report.FailedDials > 0 || report.Timeouts > 0 || len(report.Unresolved) > 0 || report.Linear.Illegal > 0 {
		p.t.Errorf("%d connections refused, %d timeouts, %d unresolved, %d illegal", report.FailedDials, report.Timeouts, len(report.Unresolved), report.Linear.Illegal)
	}
	if lost := after.credited - before.credited; lost > 0 || report.Connects < int64(16*(restarts+1)/2) {
		p.t.Errorf("%d answers of %d connections were lost", lost, report.Connects)
	}
	p.audit()
	p.t.Logf("%d restarts in %v: %d redemptions over %d connections; 0 refused, 0 answers lost; %d messages met a closing connection",
		restarts, time.Since(begun).Round(time.Second), report.Redemptions, report.Connects, report.Broken)
}

// opener is a parent that opened the port and hands it to each gateway.
type opener struct {
	p      *process
	socket *os.File
}

func activated(p *process) restarter {
	p.stopGateway()
	var config net.ListenConfig
	config.SetMultipathTCP(false) // systemd's are plain TCP
	listener, err := config.Listen(p.t.Context(), "tcp", p.addr)
	p.check(err)
	defer listener.Close() // the file below is another descriptor of the socket
	file, err := listener.(*net.TCPListener).File()
	p.check(err)
	k := &opener{p, file}
	k.start()
	return k
}

// start runs a gateway as systemd does: LISTEN_PID is the process that it becomes.
func (k *opener) start() {
	serve := k.p.serve(k.p.config("links.toml", false))
	serve.Args = append([]string{"sh", "-c", `LISTEN_PID=$$ exec "$@"`, "sh", serve.Path}, serve.Args[1:]...)
	serve.Path = "/bin/sh"
	serve.Env = append(serve.Env, "LISTEN_FDS=1", "LISTEN_FDNAMES=edc")
	serve.ExtraFiles = []*os.File{k.socket}
	k.p.gateway = serve
	k.p.check(serve.Start())
}

func (k *opener) restart() {
	k.p.stopGateway()
	k.start()
}

func (k *opener) close() {
	k.p.stopGateway()
	_ = k.socket.Close()
	k.p.startGateway() // for who comes next
}

// twins are two gateways on one port; p.gateway is the one that stops next.
type twins struct {
	p     *process
	other *exec.Cmd
}

func paired(p *process) restarter {
	p.stopGateway()
	t := &twins{p: p}
	p.gateway, t.other = t.start(), t.start()
	p.t.Cleanup(func() { _ = t.other.Process.Kill(); _ = t.other.Wait() })
	return t
}

func (t *twins) start() *exec.Cmd {
	c := t.p.serve(t.p.config("shared.toml", true))
	log := &listener{up: make(chan struct{})}
	c.Stderr = log
	t.p.check(c.Start())
	select {
	case <-log.up:
	case <-time.After(30 * time.Second):
		t.p.t.Fatal("bpnt serve does not say that it listens")
	}
	return c
}

// listener waits for a line in a log.
type listener struct {
	once sync.Once
	up   chan struct{}
}

func (l *listener) Write(text []byte) (int, error) {
	if bytes.Contains(text, []byte("msg=listening")) {
		l.once.Do(func() { close(l.up) })
	}
	return len(text), nil
}

func (t *twins) restart() {
	t.p.stopGateway()
	t.p.gateway, t.other = t.other, t.start()
}

func (t *twins) close() {
	t.p.stopGateway()
	t.p.gateway = t.other
	t.p.stopGateway()
	t.p.startGateway()
}

// stopGateway ends the gateway as an operator does. It drains, and ends well.
func (p *process) stopGateway() {
	p.t.Helper()
	p.check(p.gateway.Process.Signal(syscall.SIGTERM))
	if err := p.gateway.Wait(); err != nil {
		p.t.Errorf("the gateway ended with %v", err)
	}
}

// config writes a file with the world's link.
func (p *process) config(name string, shared bool) string {
	file := filepath.Join(p.dir, name)
	text := fmt.Sprintf("[[link]]\nname = \"edc\"\nlisten = %q\nreuse_port = %v\n[link.dialect]\namount_decimals = 2\npan_pad = \"left\"\n",
		p.addr, shared)
	p.check(os.WriteFile(file, []byte(text), 0o600))
	return file
}

func (p *process) serve(config string) *exec.Cmd {
	return p.command("serve", "--config", config, "--admin", "")
}
