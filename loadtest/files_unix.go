//go:build unix

package loadtest

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// filesBeside is how many open files a process needs beside its connections: the runtime's, Postgres's, the log.
const filesBeside = 64

// CheckFiles refuses a number of connections that this process may not open. (The runtime has raised its limit to what
// the system grants without asking.)
func CheckFiles(connections int) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return nil // then the connections themselves will tell
	}
	need := uint64(connections) + filesBeside
	if uint64(limit.Cur) >= need { // signed on some systems
		return nil
	}
	return fmt.Errorf("%d connections need %d open files and this process may have %d: allow more with ulimit -n %d "+
		"(or LimitNOFILE= in a systemd unit)", connections, need, limit.Cur, 2*need)
}
