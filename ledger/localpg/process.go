package localpg

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// process is a postmaster that we started.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed when the postmaster was waited for
	family *os.File      // reads EOF when the postmaster and every process that it forked are gone
}

// spawn starts the command and waits for its end in a goroutine of its own. That goroutine keeps its thread, because
// Linux sends the parent-death signal when the thread that forked ends, not when the process does.
func spawn(cmd *exec.Cmd) (*process, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{write}
	p := &process{cmd: cmd, exited: make(chan struct{}), family: read}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in its log; that it ended is what counts
		}
		close(p.exited)
	}()
	err = <-started
	_ = write.Close() // only Postgres's processes hold it now
	if err != nil {
		_ = read.Close()
		return nil, err
	}
	return p, nil
}

func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) } // it may have just ended: that is no error

// ended tells without waiting.
func (p *process) ended() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}
