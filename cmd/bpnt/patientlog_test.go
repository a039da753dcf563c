package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestPatientLog: a writer that stands still costs lines and no waiting; when it moves again the log says how many.
func TestPatientLog(t *testing.T) {
	out, in := io.Pipe()
	l := newPatientLog(in)
	for i := range 3 * logLines {
		fmt.Fprintf(l, "line %d\n", i) // returns, though nobody reads
	}
	read := make(chan string)
	go func() {
		var all bytes.Buffer
		_, _ = io.Copy(&all, out)
		read <- all.String()
	}()
	l.close()
	fmt.Fprintln(l, "after the end")
	_ = in.Close()
	text := <-read
	dropped := 0
	for _, said := range regexp.MustCompile(`(\d+) lines of the log were dropped`).FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(said[1])
		dropped += n
	}
	if kept := strings.Count(text, "line "); dropped == 0 || kept+dropped != 3*logLines {
		t.Errorf("%d lines are there and %d are said to be dropped, of %d", kept, dropped, 3*logLines)
	}
	if !strings.Contains(text, "line 0\n") || strings.Contains(text, "after the end") {
		t.Error("the first line is missing, or one came after the end")
	}
}

// TestGatewayOutlivesItsLog: a disk that is full, a pipe whose reader is gone and one that nobody reads; the gateway
// sells, and stops as it should.
func TestGatewayOutlivesItsLog(t *testing.T) {
	t.Parallel()
	needPostgres(t)
	g := newService(t)
	keepPostgres(t, g.dir)
	area := []string{"--families", "40", "--outlets", "2"}
	g.seed(t, "5000000", area...)
	logs := map[string]*os.File{"1": fullDisk(t), "100001": pipe(t, true), "200001": pipe(t, false)}
	for firstSTAN, stderr := range logs {
		g.log = stderr
		g.start(t)
		stranger(t, g.edc)
		r := bpnt(t, "", append([]string{
			"loadtest", "--addr", g.edc, "--data-dir", g.dir, "--prove", "--json", "--duration", "500ms", "--warmup", "0s",
			"--funds", "500000", "--first-stan", firstSTAN,
		}, area...)...)
		if r.status != 0 || !strings.Contains(r.out, `"redemptions"`) {
			t.Errorf("%s: %d %s", stderr.Name(), r.status, r.err)
		}
		g.end(t, 0)
	}
}

// stranger says what no terminal does, which is worth a line of the log, and waits until it is cut off.
func stranger(t *testing.T, address string) {
	t.Helper()
	sock, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer sock.Close()
	fmt.Fprint(sock, "GET / HTTP/1.1\r\n\r\n")
	_, _ = io.Copy(io.Discard, sock)
}

func fullDisk(t *testing.T) *os.File {
	t.Helper()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	t.Cleanup(func() { _ = full.Close() })
	return full
}

// pipe is the writing end of a pipe that is full already; its reader is gone, or stays and reads nothing.
func pipe(t *testing.T, gone bool) *os.File {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = reader.Close(), writer.Close() })
	if gone {
		_ = reader.Close()
		return writer
	}
	// Once it is full a write waits, until the deadline.
	if err := writer.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	for chunk := make([]byte, 4096); err == nil; {
		_, err = writer.Write(chunk)
	}
	return writer
}
