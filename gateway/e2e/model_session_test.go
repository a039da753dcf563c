package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// session is a psql of the owner of the books that stays, so that a look costs no process, and a lock can be held.
type session struct {
	n    *season
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Scanner
	oops strings.Builder
}

const sessionMark = "==done=="

func (n *season) newSession() *session {
	s := &session{n: n}
	s.cmd = n.stage.server.Client(context.Background(), "psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only",
		"--set=ON_ERROR_STOP=1", "--dbname="+n.url)
	s.cmd.Stderr = &s.oops
	var err error
	s.in, err = s.cmd.StdinPipe()
	n.check(err)
	out, err := s.cmd.StdoutPipe()
	n.check(err)
	s.out = bufio.NewScanner(out)
	n.check(s.cmd.Start())
	n.Cleanup(s.end)
	return s
}

// run runs SQL and returns what it printed.
func (s *session) run(sql string) string {
	_, err := fmt.Fprintf(s.in, "%s;\n\\echo %s\n", sql, sessionMark)
	var lines []string
	for err == nil && s.out.Scan() {
		if s.out.Text() == sessionMark {
			return strings.Join(lines, "\n")
		}
		lines = append(lines, s.out.Text())
	}
	s.n.Fatalf("the owner's session ended: %v\n%s", err, s.oops.String())
	return ""
}

// wait asks until the answer is true.
func (s *session) wait(what, sql string) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range 4_000 {
		if s.run(sql) == "t" {
			return
		}
		<-tick.C
	}
	s.n.Fatalf("waited in vain for %s", what)
}

func (s *session) end() {
	_ = s.in.Close()
	_ = s.cmd.Wait()
}

// holding holds every bucket's lock while f works; what comes to the ledger meanwhile waits.
func (s *session) holding(f func()) {
	s.run("begin; select from bpnt.bucket b where pg_advisory_xact_lock(8583, b.id) is null")
	defer s.run("commit")
	f()
}

// blocked waits until a gateway's batch stands before the lock.
func (s *session) blocked() {
	s.wait("a batch before the lock", `select count(*) > 0 from pg_locks where locktype = 'advisory' and not granted
		and database = (select oid from pg_database where datname = current_database())`)
}
