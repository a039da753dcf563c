package localpg

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func mustFollow(t *testing.T, c Standby) *Server {
	t.Helper()
	c.Settings, c.EndWithParent = TestSettings(), true
	s, err := StartStandby(testContext(t), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	return s
}

// TestFailOverAndRejoin: a standby has what its primary committed, takes over when that dies, and is followed by it then.
func TestFailOverAndRejoin(t *testing.T) {
	ctx := testContext(t)
	first := mustStart(t, initialisedDir(t))
	query(t, first, "CREATE TABLE posting (id int)")
	dir := openTempDir(t)
	second := mustFollow(t, Standby{Config: Config{DataDir: dir}, Primary: first, Name: "second"})
	check(t, first.WaitFor(ctx, "second"))
	check(t, first.AwaitStreaming(ctx, "second"))
	query(t, first, "INSERT INTO posting VALUES (1)")
	check(t, first.Kill())
	check(t, second.Promote(ctx))
	query(t, second, "INSERT INTO posting VALUES (2)") // and waits for nobody
	if got := query(t, second, "SELECT count(*) FROM posting"); got != "2" {
		t.Errorf("the new primary has %s postings", got)
	}

	old := Standby{Config: Config{DataDir: filepath.Dir(first.dataDir)}, Primary: second, Name: "first"}
	if _, err := StartStandby(ctx, old); err == nil || !strings.Contains(err.Error(), "Rejoin") {
		t.Errorf("a former primary started as a standby: %v", err)
	}
	old.Settings, old.EndWithParent = TestSettings(), true
	rejoined, err := Rejoin(ctx, old)
	check(t, err)
	t.Cleanup(func() { _ = rejoined.Stop(context.Background()) })
	check(t, second.WaitFor(ctx, "first"))
	check(t, second.AwaitStreaming(ctx, "first"))
	query(t, second, "INSERT INTO posting VALUES (3)")
	check(t, second.Kill())
	check(t, rejoined.Promote(ctx))
	if got := query(t, rejoined, "SELECT count(*) FROM posting"); got != "3" {
		t.Errorf("after the second failover: %s postings", got)
	}
	if _, err := os.Stat(rejoined.dataDir + ".before"); err != nil {
		t.Errorf("the former primary's files: %v", err)
	}
}

// TestStandbyResumes: a standby that was killed goes on where it stopped, without a second copy.
func TestStandbyResumes(t *testing.T) {
	if testing.Short() {
		t.Skip("short: makes a second pair of servers")
	}
	ctx := testContext(t)
	first := mustStart(t, initialisedDir(t))
	query(t, first, "CREATE TABLE posting (id int)")
	c := Standby{Config: Config{DataDir: openTempDir(t)}, Primary: first, Name: "second"}
	second := mustFollow(t, c)
	mark := filepath.Join(second.dataDir, "mark")
	check(t, os.WriteFile(mark, nil, 0o600)) // a copy would not have it
	check(t, second.Kill())
	query(t, first, "INSERT INTO posting VALUES (1)")
	second = mustFollow(t, c)
	check(t, second.until(ctx, "SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= '"+
		query(t, first, "SELECT pg_current_wal_lsn()")+"'"))
	if got := query(t, second, "SELECT count(*) FROM posting"); got != "1" {
		t.Errorf("%s postings", got)
	}
	if _, err := os.Stat(mark); err != nil {
		t.Errorf("the standby was copied again: %v", err)
	}
}

// TestWaitForHoldsAtOnce: the first commit after WaitFor waits, although no standby is there yet.
func TestWaitForHoldsAtOnce(t *testing.T) {
	s := mustStart(t, initialisedDir(t))
	query(t, s, "CREATE TABLE posting (id int)")
	check(t, s.WaitFor(testContext(t), "absent"))
	inserted := make(chan error, 1)
	go func() {
		_, err := s.Exec(context.Background(), "postgres", "INSERT INTO posting VALUES (1)")
		inserted <- err
	}()
	check(t, s.until(testContext(t), "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"))
	check(t, s.WaitFor(testContext(t))) // for nobody: lets go of those who wait
	check(t, <-inserted)
}

func TestStandbyNameIsChecked(t *testing.T) {
	for _, name := range []string{"", "Second", `a"b`, "two words"} {
		_, err := StartStandby(t.Context(), Standby{Name: name})
		if err == nil || !strings.Contains(err.Error(), "cannot name") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestPrimaryWithAPassingSocketIsRefused(t *testing.T) {
	passing := &Server{socketDir: "/tmp/bpnt-pg-1", tempSocket: true}
	_, err := StartStandby(t.Context(), Standby{Primary: passing, Name: "b"})
	if err == nil || !strings.Contains(err.Error(), "shorter path") {
		t.Errorf("error: %v", err)
	}
}

// TestRunningPrimaryIsNotSetAside: Rejoin takes no files from under a server.
func TestRunningPrimaryIsNotSetAside(t *testing.T) {
	s := mustStart(t, initialisedDir(t))
	_, err := Rejoin(testContext(t), Standby{Config: Config{DataDir: filepath.Dir(s.dataDir)}, Primary: s, Name: "self"})
	if err == nil || query(t, s, "SELECT 1") != "1" {
		t.Errorf("error: %v", err)
	}
}

func TestURLOfSeveral(t *testing.T) {
	a, b := &Server{socketDir: "/tmp/a b/sock", port: "5432"}, &Server{socketDir: "/tmp/b/sock", port: "5433"}
	want := "postgres:///bpnt?host=%2Ftmp%2Fa%20b%2Fsock,%2Ftmp%2Fb%2Fsock&port=5432,5433&user=postgres" +
		"&target_session_attrs=read-write"
	if got := URL("bpnt", a, b); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
