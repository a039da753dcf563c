package loadtest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
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
	r := &responder{listener: listener, conns: map[net.Conn]bool{}}
	r.reply = func(conn net.Conn, _, answer []byte) { send(conn, answer) }
	r.wait.Go(r.accept)
	fmt.Println(r.addr())
	bufio.NewScanner(os.Stdin).Scan()
	r.close()
	return 0
}

// BenchmarkGenerator reports the processor time of the generator per message (send, wake-up, receive, decode, record,
// journal; user and system), with 253 terminals in a closed loop against a responder in another process.
func BenchmarkGenerator(b *testing.B) {
	addr := startResponder(b)
	cfg := testConfig(addr)
	cfg.Duration, cfg.Inquiries = 2*time.Second, 0
	fleet := testFleet(b, 253, 20)
	for b.Loop() {
		before := processorTime(b)
		report, err := Run(b.Context(), cfg, fleet)
		if err != nil {
			b.Fatal(err)
		}
		spent := processorTime(b) - before
		b.ReportMetric(float64(spent.Nanoseconds())/float64(report.Redemptions)/1000, "cpu-µs/message")
		b.ReportMetric(report.RatePerS, "messages/s")
	}
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
