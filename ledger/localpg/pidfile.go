package localpg

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// pidFile is what a running server says of itself in postmaster.pid (storage/pidfile.h in its source).
type pidFile struct {
	pid       int
	port      string
	socketDir string
	ready     bool
}

// readPidFile reads it; false where there is none, or where it is still being written.
func readPidFile(dataDir string) (pidFile, bool) {
	text, err := os.ReadFile(filepath.Join(dataDir, "postmaster.pid"))
	if err != nil {
		return pidFile{}, false
	}
	lines := strings.Split(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 0 || len(lines) < 5 {
		return pidFile{}, false
	}
	ready := len(lines) >= 8 && strings.TrimSpace(lines[7]) == "ready"
	return pidFile{pid: pid, port: lines[3], socketDir: lines[4], ready: ready}, true
}

// serving is true where the process lives and answers at its socket. The file alone proves nothing: it outlives a
// kill -9, and the process id may belong to somebody else by now.
func (p pidFile) serving() bool {
	if !p.ready || !alive(p.pid) {
		return false
	}
	conn, err := net.Dial("unix", filepath.Join(p.socketDir, ".s.PGSQL."+p.port))
	if err != nil {
		return false
	}
	_ = conn.Close() // nothing was sent
	return true
}

// alive asks for a process without touching it. EPERM means that it is there and not ours.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
