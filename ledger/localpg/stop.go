package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Stop ends the server unless another process holds its data folder: fast shutdown, which rolls back what is
// open and writes a checkpoint. When ctx ends first, the shutdown becomes an immediate one, which is as safe as a
// crash; the error says so. A second Stop does nothing.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lock == nil {
		return nil
	}
	s.signal(syscall.SIGINT)
	err := s.awaitExit(ctx)
	if err != nil {
		s.signal(syscall.SIGQUIT)
		err = errors.Join(fmt.Errorf("stop Postgres in time, so it was stopped without a checkpoint and will recover at its next start: %w", err),
			s.awaitExit(context.WithoutCancel(ctx)))
	}
	return errors.Join(err, s.release())
}

// Kill is a crash, for tests: SIGKILL to the postmaster, and a wait until the last of its children noticed and left. The
// kernel keeps what they wrote; this is not a loss of power. Start on the same folder recovers.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lock == nil {
		return errors.New("kill Postgres: this process does not run it")
	}
	s.signal(syscall.SIGKILL)
	if err := s.awaitExit(context.Background()); err != nil {
		return err
	}
	return errors.Join(s.awaitFamily(), s.release())
}

func (s *Server) signal(sig syscall.Signal) {
	if s.process != nil {
		s.process.signal(sig)
		return
	}
	_ = syscall.Kill(s.pid, sig) // it may have just ended: that is no error
}

// awaitExit waits for our child by wait(2). An adopted server is not our child: it is gone when its process is, or when
// it removed its pid file, the last thing that a postmaster does (a container's init may leave it a zombie).
func (s *Server) awaitExit(ctx context.Context) error {
	if s.process != nil {
		select {
		case <-s.process.exited:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	for {
		if file, ok := readPidFile(s.dataDir); !ok || file.pid != s.pid || !alive(s.pid) {
			return nil
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// awaitFamily waits for the end of the pipe that every process of the server inherited. Those of an adopted server
// cannot be waited for; the next Start is patient with them.
func (s *Server) awaitFamily() error {
	if s.process == nil {
		return nil
	}
	if err := s.process.family.SetReadDeadline(time.Now().Add(orphansTimeout)); err != nil {
		return err
	}
	if _, err := s.process.family.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("processes of the killed Postgres are still there after %v", orphansTimeout)
	}
	return nil
}

// release lets the next one have the data folder.
func (s *Server) release() error {
	if s.process != nil {
		_ = s.process.family.Close() // only read from
	}
	err := errors.Join(s.removeSocket(), s.lock.Close())
	s.lock = nil
	return err
}

func (s *Server) removeSocket() error {
	if !s.tempSocket {
		return nil
	}
	return os.RemoveAll(s.socketDir)
}
