package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

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

// TestOperationsDocument runs every command of operations.md, in order, in one shell that stops at the first failure.
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
	shell := exec.Command("bash", "-c", "set -euo pipefail\nset -x\ntrap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n"+script(t, "operations.md"))
	shell.Dir = work
	shell.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, sign := range []string{"SISA SALDO", "0 violations"} {
		if !strings.Contains(string(out), sign) {
			t.Errorf("the commands ran, but %q was not seen:\n%s", sign, out)
		}
	}
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
