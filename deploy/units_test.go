package deploy

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"bpnt/gateway"
)

// unit reads a systemd unit: its settings by key, sections aside.
func unit(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(key, "#") {
			settings[key] = value
		}
	}
	return settings
}

// TestUnits: the socket is that of a link in links.toml and on its port's number, and the service gives a drain its time.
func TestUnits(t *testing.T) {
	config, err := gateway.LoadConfig("links.toml")
	if err != nil {
		t.Fatal(err)
	}
	socket, service := unit(t, "bpnt.socket"), unit(t, "bpnt.service")
	named := func(l gateway.Link) bool {
		return l.Name == socket["FileDescriptorName"] && strings.HasSuffix(l.Listen, ":"+socket["ListenStream"])
	}
	if !slices.ContainsFunc(config.Links, named) {
		t.Errorf("no link %q on port %s", socket["FileDescriptorName"], socket["ListenStream"])
	}
	if service["Requires"] != "bpnt.socket" || service["Type"] != "notify" {
		t.Errorf("service: %v", service)
	}
	if service["Restart"] != "always" || service["StartLimitIntervalSec"] != "0" {
		t.Error("while the database is away systemd gives the service up, and closes the socket")
	}
	patience, err := time.ParseDuration(service["TimeoutStopSec"] + "s")
	limits := config.Limits
	if drain := limits.Shutdown.Duration + limits.LastCall.Duration + limits.Linger.Duration + 5*time.Second; err != nil || patience <= drain {
		t.Errorf("a drain takes up to %v, systemd waits %v, %v", drain, patience, err)
	}
}

// TestUnitsVerified asks systemd itself, where it is installed.
func TestUnitsVerified(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd is not installed here")
	}
	out, err := exec.CommandContext(t.Context(), analyze, "verify", "./bpnt.socket").CombinedOutput()
	if err != nil && !strings.Contains(string(out), "is not executable") {
		t.Errorf("%v: %s", err, out)
	}
}
