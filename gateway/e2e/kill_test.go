package e2e

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bpnt/ledger/localpg/pgtest"
)

// TestKillNine runs the binary as operators do: bpnt serve under the load of bpnt loadtest, both killed from behind.
// Gateway and Postgres get SIGKILL in turn in the middle of the load. The terminals reverse what they heard nothing of
// and go on; at the end every approval that one of them saw has its debit, and the audit is clean.
func TestKillNine(t *testing.T) {
	t.Parallel()
	w, s := killable(t)
	load := w.shop("--play", "40", "--timeout", "2s", "--prove", "--json")
	for _, kill := range []func(){w.killGateway, s.killAndRestart, w.killGateway, s.killAndRestart} {
		for range 3 { // as long as it takes the load to be under way again
			w.awaitPostings()
		}
		kill()
	}
	w.awaitPostings()
	report := load.end()
	if report.Redemptions == 0 || report.Broken == 0 || len(report.Unresolved) > 0 {
		t.Errorf("the kills did not meet the load: %+v", report)
	}
	if books := w.audit().DebitsIDR; books != report.TerminalsDebitsIDR {
		t.Errorf("books Rp %d, terminals Rp %d", books, report.TerminalsDebitsIDR)
	}
	t.Logf("%d redemptions, %d connections broken by 4 kills", report.Redemptions, report.Broken)
}

// process is a world whose gateway is a process of its own.
type process struct {
	*world
	binary  string
	dir     string
	addr    string
	gateway *exec.Cmd
}

// killable seeds a small Jakarta with the binary's own commands and starts bpnt serve.
func killable(t *testing.T) (*process, *server) {
	t.Helper()
	dir := pgtest.Folder(t)
	s := &server{t: t, dir: filepath.Join(dir, "postgres")}
	s.start()
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	if err := s.EnsureDatabase(t.Context(), "bpnt"); err != nil {
		t.Fatal(err)
	}
	p := &process{
		world: &world{t: t, url: s.URL("bpnt"), postgres: s}, dir: dir, addr: freeAddress(t),
	}
	var err error
	p.binary, err = built()
	p.check(err)
	p.run("ledger", "migrate")
	p.run("ledger", "seed", "--families", "4000", "--outlets", "40")
	p.run("ledger", "disburse", "--period", "202611", "--amount", "5000000")
	p.operator = p.open("bpnt_operator")
	p.startGateway()
	t.Cleanup(func() { _ = p.gateway.Process.Kill(); _ = p.gateway.Wait() })
	return p, s
}

// built is the binary, built by the first test that asks. TestMain removes its folder.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "bpnt-test-")
	if err != nil {
		return "", err
	}
	builtIn = dir
	binary := filepath.Join(dir, "bpnt")
	if text, err := exec.Command("go", "build", "-o", binary, "bpnt/cmd/bpnt").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, text)
	}
	return binary, nil
})

var builtIn string

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// command is the binary with the world's database, keys and area.
func (p *process) command(arguments ...string) *exec.Cmd {
	c := exec.Command(p.binary, arguments...)
	c.Env = append(os.Environ(), "BPNT_DATABASE_URL="+p.url, "BPNT_KEYS="+filepath.Join(p.dir, "keys"),
		"BPNT_FAMILIES=4000", "BPNT_OUTLETS=40")
	return c
}

func (p *process) run(arguments ...string) {
	p.t.Helper()
	if text, err := p.command(arguments...).CombinedOutput(); err != nil {
		p.t.Fatalf("bpnt %s: %v\n%s", strings.Join(arguments, " "), err, text)
	}
}

func (p *process) startGateway() {
	p.t.Helper()
	p.gateway = p.serve(p.config("links.toml", false))
	p.check(p.gateway.Start())
	p.awaitListening()
}

func (p *process) awaitListening() {
	p.t.Helper()
	for range 1000 {
		if sock, err := net.Dial("tcp", p.addr); err == nil {
			_ = sock.Close()
			return
		}
		time.Sleep(10 * time.Millisecond) // polling a process that starts
	}
	p.t.Fatal("bpnt serve does not listen")
}

func (p *process) killGateway() {
	p.check(p.gateway.Process.Signal(syscall.SIGKILL))
	_ = p.gateway.Wait()
	p.startGateway()
}

func (s *server) killAndRestart() {
	if err := s.Kill(); err != nil {
		s.t.Fatal(err)
	}
	s.start()
}
