package docs

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"bpnt/ledger/localpg/pgtest"
)

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// script joins a document's blocks of shell commands.
func script(t *testing.T, document string) string {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
		all.WriteString(block[1])
	}
	return all.String()
}

// TestOperationsDocument runs every command of operations.md, in order, in one shell that stops at the first failure. The
// ports are free ones in place of the document's, which another gateway on this machine may have.
func TestOperationsDocument(t *testing.T) {
	dir := pgtest.Folder(t)
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "bin", "bpnt"), "bpnt/cmd/bpnt")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	work := filepath.Join(dir, "work")
	if err := os.Mkdir(work, 0o755); err != nil {
		t.Fatal(err)
	}
	// It is kept running: the first chapters' commands would start and stop it a hundred times. Those of the later ones do.
	pgtest.Keep(t, filepath.Join(work, "data", "postgres"))
	ports := strings.NewReplacer("127.0.0.1:8583", freeAddress(t), "127.0.0.1:8584", freeAddress(t), "127.0.0.1:9583", freeAddress(t))
	links := filepath.Join(dir, "links.toml")
	if err := os.WriteFile(links, []byte(ports.Replace(defaultLinks)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), documentTimeout)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash", "-c", prologue+ports.Replace(script(t, "operations.md")))
	shell.Dir = work
	shell.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"),
		"BPNT_ADDR="+ports.Replace("127.0.0.1:8583"), "BPNT_CONFIG="+links)
	inGroup(shell)
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v (%v)\n%s\n%s", err, context.Cause(ctx), out, logs(work))
	}
	for _, sign := range []string{"SISA SALDO", "0 violations"} {
		if !strings.Contains(string(out), sign) {
			t.Errorf("the commands ran, but %q was not seen:\n%s", sign, out)
		}
	}
}

// documentTimeout is many times what the document takes: a gateway that does not become ready is waited for without end.
const documentTimeout = 5 * time.Minute

// prologue has the shell stop at the first failure, and end what it began.
const prologue = `set -euo pipefail
set -x
trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
`

// defaultLinks is the link of a gateway that was given no file.
const defaultLinks = `[[link]]
name = "edc"
listen = "127.0.0.1:8583"
[link.dialect]
amount_decimals = 2
pan_pad = "left"
`

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// inGroup ends a command's children with it. They hold its output, which is waited for no longer then.
func inGroup(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }
	c.WaitDelay = 10 * time.Second
}

// logs are what the gateways said.
func logs(dir string) string {
	var all strings.Builder
	for _, name := range []string{"serve.log", "trial.log"} {
		text, _ := os.ReadFile(filepath.Join(dir, name)) // there may be none yet
		fmt.Fprintf(&all, "%s:\n%s", name, text)
	}
	return all.String()
}

// TestReadmeCommands: the README promises two commands, which CI runs; they must be targets of the Makefile.
func TestReadmeCommands(t *testing.T) {
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	commands := strings.Split(strings.TrimSpace(script(t, "../README.md")), "\n")
	if len(commands) != 2 {
		t.Errorf("the README gets a newcomer going with two commands, not %q", commands)
	}
	for _, command := range commands {
		target := strings.TrimPrefix(command, "make ")
		if !strings.Contains(string(makefile), "\n"+target+":") {
			t.Errorf("%s is no target of the Makefile", command)
		}
	}
}
