package deploy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// ErrNoPrometheus says what to install.
var ErrNoPrometheus = errors.New("the program prometheus is not on this machine: install it (Debian: apt-get install " +
	"prometheus; macOS: brew install prometheus) and call this again")

// Limits of a Prometheus beside a demo or a test.
const (
	startTime = 30 * time.Second // to the line that says where it listens; a fifth of a second when the machine is idle
	stopTime  = 10 * time.Second // from SIGTERM on; then it is killed
	retention = "2d"
)

// Prometheus is a server of its own that watches one gateway. Who starts it stops it.
type Prometheus struct {
	Address string // host:port of its pages
	cmd     *exec.Cmd
	ended   chan struct{} // closed when it has ended
	result  error         // of its end; read after ended
}

// StartPrometheus runs the program prometheus with this folder's rules, on a free port of the loopback address. dir gets
// its configuration and its data; target and interval are as in WritePrometheus. It is up when this returns.
func StartPrometheus(ctx context.Context, dir, target, interval string) (*Prometheus, error) {
	program, err := FindPrometheus()
	if err != nil {
		return nil, err
	}
	config, err := WritePrometheus(dir, target, interval)
	if err != nil {
		return nil, err
	}
	// It outlives ctx: whoever watches wants to see the end too.
	p := &Prometheus{ended: make(chan struct{}), cmd: exec.Command(program, "--config.file="+config,
		"--storage.tsdb.path="+filepath.Join(dir, "series"), "--storage.tsdb.retention.time="+retention,
		"--web.listen-address=127.0.0.1:0")}
	said, log := io.Pipe()
	p.cmd.Stderr = log
	if err := p.spawn(log); err != nil {
		return nil, fmt.Errorf("prometheus cannot be started: %w", err)
	}
	if err := p.await(ctx, said); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

// FindPrometheus is the path of the program, or ErrNoPrometheus.
func FindPrometheus() (string, error) {
	path, err := exec.LookPath("prometheus")
	if err != nil {
		return "", ErrNoPrometheus
	}
	return path, nil
}

// spawn starts it and waits for its end in a goroutine that keeps its thread: Linux sends the parent-death signal when
// the thread that forked ends.
func (p *Prometheus) spawn(log io.Closer) error {
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is for who started it
	tie(p.cmd.SysProcAttr)
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.result = p.cmd.Wait()
		}
		_ = log.Close()
		close(p.ended)
	}()
	return <-started
}

// await reads what Prometheus says until it is ready, and lets it talk from then on.
func (p *Prometheus) await(ctx context.Context, said io.Reader) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	ready, trouble := make(chan string, 1), make(chan string, 1)
	go func() { trouble <- listen(said, ready) }()
	select {
	case p.Address = <-ready:
		return nil
	case last := <-trouble:
		return fmt.Errorf("prometheus ended: %s", last)
	case <-ctx.Done():
		return fmt.Errorf("prometheus did not become ready: %w", ctx.Err())
	}
}

// listen tells where Prometheus listens once it is ready, reads to the end, and returns its last words.
func listen(said io.Reader, ready chan<- string) (last string) {
	address := ""
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		line := lines.Text()
		if strings.Contains(line, `msg="Listening on"`) {
			_, at, _ := strings.Cut(line, "address=")
			address, _, _ = strings.Cut(at, " ")
		}
		if strings.Contains(line, "Server is ready") {
			ready <- address
		}
		last = line
	}
	_, _ = io.Copy(io.Discard, said) // of a line that is too long to look at
	return last
}

// URL is the first page.
func (p *Prometheus) URL() string { return "http://" + p.Address }

// Graph is a page that draws queries over the last minutes. Where that page is differs between builds, so the front page
// is asked.
func (p *Prometheus) Graph(ctx context.Context, queries ...string) string {
	var text strings.Builder
	text.WriteString(p.URL() + p.front(ctx))
	for i, q := range queries {
		separator := "&"
		if i == 0 {
			separator = "?"
		}
		fmt.Fprintf(&text, "%sg%d.expr=%s&g%d.tab=0&g%d.range_input=15m", separator, i, url.QueryEscape(q), i, i)
	}
	return text.String()
}

// front is where the front page leads to; Debian's build has its graphs elsewhere than others.
func (p *Prometheus) front(ctx context.Context) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL()+"/", nil)
	if err != nil {
		return "/graph"
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err != nil {
		return "/graph"
	}
	defer func() { _ = answer.Body.Close() }()
	if at := answer.Header.Get("Location"); at != "" {
		return at
	}
	return "/graph"
}

// Stop ends it and waits. One that ended before is told of as an error.
func (p *Prometheus) Stop() error {
	select {
	case <-p.ended:
		return fmt.Errorf("prometheus ended before it was stopped: %w", p.result)
	default:
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have just ended: that is no error
	late := time.AfterFunc(stopTime, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	<-p.ended
	return p.result
}
