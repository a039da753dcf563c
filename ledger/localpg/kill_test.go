package localpg

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

func TestKillAndRecover(t *testing.T) {
	dir := initialisedDir(t)
	s := mustStart(t, dir)
	query(t, s, "CREATE TABLE posting (id int)")
	for round := range 3 {
		query(t, s, "INSERT INTO posting VALUES ("+strconv.Itoa(round)+")")
		if err := s.Kill(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "data", "postmaster.pid")); err != nil {
			t.Fatal("a killed Postgres leaves its pid file; without one this test shows nothing")
		}
		s = mustStart(t, dir)
		if got := query(t, s, "SELECT count(*) FROM posting"); got != strconv.Itoa(round+1) {
			t.Errorf("round %d: %s postings after recovery", round, got)
		}
	}
}

func TestStalePidFileOfALivingStranger(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("Postgres judges by user: as an ordinary user this process would pass for a server")
	}
	dir := initialisedDir(t)
	mustStop(t, mustStart(t, dir))
	path := filepath.Join(dir, "data", "postmaster.pid")
	text := strconv.Itoa(os.Getpid()) + "\n" + dir + "/data\n0\n5432\n" + dir + "/sock\n\n\nready   \n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if s := mustStart(t, dir); s.Attached() || s.Pid() == os.Getpid() {
		t.Errorf("attached to process %d, which is this test", s.Pid())
	}
}

// The gateway is killed, its Postgres lives on, the next gateway adopts it and stops it at its end.
func TestOrphanIsAdopted(t *testing.T) {
	dir := initialisedDir(t)
	pid := orphan(t, dir)
	s := mustStart(t, dir)
	if !s.Attached() || s.Pid() != pid {
		t.Fatalf("attached %v to process %d, want the orphan %d", s.Attached(), s.Pid(), pid)
	}
	query(t, s, "CREATE TABLE posting (id int)")
	mustStop(t, s)
	if _, ok := readPidFile(s.dataDir); ok {
		t.Error("the adopted server still runs after Stop")
	}
}

func TestOrphanIsKilledAndRecovered(t *testing.T) {
	dir := initialisedDir(t)
	orphan(t, dir)
	s := mustStart(t, dir)
	query(t, s, "CREATE TABLE posting (id int)")
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if got := query(t, mustStart(t, dir), "SELECT count(*) FROM posting"); got != "0" {
		t.Errorf("postings: %q", got)
	}
}

// orphan leaves a server whose gateway was killed, and returns the server's process id.
func orphan(t *testing.T, dir string) int {
	t.Helper()
	gateway := exec.Command(os.Args[0])
	gateway.Env = append(os.Environ(), dieEnv+"="+dir)
	hold, err := gateway.StdinPipe() // open for as long as the gateway shall live
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = hold.Close() }()
	out, err := gateway.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := gateway.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 200)
	n, _ := out.Read(said)
	_ = gateway.Process.Kill()
	_ = gateway.Wait()
	if string(said[:n]) != "ready\n" {
		t.Fatalf("the gateway said %q", said[:n])
	}
	file, ok := readPidFile(filepath.Join(dir, "data"))
	if !ok || !alive(file.pid) {
		t.Fatal("Postgres died with its gateway")
	}
	return file.pid
}
