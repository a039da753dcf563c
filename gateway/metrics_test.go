package gateway

import (
	"bufio"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"bpnt/ledger"
)

// figure reads one line of the metrics page.
func figure(t testing.TB, g *Gateway, name string) float64 {
	t.Helper()
	page := httptest.NewRecorder()
	g.AdminHandler().ServeHTTP(page, httptest.NewRequest("GET", "/metrics", nil))
	for lines := bufio.NewScanner(page.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			v, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}

// eventually waits for a figure that a goroutine of the gateway is about to set.
func eventually(t testing.TB, g *Gateway, name string, want float64) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for range 2_000 {
		if figure(t, g, name) == want {
			return
		}
		<-tick.C
	}
	t.Errorf("%s is %v, want %v", name, figure(t, g, name), want)
}

func TestMetricsOfOnePurchase(t *testing.T) {
	books := newPoster()
	books.outcome = func(ledger.Request) ledger.Result {
		return ledger.Result{Outcome: ledger.OutcomeInsufficientFunds, Replay: true}
	}
	g := start(t, testConfig(nil), books, keystore(t))
	dial(t, g).ask(purchase(1))
	for name, want := range map[string]float64{
		`bpnt_request_seconds_count{message="purchase",result="declined"}`: 1,
		`bpnt_stage_seconds_count{stage="decode"}`:                         1,
		`bpnt_stage_seconds_count{stage="queue"}`:                          1,
		`bpnt_stage_seconds_count{stage="ledger"}`:                         1,
		`bpnt_stage_seconds_count{stage="encode"}`:                         1,
		`bpnt_stage_seconds_count{stage="write"}`:                          1,
		`bpnt_outcomes_total{outcome="insufficient_funds"}`:                1,
		`bpnt_replays_total`:                                               1,
		`bpnt_connections`:                                                 1,
		`bpnt_order_chains`:                                                0,
		`bpnt_batch_size_sum`:                                              1,
		`bpnt_ledger_attempts_total{fate="committed"}`:                     1,
		`bpnt_lanes_ready`:                                                 2,
		`bpnt_lane_state{state="ready"}`:                                   2,
		`bpnt_lane_state{state="away"}`:                                    0,
		`bpnt_lane_depth_max`:                                              2 * 8_192,
		`bpnt_connections_max`:                                             20_000,
		`bpnt_in_flight`:                                                   0,
		`bpnt_in_flight_max`:                                               100_000,
		`bpnt_errands_waiting_max`:                                         4_096,
	} {
		eventually(t, g, name, want)
	}
}

// TestFirstsAreCounted: a PIN that was refused and a reversal without an original count once, however often they are repeated.
func TestFirstsAreCounted(t *testing.T) {
	for outcome, name := range map[ledger.Outcome]string{
		ledger.OutcomePINWrong: `bpnt_pin_failures_total{cause="wrong"}`, ledger.OutcomePINExhausted: `bpnt_pin_failures_total{cause="exhausted"}`,
		ledger.OutcomePINMissing: `bpnt_pin_failures_total{cause="missing"}`, ledger.OutcomePINFault: `bpnt_pin_failures_total{cause="fault"}`,
		ledger.OutcomeReversalUnmatched: `bpnt_tombstones_total`,
	} {
		books := newPoster()
		replay := false
		books.outcome = func(ledger.Request) ledger.Result {
			defer func() { replay = true }()
			return ledger.Result{Outcome: outcome, Replay: replay}
		}
		g := start(t, testConfig(nil), books, keystore(t))
		e := dial(t, g)
		e.ask(purchase(1))
		e.ask(purchase(1))
		eventually(t, g, name, 1)
		eventually(t, g, "bpnt_replays_total", 1)
	}
}

func TestHealthAndReadiness(t *testing.T) {
	books := newPoster()
	g := start(t, testConfig(nil), books, keystore(t))
	get := func(path string) (int, string) {
		page := httptest.NewRecorder()
		g.AdminHandler().ServeHTTP(page, httptest.NewRequest("GET", path, nil))
		return page.Code, page.Body.String()
	}
	if code, body := get("/readyz"); code != 200 || body != "{\"ready\":true}\n" {
		t.Errorf("ready: %d %s", code, body)
	}
	books.set(func() { books.down, books.fail = true, ledger.ErrUnavailable })
	if a := dial(t, g).ask(purchase(1)); a.ResponseCode != "91" {
		t.Errorf("answer %s", a.ResponseCode)
	}
	eventually(t, g, "bpnt_lanes_ready", 1) // the answer goes out before its lane says so
	if code, body := get("/readyz"); code != 503 || !strings.Contains(body, "lane") || !strings.Contains(body, "database cannot be reached") {
		t.Errorf("not ready: %d %s", code, body)
	}
	if code, _ := get("/healthz"); code != 200 {
		t.Errorf("health: %d", code)
	}
}
