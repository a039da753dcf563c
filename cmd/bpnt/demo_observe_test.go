package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bpnt/deploy"
	"bpnt/ledger/localpg/pgtest"
)

// TestDemoObserve: a Prometheus beside the demo sees families shop after the measured time is over, the page that it
// is opened with is there, the dashboards lie beside it, and Ctrl-C ends everything.
func TestDemoObserve(t *testing.T) {
	needPostgres(t)
	if _, err := deploy.FindPrometheus(); err != nil {
		t.Skip(err)
	}
	dir := pgtest.Folder(t)
	cmd := command(t.Context(), "demo", "--observe", "--data-dir", dir, "--families", "300", "--outlets", "5",
		"--duration", "500ms", "--warmup", "0s")
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	page, all := graphPage(t, said)
	go func() { _, _ = io.Copy(io.Discard, said) }()
	if !soon(func() bool { return ready(page) && shopping(page) }) {
		t.Errorf("Prometheus does not see families shop: %s", all)
	}
	files, err := filepath.Glob(filepath.Join(dir, "grafana", "*.json"))
	if err != nil || len(files) != len(deploy.Dashboards()) {
		t.Errorf("dashboards %v, %v", files, err)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the demo ended with %v", err)
	}
	if ready(page) {
		t.Error("Prometheus goes on without the demo")
	}
}

// graphPage reads what the demo says up to the ready-made page.
func graphPage(t *testing.T, said io.Reader) (page, all string) {
	t.Helper()
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if at := strings.TrimSpace(lines.Text()); strings.Contains(at, "g0.expr=") {
			return at, all
		}
		all += lines.Text() + "\n"
	}
	t.Fatalf("the demo names no page: %s", all)
	return "", ""
}

// soon waits for a condition.
func soon(done func() bool) bool {
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline.C:
			return false
		}
	}
	return true
}

// shopping asks the Prometheus of a page whether inquiries come: the measured part of the demo has none.
func shopping(page string) bool {
	at, err := url.Parse(page)
	if err != nil {
		return false
	}
	at.Path, at.RawQuery = "/api/v1/query", url.Values{
		"query": {`rate(bpnt_request_seconds_count{message="inquiry", result="good"}[10s]) > 1`},
	}.Encode()
	answer, err := http.Get(at.String())
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	var found struct {
		Data struct{ Result []any }
	}
	return json.NewDecoder(answer.Body).Decode(&found) == nil && len(found.Data.Result) > 0
}

// TestDemoObserveNeeds: what is missing is said before anything is made.
func TestDemoObserveNeeds(t *testing.T) {
	here, err := exec.LookPath(binary)
	if err != nil {
		t.Fatal(err)
	}
	for says, args := range map[string][]string{
		"apt-get install prometheus": {"demo", "--observe"},
		"--admin must not be empty":  {"demo", "--observe", "--admin", ""},
	} {
		dir := t.TempDir()
		cmd := exec.Command(here, append(args, "--data-dir", filepath.Join(dir, "data"))...)
		cmd.Env = []string{"PATH=" + dir, "HOME=" + dir}
		out, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != statusUsage || !strings.Contains(string(out), says) {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
		if _, err := os.Stat(filepath.Join(dir, "data")); err == nil {
			t.Errorf("%v: a folder was made", args)
		}
	}
}
