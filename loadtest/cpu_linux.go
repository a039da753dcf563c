package loadtest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// clockTick is the unit of processor times in /proc: USER_HZ is 100 on every Linux that Go runs on.
const clockTick = 10 * time.Millisecond

// TreeUsage reads /proc: a process, its descendants, and those of them that have ended and were waited for. The calls
// of the read and write kind of a process of another user cannot be seen and count zero.
func TreeUsage(pid int) (Usage, error) {
	all, err := readProcesses()
	if err != nil {
		return Usage{}, err
	}
	if _, ok := all[pid]; !ok {
		return Usage{}, noProcess(pid)
	}
	var sum Usage
	for id, p := range all {
		if descends(all, id, pid) {
			sum.CPU += time.Duration(p.own+p.waited) * clockTick
			sum.Calls += calls(id)
		}
	}
	return sum, nil
}

// ProcessUsage reads what one process used, without its descendants: a gateway may have started a Postgres.
func ProcessUsage(pid int) (Usage, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	_, p, ok := parseStat(text)
	if err != nil || !ok {
		return Usage{}, noProcess(pid)
	}
	return Usage{CPU: time.Duration(p.own) * clockTick, Calls: calls(pid)}, nil
}

func noProcess(pid int) error { return fmt.Errorf("there is no process %d on this machine", pid) }

// SelfUsage is what this process used, without its descendants, and finer than a hundredth of a second.
func SelfUsage() (Usage, error) {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return Usage{}, err
	}
	return Usage{CPU: time.Duration(r.Utime.Nano() + r.Stime.Nano()), Calls: calls(os.Getpid())}, nil
}

// processStat is what /proc/PID/stat says of a process.
type processStat struct {
	parent int
	own    int64 // ticks, user and system
	waited int64 // those of children that ended and that it waited for
}

func readProcesses() (map[int]processStat, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	all := map[int]processStat{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it ended meanwhile
		}
		if pid, p, ok := parseStat(text); ok {
			all[pid] = p
		}
	}
	return all, nil
}

// The fields of /proc/PID/stat behind the name, which stands in brackets and may hold anything (proc_pid_stat(5)).
const (
	statParent = 1
	statUser   = 11 // then system
	statWaited = 13 // user of children, then system
	statFields = 15
)

func parseStat(text []byte) (pid int, p processStat, ok bool) {
	head, _, _ := bytes.Cut(text, []byte(" "))
	end := bytes.LastIndexByte(text, ')')
	pid, err := strconv.Atoi(string(head))
	if err != nil || end < 0 {
		return 0, p, false
	}
	fields := bytes.Fields(text[end+1:])
	if len(fields) < statFields {
		return 0, p, false
	}
	p.parent, _ = strconv.Atoi(string(fields[statParent])) // the kernel wrote a number
	p.own, p.waited = sumTicks(fields[statUser:statWaited]), sumTicks(fields[statWaited:statFields])
	return pid, p, true
}

func sumTicks(fields [][]byte) (sum int64) {
	for _, field := range fields {
		ticks, _ := strconv.ParseInt(string(field), 10, 64) // the kernel wrote a number
		sum += ticks
	}
	return sum
}

// descends walks up from a process. Parents are never made after their children, so there is no circle.
func descends(all map[int]processStat, pid, ancestor int) bool {
	for pid != 0 && pid != ancestor {
		pid = all[pid].parent
	}
	return pid == ancestor
}

// calls reads how many system calls of the read and write kind a process made.
func calls(pid int) (sum int64) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "io"))
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		name, value, _ := bytes.Cut(bytes.TrimSpace(line), []byte(": "))
		if string(name) == "syscr" || string(name) == "syscw" {
			n, _ := strconv.ParseInt(string(value), 10, 64) // the kernel wrote a number
			sum += n
		}
	}
	return sum
}
