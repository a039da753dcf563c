package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// children are the processes whose parent is this one, as /proc has them; none where there is no /proc.
func children(parent int) (pids []int) {
	found, _ := filepath.Glob("/proc/[0-9]*/stat") // its only error is a malformed pattern
	for _, path := range found {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has just ended
		}
		// pid (name) state parent …: the name may have blanks and brackets.
		_, rest, _ := strings.Cut(string(text)[strings.LastIndexByte(string(text), ')')+1:], " ")
		fields := strings.Fields(rest)
		if len(fields) < 2 || fields[1] != strconv.Itoa(parent) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// signalAll sends a signal to processes; those that have just ended are no trouble.
func signalAll(signal syscall.Signal, pids ...int) {
	for _, pid := range pids {
		if pid > 0 {
			_ = syscall.Kill(pid, signal)
		}
	}
}

// lives asks for a process without touching it.
func lives(pid int) bool { return pid > 0 && syscall.Kill(pid, 0) != syscall.ESRCH }
