package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestWhatListens: a gateway and its private Postgres listen on the link and on the admin page, on the loopback address,
// and nowhere else; and that page has nothing for a debugger (F60).
func TestWhatListens(t *testing.T) {
	g := newService(t)
	if r := bpnt(t, "", "ledger", "migrate", "--data-dir", g.dir); r.status != 0 {
		t.Fatal(r.err)
	}
	g.start(t)
	want := []string{g.admin, g.edc}
	got := append(listening(t, g.cmd.Process.Pid), listening(t, postmaster(g.dir))...)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("listens on %q, want %q", got, want)
	}
	for _, path := range []string{"/debug/pprof/", "/debug/vars", "/", "/config"} {
		response, err := http.Get("http://" + g.admin + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, response.Status)
		}
	}
	g.end(t, 0)
}

// listening are the TCP addresses on which a process takes connections.
func listening(t *testing.T, pid int) (addresses []string) {
	t.Helper()
	inodes := map[string]bool{}
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil || len(files) == 0 {
		t.Fatalf("the files of process %d cannot be seen: %v", pid, err)
	}
	for _, file := range files {
		if to, err := os.Readlink(file); err == nil {
			inodes[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
		}
	}
	for _, family := range []string{"tcp", "tcp6"} {
		addresses = append(addresses, listeners(t, fmt.Sprintf("/proc/%d/net/%s", pid, family), inodes)...)
	}
	return addresses
}

// listeners reads the kernel's table: the second column is the address, the fourth the state, the tenth the inode.
func listeners(t *testing.T, path string, inodes map[string]bool) (addresses []string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	const listen = "0A"
	for lines := bufio.NewScanner(file); lines.Scan(); {
		columns := strings.Fields(lines.Text())
		if len(columns) > 9 && columns[3] == listen && inodes[columns[9]] {
			addresses = append(addresses, kernelAddress(t, columns[1]))
		}
	}
	return addresses
}

// kernelAddress is "0100007F:2187" as "127.0.0.1:8583"; one of version 6 stays as it is.
func kernelAddress(t *testing.T, text string) string {
	t.Helper()
	host, port, _ := strings.Cut(text, ":")
	h, err := strconv.ParseUint(host, 16, 32)
	if err != nil {
		return text
	}
	p, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort(net.IPv4(byte(h), byte(h>>8), byte(h>>16), byte(h>>24)).String(), strconv.FormatUint(p, 10))
}
