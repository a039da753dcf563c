package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bpnt/loadtest/canary"
)

// crash ends the gateway by a signal that makes Go print every goroutine, and the kernel write a core file where it
// may.
func (c *canaryWorld) crash(signal string) {
	c.t.Helper()
	c.keepProcess()
	if err := c.gateway.Process.Signal(map[string]os.Signal{"SIGQUIT": syscall.SIGQUIT, "SIGABRT": syscall.SIGABRT}[signal]); err != nil {
		c.t.Fatal(err)
	}
	_ = c.gateway.Wait() // "exit status 2"
	c.gateway = nil
	if cores, err := filepath.Glob(filepath.Join(c.evidence, "*core*")); err != nil || len(cores) > 0 {
		c.t.Errorf("%s left core files: %v %v", signal, cores, err)
	}
	logs, err := filepath.Glob(filepath.Join(c.evidence, "gateway-*.log"))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, log := range logs {
		if text, err := os.ReadFile(log); err != nil || !strings.Contains(string(text), "goroutine ") {
			c.t.Errorf("%s: no goroutines were printed: %v", signal, err)
		}
	}
}

// keepProcess keeps what other users of the machine may see of the gateway, and checks that it leaves no core.
func (c *canaryWorld) keepProcess() {
	c.t.Helper()
	for _, name := range []string{"cmdline", "environ", "limits", "status"} {
		text, err := os.ReadFile(c.proc(name))
		if err != nil {
			c.t.Fatal(err)
		}
		c.keep("proc-"+name, text)
		if name == "limits" && !strings.Contains(string(text), "Max core file size        0                    0") {
			c.t.Errorf("core files are allowed:\n%s", text)
		}
	}
	// A process that may not be dumped belongs to root in /proc: nobody else reads its memory, or attaches to it.
	info, err := os.Stat(c.proc("mem"))
	if err != nil || info.Sys().(*syscall.Stat_t).Uid != 0 {
		c.t.Errorf("the gateway's memory is its user's to read: %v", err)
	}
}

func (c *canaryWorld) proc(name string) string {
	return fmt.Sprintf("/proc/%d/%s", c.gateway.Process.Pid, name)
}

// lookIntoMemory reads the gateway's whole memory, as root, after PINs have passed through it (F53). Card numbers may
// be there: it works on them. Clear PINs may not.
func (c *canaryWorld) lookIntoMemory() {
	c.t.Helper()
	if os.Geteuid() != 0 {
		c.t.Log("only root may read the gateway's memory: F53 was not looked at")
		return
	}
	scanner := canary.NewScanner(nil, clearPINs()...)
	c.readMemory(scanner)
	for _, hit := range scanner.Hits[:min(len(scanner.Hits), 20)] {
		c.t.Error(hit)
	}
	cards := canary.NewScanner(nil, cardSecrets()...)
	c.readMemory(cards)
	c.t.Logf("the gateway's memory, clear PINs and PIN blocks: %v", scanner)
	c.t.Logf("the gateway's memory, cards and tracks, which may be there: %v", cards)
}

func (c *canaryWorld) readMemory(scanner *canary.Scanner) {
	c.t.Helper()
	memory, err := os.Open(c.proc("mem"))
	if err != nil {
		c.t.Fatal(err)
	}
	defer memory.Close()
	for _, region := range writableRegions(c.t, c.proc("maps")) {
		err := scanner.Read(fmt.Sprintf("memory at %x", region[0]), io.NewSectionReader(memory, int64(region[0]), int64(region[1]-region[0])))
		if err != nil && !errors.Is(err, syscall.EIO) && !errors.Is(err, syscall.EFAULT) {
			c.t.Fatal(err)
		}
	}
	if scanner.Bytes < 1<<20 {
		c.t.Errorf("only %d bytes of memory were read", scanner.Bytes)
	}
}

// writableRegions are the pieces of a process's memory that it may write, from and to.
func writableRegions(t *testing.T, maps string) (all [][2]uint64) {
	t.Helper()
	list, err := os.Open(maps)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	for lines := bufio.NewScanner(list); lines.Scan(); {
		var from, to uint64
		var access string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &access); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(access, "rw") {
			all = append(all, [2]uint64{from, to})
		}
	}
	return all
}
