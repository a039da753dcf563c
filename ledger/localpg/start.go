package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// pollEvery is how often a file that Postgres writes is looked at while we wait for it.
	pollEvery = 10 * time.Millisecond
	// socketPathMax keeps the socket's path within sockaddr_un on every system.
	socketPathMax = 100
	// logBytesMax is the size at which a log is set aside at the next start.
	logBytesMax = 16 << 20
	port        = "5432"
)

// Config says where and how to run a server.
type Config struct {
	// DataDir holds all that is kept; it is made when missing. As root it must lie where the user postgres may go.
	DataDir string
	// Settings go over DefaultSettings. They do not apply to a server that is found running.
	Settings map[string]string
	// EndWithParent ends the server at once when this process dies, even by SIGKILL. For tests; only on Linux.
	EndWithParent bool
	// Env goes over the server's environment, which is otherwise almost empty.
	Env []string
}

// starter is one call of Start.
type starter struct {
	ctx      context.Context
	config   Config
	home     string // Config.DataDir, absolute
	account  account
	binaries Binaries
	standby  *Standby // nil for a server of its own
}

func (s *starter) dataDir() string { return filepath.Join(s.home, "data") }
func (s *starter) logPath() string { return filepath.Join(s.home, "postgres.log") }

// Start returns a server on the data folder that accepts connections: one that it started, after initdb where the
// folder is new and after crash recovery where the last one was killed, or one that it found running. Recovery may take
// as long as ctx allows.
func Start(ctx context.Context, config Config) (*Server, error) { return start(ctx, config, nil) }

func start(ctx context.Context, config Config, standby *Standby) (*Server, error) {
	s := &starter{ctx: ctx, config: config, standby: standby}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	lock, err := acquire(s.home)
	if err != nil {
		return nil, err
	}
	if lock == nil {
		return s.attachWhenReady()
	}
	server, err := s.startOrAdopt()
	if err != nil {
		_ = lock.Close() // only now may another one try
		return nil, err
	}
	server.lock = lock
	return server, nil
}

// prepare finds the programs, the user and the folder.
func (s *starter) prepare() (err error) {
	if s.home, err = filepath.Abs(s.config.DataDir); err != nil {
		return err
	}
	if s.account, err = serverAccount(); err != nil {
		return err
	}
	if s.binaries, err = s.find(); err != nil {
		return err
	}
	if err = os.MkdirAll(s.home, 0o755); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	return s.account.reaches(s.home)
}

// find takes the programs to which the data folder belongs; a standby has its primary's.
func (s *starter) find() (Binaries, error) {
	if s.standby != nil {
		return s.standby.Primary.binaries, nil
	}
	return findMajor(s.dataMajor())
}

// attachWhenReady waits for the server of a living process that holds the lock and may still be starting it.
func (s *starter) attachWhenReady() (*Server, error) {
	for {
		if server, ok := s.attach(); ok {
			return server, nil
		}
		if err := pause(s.ctx); err != nil {
			return nil, fmt.Errorf("another bpnt uses %s and its Postgres is not ready: %w", s.home, err)
		}
	}
}

func (s *starter) attach() (*Server, bool) {
	found, ok := readPidFile(s.dataDir())
	if !ok || !found.serving() {
		return nil, false
	}
	return &Server{
		binaries: s.binaries, dataDir: s.dataDir(), socketDir: found.socketDir, port: found.port,
		pid: found.pid, attached: true,
	}, true
}

// startOrAdopt runs while we hold the lock: a server that answers now is the orphan of a killed process.
func (s *starter) startOrAdopt() (*Server, error) {
	if server, ok := s.attach(); ok {
		return server, nil
	}
	if err := s.initialise(); err != nil {
		return nil, err
	}
	server, err := s.newServer()
	if err != nil {
		return nil, err
	}
	if err := s.writeConf(s.settings(server.socketDir)); err != nil {
		return nil, errors.Join(err, server.removeSocket())
	}
	if err := s.launchPatiently(server); err != nil {
		return nil, errors.Join(err, server.removeSocket())
	}
	return server, nil
}

// newServer decides where the socket lies.
func (s *starter) newServer() (*Server, error) {
	server := &Server{binaries: s.binaries, dataDir: s.dataDir(), port: port}
	server.socketDir = filepath.Join(s.home, "sock")
	if fitsSocket(server.socketDir) {
		return server, s.account.mkdir(server.socketDir)
	}
	dir, err := os.MkdirTemp("", "bpnt-pg-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the socket: %w", err)
	}
	server.socketDir, server.tempSocket = dir, true
	return server, s.account.own(dir)
}

// fitsSocket: short enough, and without the characters that separate or quote folders in unix_socket_directories and
// hosts in a connection string.
func fitsSocket(dir string) bool {
	return len(dir)+len("/.s.PGSQL."+port) < socketPathMax && !strings.ContainsAny(dir, `,"`)
}

// command prepares one of Postgres's programs: as the account, in a process group of its own (Ctrl-C at the terminal is
// for us), speaking English, and blind to the caller's PG… variables.
func (s *starter) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.binaries.path(program), args...)
	cmd.Dir = "/"
	cmd.Env = cleanEnv()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.account.credential}
	return cmd
}

func cleanEnv() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
}

// pause waits for one poll, or for the end of ctx.
func pause(ctx context.Context) error {
	timer := time.NewTimer(pollEvery)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
