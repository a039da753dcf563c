package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// gatewayChild is this program as bpnt serve, in a process of its own.
type gatewayChild struct {
	cmd   *exec.Cmd
	ended chan error
	edc   string
	admin string
}

// readyTimeout bounds the start of a gateway, which takes a tenth of a second where nobody else is at work.
const readyTimeout = 30 * time.Second

// startGateway runs it on free ports of the loopback address and waits until it is ready.
func (w *baselineWorld) startGateway(ctx context.Context, r gatewayRun) (*gatewayChild, error) {
	addresses, err := freeAddresses(ctx, 2)
	if err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	child := &gatewayChild{edc: addresses[0], admin: addresses[1], ended: make(chan error, 1)}
	config := filepath.Join(w.dir, "links.toml")
	if err := os.WriteFile(config, []byte(w.linksFile(child.edc, r)), 0o600); err != nil {
		return nil, err
	}
	child.cmd = exec.Command(program, "serve", "--database-url", w.server.URL(databaseName), "--keys", w.keysDir(),
		"--config", config, "--admin", child.admin, "--log-level", "error")
	child.cmd.Stderr = w.streams.err
	// Ctrl-C is for us: the terminals finish what they have under way before the gateway stops.
	child.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := child.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { child.ended <- child.cmd.Wait() }()
	if err := child.await(ctx); err != nil {
		return nil, errors.Join(err, child.stop())
	}
	return child, nil
}

// linksFile is the default link with what the measurement needs: many messages in flight on a concentrator's line.
func (w *baselineWorld) linksFile(edc string, r gatewayRun) string {
	text := fmt.Sprintf("[[link]]\nname = %q\nlisten = %q\n[link.dialect]\namount_decimals = 2\npan_pad = \"left\"\n[limits]\n", demoLink, edc)
	if r.batchMax > 0 {
		text += fmt.Sprintf("batch_max = %d\n", r.batchMax)
	}
	if r.crowd {
		text += fmt.Sprintf("in_flight = %d\n", w.cmd.Terminals)
	}
	return text
}

// freeAddresses are addresses of the loopback that were free a moment ago.
func freeAddresses(ctx context.Context, n int) (all []string, err error) {
	var config net.ListenConfig
	for range n {
		listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		all = append(all, listener.Addr().String())
	}
	return all, nil
}

func (c *gatewayChild) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if c.ready(ctx) {
			return nil
		}
		select {
		case <-tick.C:
		case err := <-c.ended:
			c.ended <- err
			return fmt.Errorf("the gateway ended at its start: %w", err)
		case <-ctx.Done():
			return fmt.Errorf("the gateway does not become ready: %w", context.Cause(ctx))
		}
	}
}

// ready asks the admin page whether the gateway takes messages.
func (c *gatewayChild) ready(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.admin+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

// stop ends the gateway as an operator does.
func (c *gatewayChild) stop() error {
	_ = c.cmd.Process.Signal(syscall.SIGTERM) // it may have ended: Wait says how
	if err := <-c.ended; err != nil {
		return fmt.Errorf("the gateway did not stop cleanly: %w", err)
	}
	return nil
}
