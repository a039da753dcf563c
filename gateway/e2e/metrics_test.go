package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
)

// TestMetricsPage: promtool reads the page without a complaint; what operators need stands there after a day's
// messages, and nothing of a card or a terminal does.
func TestMetricsPage(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	e := w.dial()
	e.want("purchase", "00", w.purchase(c, 1, 50_000))
	e.want("repeat", "00", w.purchase(c, 1, 50_000).Repeat())
	e.want("conflict", "94", w.purchase(c, 1, 51_000))
	e.want("unmatched reversal", "00", w.reversal(c, 2, 1_000))
	e.want("too much", "51", w.purchase(c, 3, 1_000_000))
	page := get(t, w.gateway.AdminHandler(), "/metrics")
	for _, line := range []string{
		`bpnt_outcomes_total{outcome="approved"} 2`, `bpnt_replays_total 1`, `bpnt_outcomes_total{outcome="conflict"} 1`,
		`bpnt_outcomes_total{outcome="reversal_unmatched"} 1`, `bpnt_outcomes_total{outcome="insufficient_funds"} 1`,
		`bpnt_request_seconds_bucket`, `le="0.001"`, `le="10"`, `stage="ledger"`, `go_goroutines`, `go_build_info`,
	} {
		if !strings.Contains(page, line) {
			t.Errorf("the page lacks %s", line)
		}
	}
	pan := c.track2.PAN()
	for what, secret := range map[string]string{"PAN": string(pan.Digits()), "TID": testTID, "MID": testMID} {
		if strings.Contains(page, secret) {
			t.Errorf("the page shows a %s", what)
		}
	}
	promtool(t, page)
	if got := get(t, w.gateway.AdminHandler(), "/readyz"); !strings.Contains(got, `"ready":true`) {
		t.Errorf("readyz: %s", got)
	}
}

func get(t *testing.T, h http.Handler, path string) string {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	answer, err := http.Get(server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// promtool is Prometheus' own checker; a machine without it checks the rest.
func promtool(t *testing.T, page string) {
	t.Helper()
	path, err := exec.LookPath("promtool")
	if err != nil {
		t.Log("promtool is not on this machine (Debian: prometheus); CI installs it")
		return
	}
	command := exec.Command(path, "check", "metrics")
	command.Stdin = strings.NewReader(page)
	if out, err := command.CombinedOutput(); err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}
