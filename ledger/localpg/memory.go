package localpg

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// memoryUnknown is what a machine is taken to have that does not say: little, so that nothing is overcommitted.
const memoryUnknown = 2 << 30

var memTotal = regexp.MustCompile(`MemTotal:\s+(\d+) kB`)

// memoryBytes is the memory that this machine has, or this container may use, whichever is less.
func memoryBytes() int64 {
	total := machineMemory()
	if limit := readNumber("/sys/fs/cgroup/memory.max"); limit > 0 && limit < total {
		return limit
	}
	return total
}

func machineMemory() int64 {
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if m := memTotal.FindSubmatch(text); m != nil {
			kilobytes, _ := strconv.ParseInt(string(m[1]), 10, 64)
			return kilobytes << 10
		}
	}
	if out, err := exec.Command("sysctl", "-n", "hw.memsize").Output(); err == nil { // macOS
		if n, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64); err == nil {
			return n
		}
	}
	return memoryUnknown
}

// readNumber reads a file of one number; 0 where there is none ("max" in a cgroup without a limit).
func readNumber(path string) int64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	n, _ := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n
}
