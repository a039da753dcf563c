package gateway

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// fewFilesEnv makes this test binary a gateway that may open only so many files.
const fewFilesEnv = "BPNT_TEST_FEW_FILES"

// fewFiles is enough for the process itself and some of its connections.
const fewFiles = 64

// TestOutOfFiles: a gateway that has no file descriptors left goes on, serves those whom it has, and takes others as soon
// as some have gone (F26). It is a process of its own: the limit is the kernel's.
func TestOutOfFiles(t *testing.T) {
	if os.Getenv(fewFilesEnv) != "" {
		serveWithFewFiles(t)
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestOutOfFiles$")
	child.Env = append(os.Environ(), fewFilesEnv+"=yes")
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(out)
	ask := func() string {
		line, err := said.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(line)
	}
	crowdOut(t, ask(), func() (open int) {
		_, _ = fmt.Fprintln(in)
		if _, err := fmt.Sscan(ask(), &open); err != nil {
			t.Fatal(err)
		}
		return open
	})
	_ = in.Close()
	if err := child.Wait(); err != nil {
		t.Errorf("the gateway ended badly: %v", err)
	}
}

// crowdOut takes all of the gateway's files, and gives them back. open is how many connections the gateway has.
func crowdOut(t *testing.T, address string, open func() int) {
	connect := func() *terminal {
		sock, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		return newTerminal(t, sock)
	}
	first := connect()
	defer first.Close()
	first.ask(purchase(1))
	var crowd []*terminal
	for range 2 * fewFiles { // those whom the gateway cannot take wait in the kernel's queue
		crowd = append(crowd, connect())
	}
	if n := open(); n >= fewFiles || n < fewFiles/4 {
		t.Errorf("%d connections are open: the gateway is not out of files", n)
	}
	if a := first.ask(purchase(2)); a.ResponseCode != "00" {
		t.Errorf("whom it has: %s", a.ResponseCode)
	}
	for _, e := range crowd {
		_ = e.Close()
	}
	last := connect()
	defer last.Close()
	if a := last.ask(purchase(3)); a.ResponseCode != "00" {
		t.Errorf("after the crowd has gone: %s", a.ResponseCode)
	}
}

// serveWithFewFiles is the child: it serves until its standard input ends, and tells at each line how many connections it has.
func serveWithFewFiles(t *testing.T) {
	limit := syscall.Rlimit{Cur: fewFiles, Max: fewFiles}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	g := start(t, testConfig(nil), newPoster(), keystore(t))
	fmt.Println(g.Addr("edc"))
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Println(g.connections.len())
	}
}
