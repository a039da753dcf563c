package localpg

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"time"
)

// orphansTimeout bounds the wait for processes of a killed predecessor, which end as soon as they next wait.
const orphansTimeout = 10 * time.Second

// launchPatiently tries again while processes of a killed predecessor still hold its shared memory.
func (s *starter) launchPatiently(server *Server) error {
	patience, cancel := context.WithTimeout(s.ctx, orphansTimeout)
	defer cancel()
	for {
		said, err := s.launch(server)
		if err == nil || !strings.Contains(said, "shared memory block") || pause(patience) != nil {
			return err
		}
	}
}

// launch starts Postgres and waits until it is ready. It returns what Postgres said where it ended instead.
func (s *starter) launch(server *Server) (said string, err error) {
	log, offset, err := s.openLog()
	if err != nil {
		return "", fmt.Errorf("open the log of Postgres: %w", err)
	}
	defer func() { _ = log.Close() }() // Postgres has it open by now
	cmd := s.command(context.Background(), "postgres", "-D", s.dataDir())
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(cmd.Env, s.config.Env...)
	if s.config.EndWithParent {
		tie(cmd.SysProcAttr)
	}
	if server.process, err = spawn(cmd); err != nil {
		return "", fmt.Errorf("run postgres: %w", err)
	}
	server.pid = cmd.Process.Pid
	return s.awaitReady(server.process, offset)
}

// awaitReady ends with a server that is ready, or with none at all.
func (s *starter) awaitReady(p *process, offset int64) (said string, err error) {
	for {
		if file, ok := readPidFile(s.dataDir()); ok && file.pid == p.cmd.Process.Pid && file.ready {
			return "", nil
		}
		if p.ended() {
			_ = p.family.Close() // read by nobody
			said = s.logSince(offset)
			return said, fmt.Errorf("start Postgres on %s: %s", s.dataDir(), lastLines(said))
		}
		if err := pause(s.ctx); err != nil {
			p.signal(syscall.SIGQUIT)
			<-p.exited
			_ = p.family.Close()
			return "", fmt.Errorf("wait for Postgres, see %s: %w", s.logPath(), err)
		}
	}
}
