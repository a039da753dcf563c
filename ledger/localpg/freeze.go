package localpg

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Freeze stops every process of the server where it stands (SIGSTOP), for tests: its socket takes connections, and
// nothing answers. Only on Linux, whose /proc names a postmaster's children.
func (s *Server) Freeze() error { return s.signalAll(syscall.SIGSTOP) }

// Thaw lets a frozen server go on: what was under way is carried out late.
func (s *Server) Thaw() error { return s.signalAll(syscall.SIGCONT) }

// signalAll goes to the postmaster first: a frozen one makes no more children.
func (s *Server) signalAll(sig syscall.Signal) error {
	if err := syscall.Kill(s.pid, sig); err != nil {
		return err
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", s.pid))
	if err != nil {
		return err
	}
	for _, word := range strings.Fields(string(children)) {
		pid, err := strconv.Atoi(word)
		if err != nil {
			return err
		}
		if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) { // it may have just ended
			return err
		}
	}
	return nil
}
