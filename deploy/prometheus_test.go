package deploy_test

import (
	"path/filepath"
	"strings"
	"testing"

	"bpnt/deploy"
)

// TestPrometheusThatCannotStart tells why, in its own words, and leaves nobody waiting.
func TestPrometheusThatCannotStart(t *testing.T) {
	if _, err := deploy.FindPrometheus(); err != nil {
		t.Skip(err)
	}
	dir := filepath.Join(t.TempDir(), "prometheus")
	if _, err := deploy.StartPrometheus(t.Context(), dir, "127.0.0.1:1", "a while"); err == nil ||
		!strings.Contains(err.Error(), "not a valid duration") {
		t.Errorf("error %v", err)
	}
}

// TestNoPrometheus says what to install.
func TestNoPrometheus(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := deploy.StartPrometheus(t.Context(), t.TempDir(), "127.0.0.1:1", "1s"); err == nil ||
		!strings.Contains(err.Error(), "apt-get install prometheus") {
		t.Errorf("error %v", err)
	}
}
