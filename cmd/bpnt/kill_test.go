package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bpnt/ledger/localpg/pgtest"
	"bpnt/loadtest"
)

// TestKill ends the gateway, and then Postgres, by SIGKILL in the middle of a load, and starts them again. Every
// terminal resolves what it does not know and settles its batch, and the books agree with them to the rupiah.
func TestKill(t *testing.T) {
	t.Parallel()
	needPostgres(t)
	g := newService(t)
	area := []string{"--families", "400", "--outlets", "8"}
	g.seed(t, "5000000", area...)
	g.start(t)
	load := command(t.Context(), append([]string{
		"loadtest", "--addr", g.edc, "--data-dir", g.dir, "--prove", "--json", "--duration", "5s", "--warmup", "0s",
		"--timeout", "2s", "--funds", "5000000", "--workload", "realistic", "--inquiries", "0.2", "--disputes", "0.3",
	}, area...)...)
	var out strings.Builder
	load.Stdout = &out
	seconds, err := load.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := load.Start(); err != nil {
		t.Fatal(err)
	}
	var said string
	for lines := bufio.NewScanner(seconds); lines.Scan(); {
		said = lines.Text()
		switch strings.Fields(lines.Text() + " .")[0] {
		case "1":
			g.kill(t)
			g.start(t)
		case "3":
			g.killPostgres(t)
			g.end(t, 0, statusTrouble) // trouble where a commit was under way: there is nobody left to ask what became of it
			g.start(t)
		}
	}
	if err := load.Wait(); err != nil {
		t.Errorf("the load test: %v: %s", err, said)
	}
	var got struct {
		loadtest.Report
		Proof proof `json:"proof"`
	}
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if got.Proof.LedgerDebitsIDR != got.TerminalsDebitsIDR || got.Proof.Violations != 0 || len(got.Unresolved) != 0 {
		t.Errorf("proof %+v, %d unresolved", got.Proof, len(got.Unresolved))
	}
	if b := got.Proof.Batches; b == nil || b.Compared < 8 || b.Differ != 0 || got.Settlement.Refused != 0 || got.Outcomes["void_approved"] == 0 {
		t.Errorf("batches %+v, settlement %+v, outcomes %v", b, got.Settlement, got.Outcomes)
	}
	if got.Redemptions == 0 || got.Broken < 4 {
		t.Errorf("%d redemptions, %d connections broken: the faults were not felt", got.Redemptions, got.Broken)
	}
	g.end(t, 0)
}

// service is bpnt serve on a private Postgres and fixed ports.
type service struct {
	dir, edc, admin, config string
	cmd                     *exec.Cmd
	log                     *os.File // takes all that the gateway says; nil for the test's stderr and errors only
}

func newService(t *testing.T) *service {
	g := &service{dir: pgtest.Folder(t), edc: freeAddress(t), admin: freeAddress(t)}
	g.config = filepath.Join(g.dir, "links.toml")
	text := fmt.Sprintf("[[link]]\nname = \"edc\"\nlisten = %q\n[link.dialect]\namount_decimals = 2\npan_pad = \"left\"\n", g.edc)
	if err := os.WriteFile(g.config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if g.cmd != nil {
			_ = g.cmd.Process.Kill()
			_ = g.cmd.Wait()
		}
	})
	return g
}

// seed makes books with an area of so many, each family with so much.
func (g *service) seed(t *testing.T, amount string, area ...string) {
	t.Helper()
	for _, args := range [][]string{
		{"ledger", "migrate"},
		append([]string{"ledger", "seed"}, area...),
		{"ledger", "disburse", "--amount", amount},
	} {
		if r := bpnt(t, "", append(args, "--data-dir", g.dir)...); r.status != 0 {
			t.Fatalf("%v: %s", args, r.err)
		}
	}
}

// freeAddress is an address that was free a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// start runs the gateway and waits until it is ready.
func (g *service) start(t *testing.T) {
	t.Helper()
	g.cmd = command(t.Context(), "serve", "--data-dir", g.dir, "--config", g.config, "--admin", g.admin, "--log-level", "error")
	g.cmd.Stderr = os.Stderr
	if g.log != nil {
		g.cmd.Args = append(g.cmd.Args, "--log-level", "debug")
		g.cmd.Stderr = g.log
	}
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ready("http://" + g.admin + "/readyz") {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatal("the gateway does not become ready")
		}
	}
}

func ready(url string) bool {
	response, err := http.Get(url)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

func (g *service) kill(t *testing.T) {
	t.Helper()
	if err := g.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = g.cmd.Wait() // "signal: killed"
}

// end stops the gateway as an operator does; it ends with one of these statuses.
func (g *service) end(t *testing.T, statuses ...int) {
	t.Helper()
	if err := g.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err := g.cmd.Wait()
	if !slices.Contains(statuses, g.cmd.ProcessState.ExitCode()) {
		t.Errorf("the gateway ended with %v", err)
	}
	g.cmd = nil
}

func (g *service) killPostgres(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(g.dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}
