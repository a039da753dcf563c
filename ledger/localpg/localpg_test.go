package localpg

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// dieEnv makes the test binary start a server on the named folder and then wait to be killed.
const dieEnv = "BPNT_LOCALPG_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(dieEnv); dir != "" {
		child(dir)
		return
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(status int) {
		_ = os.RemoveAll(initialisedAt) // "" removes nothing
		os.Exit(status)
	}))
}

// child is the gateway that will be killed: it starts a server, says so, and holds on until its input ends.
func child(dir string) {
	if _, err := Start(context.Background(), Config{DataDir: dir, Settings: TestSettings()}); err != nil {
		os.Stdout.WriteString(err.Error() + "\n")
		return
	}
	os.Stdout.WriteString("ready\n")
	_, _ = io.ReadAll(os.Stdin)
}

// openTempDir is a temporary folder that root's Postgres may enter; t.TempDir is closed to other users.
func openTempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bpnt-localpg-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

var initialisedAt string // for TestMain to remove; "" where no test asked

// initialised is a data folder after its initdb, made once: initdb is most of the time of these tests.
var initialised = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "bpnt-localpg-test-")
	if err != nil {
		return "", err
	}
	initialisedAt = dir
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	s, err := Start(context.Background(), Config{DataDir: dir, Settings: TestSettings(), EndWithParent: true})
	if err != nil {
		return "", err
	}
	return dir, s.Stop(context.Background())
})

// initialisedDir is a folder of the test's own that needs no initdb.
func initialisedDir(t *testing.T) string {
	t.Helper()
	from, err := initialised()
	if err != nil {
		t.Fatal(err)
	}
	dir := openTempDir(t)
	if out, err := exec.Command("cp", "-a", from+"/data", dir).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v: %s", err, out)
	}
	return dir
}

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func mustStart(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(testContext(t), Config{DataDir: dir, Settings: TestSettings(), EndWithParent: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mustStop(t, s) })
	return s
}

func mustStop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

func query(t *testing.T, s *Server, sql string) string {
	t.Helper()
	out, err := s.Exec(testContext(t), "postgres", sql)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestStartStopStart(t *testing.T) {
	dir := openTempDir(t)
	first := mustStart(t, dir)
	query(t, first, "CREATE TABLE purse (balance bigint); INSERT INTO purse VALUES (110000)")
	mustStop(t, first)
	if alive(first.Pid()) {
		t.Fatal("Postgres is alive after Stop")
	}
	mustStop(t, first) // does nothing

	second := mustStart(t, dir)
	if got := query(t, second, "SELECT balance FROM purse"); got != "110000" {
		t.Errorf("balance after a restart: %q", got)
	}
	if second.Attached() {
		t.Error("Attached after Stop and Start")
	}
}

func TestDefaultsAreDurableAndPrivate(t *testing.T) {
	dir := openTempDir(t)
	s, err := Start(testContext(t), Config{DataDir: dir, EndWithParent: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mustStop(t, s) })
	for name, want := range map[string]string{
		"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "data_checksums": "on",
		"listen_addresses": "", "jit": "off", "max_wal_size": "8GB", "server_encoding": "UTF8", "lc_collate": "C",
		"log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
	} {
		if got := query(t, s, "SHOW "+name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	for path, want := range map[string]os.FileMode{"sock": 0o700, "data": 0o700, "postgres.log": 0o600} {
		if info, err := os.Stat(filepath.Join(dir, path)); err != nil || info.Mode().Perm() != want {
			t.Errorf("mode of %s: %v (%v), want %v", path, info.Mode().Perm(), err, want)
		}
	}
}

func TestSecondStartAttaches(t *testing.T) {
	dir := initialisedDir(t)
	first := mustStart(t, dir)
	second := mustStart(t, dir)
	if !second.Attached() || second.Pid() != first.Pid() || second.URL("x") != first.URL("x") {
		t.Errorf("attached %v to process %d, want %d", second.Attached(), second.Pid(), first.Pid())
	}
	mustStop(t, second)
	if got := query(t, first, "SELECT 1"); got != "1" {
		t.Errorf("after the attached one stopped: %q", got)
	}
	if err := second.Kill(); err == nil {
		t.Error("Kill by one who only attached")
	}
}

func TestStartsAtOnceShareOneServer(t *testing.T) {
	dir := openTempDir(t)
	servers := make(chan *Server, 4)
	for range cap(servers) {
		go func() {
			s, err := Start(context.Background(), Config{DataDir: dir, Settings: TestSettings(), EndWithParent: true})
			if err != nil {
				t.Error(err)
			}
			servers <- s
		}()
	}
	pids := map[int]bool{}
	for range cap(servers) {
		if s := <-servers; s != nil {
			pids[s.Pid()] = true
			t.Cleanup(func() { mustStop(t, s) })
		}
	}
	if len(pids) != 1 {
		t.Errorf("%d servers on one data folder", len(pids))
	}
}

func TestAwkwardPaths(t *testing.T) {
	for name, part := range map[string]string{
		"space and quote": "data of the 25th, Jakarta's \"own\" #1 %41+",
		"too long":        strings.Repeat("kelurahan/", 12),
	} {
		t.Run(name, func(t *testing.T) {
			s := mustStart(t, filepath.Join(openTempDir(t), part))
			if err := s.EnsureDatabase(testContext(t), `odd "name' & more`); err != nil {
				t.Fatal(err)
			}
			got, err := s.Exec(testContext(t), `odd "name' & more`, "SELECT current_database()")
			if err != nil || got != `odd "name' & more` {
				t.Errorf("connected to %q: %v", got, err)
			}
			mustStop(t, s)
			if _, err := os.Stat(s.socketDir); s.tempSocket && err == nil {
				t.Error("the socket's temporary folder is still there")
			}
		})
	}
}

func TestEnsureDatabaseTwice(t *testing.T) {
	s := mustStart(t, initialisedDir(t))
	for range 2 {
		if err := s.EnsureDatabase(testContext(t), "bpnt"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestExecStopsAtTheFirstError(t *testing.T) {
	s := mustStart(t, initialisedDir(t))
	_, err := s.Exec(testContext(t), "postgres", "SELECT 1/0; CREATE TABLE never (id int)")
	if err == nil || !strings.Contains(err.Error(), "division by zero") {
		t.Errorf("error: %v", err)
	}
	if got := query(t, s, "SELECT to_regclass('never') IS NULL"); got != "t" {
		t.Error("psql went on after an error")
	}
}

func TestBadSettingIsNamed(t *testing.T) {
	settings := TestSettings()
	settings["shared_bufers"] = "1GB"
	_, err := Start(testContext(t), Config{DataDir: initialisedDir(t), Settings: settings})
	if err == nil || !strings.Contains(err.Error(), "shared_bufers") {
		t.Errorf("error: %v", err)
	}
}

func TestStopInAHurryStillStops(t *testing.T) {
	s := mustStart(t, initialisedDir(t))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Stop(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
	if alive(s.Pid()) {
		t.Error("Postgres is alive after Stop")
	}
}
