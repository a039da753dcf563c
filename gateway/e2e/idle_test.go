package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/iso"
)

// idleEnv makes this test binary play terminals: "address number". They are another process, so that what the gateway's
// holds is the gateway's.
const idleEnv = "BPNT_IDLE_TERMINALS"

// idleBytesMax is what a connection at rest may cost, in heap and stacks after a collection. It is a bound on mistakes (a
// buffer that is kept, a third goroutine), some twice what is measured.
const idleBytesMax = 16 << 10

// TestIdleConnections: what 500 terminals hold of the gateway once they have traded and are quiet.
func TestIdleConnections(t *testing.T) {
	if at := os.Getenv(idleEnv); at != "" {
		playIdle(t, at)
		return
	}
	w := newWorld(t, nil)
	before := holds()
	stop := w.idlers(500)
	each := (holds() - before) / 500
	if each > idleBytesMax {
		t.Errorf("a connection at rest holds %d bytes, more than %d", each, idleBytesMax)
	}
	t.Logf("a connection at rest holds %d bytes", each)
	stop()
}

// BenchmarkIdleConnections measures what terminals cost that are connected and quiet, after one purchase each: bytes of
// heap and stacks, bytes of the process's memory, and processor time of a second's idling.
//
//	go test ./gateway/e2e -run '^$' -bench IdleConnections -benchtime 1x
func BenchmarkIdleConnections(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("terminals=%d", n), func(b *testing.B) {
			w := newWorld(b, func(c *gateway.Config) { c.Limits.ConnectionsPerAddress = n })
			held, resident := holds(), residentBytes(b)
			stop := w.idlers(n)
			defer stop()
			heap, memory := holds(), residentBytes(b)
			const rest = 3 * time.Second
			var used, idle time.Duration
			for b.Loop() {
				cpu := processorTime()
				<-time.After(rest)
				used, idle = used+processorTime()-cpu, idle+rest
			}
			b.ReportMetric(float64(heap-held)/float64(n), "bytes/terminal")
			b.ReportMetric(float64(memory-resident)/float64(n), "resident-bytes/terminal")
			b.ReportMetric(float64(memory)/(1<<20), "resident-MB")
			b.ReportMetric(float64(used.Microseconds())/idle.Seconds(), "us-cpu/s")
		})
	}
}

// idlers connects terminals, lets each make a purchase, and returns when all are quiet. They go when stop is called.
func (w *world) idlers(n int) (stop func()) {
	w.t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestIdleConnections$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d", idleEnv, w.gateway.Addr("edc"), n))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	w.check(err)
	out, err := cmd.StdoutPipe()
	w.check(err)
	w.check(cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "quiet\n" {
		_ = in.Close()
		w.t.Fatalf("the terminals said %q: %v, %v", line, err, cmd.Wait())
	}
	return func() {
		_ = in.Close()
		_ = cmd.Wait()
	}
}

// playIdle is the other process: it connects, trades, says "quiet" and stays until its input ends.
func playIdle(t *testing.T, at string) {
	address, number, _ := strings.Cut(at, " ")
	n, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	codec, err := iso.NewCodec(gateway.DefaultConfig().Links[0].Dialect)
	if err != nil {
		t.Fatal(err)
	}
	const atOnce = 64
	turns := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i := range n {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			if err := trade(t, codec, address, i); err != nil {
				t.Errorf("terminal %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if !t.Failed() {
		fmt.Println("quiet")
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// trade makes a purchase of a terminal that the ledger does not know: it goes all the way, and is answered.
func trade(t *testing.T, codec *iso.Codec, address string, i int) error {
	sock, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	t.Cleanup(func() { _ = sock.Close() })
	track, err := iso.ParseTrack2(fmt.Sprintf("999912%010d=30121200000000000000", i))
	if err != nil {
		return err
	}
	o := terminal(fmt.Sprintf("IDLE%04d", i)).Purchase(1, track, 1_000, iso.NewPINBlock([8]byte{}), "000001")
	frame, err := codec.EncodeRequest(nil, &o)
	if err != nil {
		return err
	}
	if _, err := sock.Write(frame); err != nil {
		return err
	}
	_ = sock.SetReadDeadline(time.Now().Add(25 * time.Second))
	_, err = iso.NewFrameReader(sock, codec.Dialect().Framing()).Next()
	return err
}

// holds is what lives in heap and stacks. The first collections also shrink stacks that were deep.
func holds() int64 {
	for range 3 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// residentBytes is the memory of this process that the machine has handed out.
func residentBytes(t testing.TB) int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("this system does not say how much memory a process has")
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
