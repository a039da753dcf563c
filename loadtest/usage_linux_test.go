package loadtest

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// TestTreeUsage: a shell's children count, while they run and when the shell has waited for them.
func TestTreeUsage(t *testing.T) {
	const work = `while :; do :; done`
	for name, script := range map[string]string{
		"a child at work":      `sh -c '` + work + `' & wait`,
		"children that ended":  `while :; do sh -c 'i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done'; done`,
		"the process itself":   work,
		"a child of the child": `sh -c 'sh -c "` + work + `" & wait' & wait`,
	} {
		t.Run(name, func(t *testing.T) {
			awaitUsage(t, startShell(t, script), 50*time.Millisecond)
		})
	}
}

// awaitUsage waits until a process tree has used so much.
func awaitUsage(t *testing.T, pid int, least time.Duration) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		used, err := TreeUsage(pid)
		if err != nil {
			t.Fatal(err)
		}
		if used.CPU >= least {
			return
		}
	}
	t.Errorf("process %d has not used %v", pid, least)
}

// TestSelfUsage: it rises with what is done, and reads count.
func TestSelfUsage(t *testing.T) {
	before, err := SelfUsage()
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		if _, err := os.ReadFile("/proc/self/stat"); err != nil {
			t.Fatal(err)
		}
	}
	after, err := SelfUsage()
	if used := after.Sub(before); err != nil || used.CPU <= 0 || used.Calls < 1000 {
		t.Errorf("%+v, %v", used, err)
	}
}

// TestUsageOfNobody: a process that is not there is named.
func TestUsageOfNobody(t *testing.T) {
	for _, usage := range []func(int) (Usage, error){TreeUsage, ProcessUsage} {
		if _, err := usage(1 << 30); err == nil || err.Error() != "there is no process 1073741824 on this machine" {
			t.Error(err)
		}
	}
}

// TestProcessUsage: a child's work is not its parent's.
func TestProcessUsage(t *testing.T) {
	parent := startShell(t, `sh -c 'while :; do :; done' & wait`)
	awaitUsage(t, parent, 200*time.Millisecond)
	if alone, err := ProcessUsage(parent); err != nil || alone.CPU > 100*time.Millisecond {
		t.Errorf("%+v, %v", alone, err)
	}
}

// startShell runs a script in a session of its own, which ends with the test, and returns its process id.
func startShell(t *testing.T, script string) int {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		_ = cmd.Wait() // killed
	})
	return cmd.Process.Pid
}

// TestParseStat: a name may hold brackets and blanks, and a line that is cut off is nobody.
func TestParseStat(t *testing.T) {
	const line = "42 (a) b (c) S 7 1 1 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0 1 1 1 1"
	pid, p, ok := parseStat([]byte(line))
	if want := (processStat{parent: 7, own: 30, waited: 70}); !ok || pid != 42 || p != want {
		t.Errorf("%d %+v %v", pid, p, ok)
	}
	for _, bad := range []string{"", "42", "42 (a", "x (a) S 7", "42 (a) S 7 1 1"} {
		if _, _, ok := parseStat([]byte(bad)); ok {
			t.Errorf("%q was read", bad)
		}
	}
}
