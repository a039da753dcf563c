package loadtest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// responderEnv makes the test binary a responder in a process of its own, so that the benchmark measures the
// generator's processor time alone.
const responderEnv = "LOADTEST_RESPONDER"

func TestMain(m *testing.M) {
	if os.Getenv(responderEnv) == "" {
		os.Exit(m.Run())
	}
	os.Exit(respondUntilStdinEnds())
}

func respondUntilStdinEnds() int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	go func() {
		for conn, err := listener.Accept(); err == nil; conn, err = listener.Accept() {
			go respond(conn)
		}
	}()
	fmt.Println(listener.Addr())
	bufio.NewScanner(os.Stdin).Scan()
	return 0
}

// respond approves everything, and answers all that one read brought with one write, as a gateway does.
func respond(conn net.Conn) {
	defer conn.Close()
	in, out := bufio.NewReaderSize(conn, 64<<10), bufio.NewWriterSize(conn, 64<<10)
	frame := make([]byte, 4096)
	for {
		if _, err := io.ReadFull(in, frame[:2]); err != nil {
			return
		}
		request := frame[:binary.BigEndian.Uint16(frame)]
		if _, err := io.ReadFull(in, request); err != nil {
			return
		}
		_, _ = out.Write(framed(answerTo(request, "00")))
		if in.Buffered() == 0 && out.Flush() != nil {
			return
		}
	}
}

// BenchmarkGenerator reports what the generator itself costs for each message (send, wake-up, receive, decode, record,
// journal): processor time, user and system, and reads and writes, with 253 terminals in a closed loop against a
// responder in another process, with a connection each and over concentrators.
func BenchmarkGenerator(b *testing.B) {
	addr := startResponder(b)
	fleet := testFleet(b, 253, 20)
	for _, lines := range []int{0, 4, 16} {
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			cfg := testConfig(addr)
			cfg.Duration, cfg.Lines = 2*time.Second, lines
			for b.Loop() {
				benchmarkRun(b, cfg, fleet)
			}
		})
	}
}

func benchmarkRun(b *testing.B, cfg Config, fleet []Outlet) {
	b.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	spent, calls := processorTime(b), ioCalls(b)
	report, err := Run(b.Context(), cfg, fleet)
	if err != nil {
		b.Fatal(err)
	}
	spent, calls = processorTime(b)-spent, ioCalls(b)-calls
	runtime.ReadMemStats(&after)
	messages := float64(report.Redemptions)
	b.ReportMetric(float64(spent.Nanoseconds())/messages/1000, "cpu-µs/message")
	b.ReportMetric(float64(calls)/messages, "reads+writes/message")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/messages, "allocs/message")
	b.ReportMetric(report.RatePerS, "messages/s")
}

// ioCalls is how many reads and writes this process has made; 0 where the system does not tell.
func ioCalls(tb testing.TB) (n int64) {
	tb.Helper()
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		var calls int64
		if _, err := fmt.Sscanf(line, "sysc%1s: %d", new(string), &calls); err == nil {
			n += calls
		}
	}
	return n
}

func startResponder(tb testing.TB) string {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), responderEnv+"=1")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		stdin.Close()
		_ = cmd.Wait()
	})
	scanner := bufio.NewScanner(stdout)
	if !scanner.Scan() {
		tb.Fatal("the responder did not start")
	}
	return scanner.Text()
}

func processorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkIdleTerminals reports what a terminal that is connected and silent takes of the generator's memory.
func BenchmarkIdleTerminals(b *testing.B) {
	const terminals = 5000
	cfg := testConfig(startResponder(b))
	cfg.Warmup, cfg.Idle = 500*time.Millisecond, 1
	fleet := testFleet(b, terminals, 1)
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		cfg.Measured = func(begun bool) {
			if begun {
				runtime.GC()
				runtime.ReadMemStats(&after)
			}
		}
		if _, err := Run(b.Context(), cfg, fleet); err != nil {
			b.Fatal(err)
		}
		grown := after.HeapAlloc + after.StackInuse - before.HeapAlloc - before.StackInuse
		b.ReportMetric(float64(grown)/terminals, "B/terminal")
	}
}
