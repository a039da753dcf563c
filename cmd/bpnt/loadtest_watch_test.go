package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"bpnt/ledger/localpg/pgtest"
	"bpnt/loadtest"
)

// TestWatched plays against a gateway in another process.
func TestWatched(t *testing.T) {
	needPostgres(t)
	g := startWatched(t)
	defer g.stop()
	t.Run("run", g.watchRun)
	t.Run("find-max", g.findMax)
	t.Run("overload", g.overload)
}

// watchRun: a run reports bare commit, processor time by process, log, stages and environment, as JSON and as a page, and the
// books are right.
func (g watchedDemo) watchRun(t *testing.T) {
	page := filepath.Join(g.dir, "report.html")
	r := g.loadtest(t, "--rate", "200", "--arrivals", "poisson", "--duration", "1500ms", "--warmup", "100ms", "--prove", "--json",
		"--admin", g.admin, "--gateway-pid", g.pid, "--report", page)
	var got struct {
		loadtest.Report
		Proof *proof `json:"proof"`
	}
	if err := json.Unmarshal([]byte(r.out), &got); err != nil || r.status != 0 {
		t.Fatalf("status %d, %v:\n%s%s", r.status, err, r.out, r.err)
	}
	if got.Bare == nil || got.Bare.Latency.Count == 0 || got.Bare.Failed != 0 || got.Bare.Ratios["p50"] <= 0 {
		t.Errorf("bare commit %+v", got.Bare)
	}
	if c := got.Cost; len(c.Processes) != 3 || len(c.Unseen) != 0 || c.WALBytes < 50 || len(c.Stages) != 5 || c.RoundTrips <= 0 || c.DatabaseAfter == 0 {
		t.Errorf("cost %+v", c)
	}
	for _, p := range got.Cost.Processes {
		if p.CPU <= 0 || p.Cores <= 0 || (p.Name != "Postgres" && p.SystemCalls < 2) {
			t.Errorf("processor %+v", p)
		}
	}
	if e := got.Environment; e.Postgres == "" || len(e.Settings) < 10 || !strings.Contains(e.Command, "--arrivals poisson") {
		t.Errorf("environment %+v", e)
	}
	if got.GoodputPerS <= 0 || got.Proof.Violations != 0 || got.Latency.P90 < got.Latency.P50 || len(got.Seconds) == 0 {
		t.Errorf("%+v", got)
	}
	text, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(text), "agree to the rupiah") || strings.Count(string(text), "<svg") < 1 {
		t.Errorf("the page: %v, %d bytes", err, len(text))
	}
	if left, _ := filepath.Glob(filepath.Join(g.dir, ".report-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// findMax: the search ends with a rate that was held three times in a row.
func (g watchedDemo) findMax(t *testing.T) {
	if testing.Short() {
		t.Skip("dozens of plays; the search itself is tested in package loadtest")
	}
	r := g.loadtest(t, "--find-max", "p50=2s", "--rate", "40", "--duration", "150ms", "--warmup", "50ms", "--funds", "2000000", "--json",
		"--prove", "--resolve", "10s", "--timeout", "500ms")
	var search searched
	if err := json.Unmarshal([]byte(r.out), &search); err != nil || r.status != 0 {
		t.Fatalf("status %d, %v:\n%s%s", r.status, err, r.out, r.err)
	}
	n := len(search.Trials)
	if search.Bound != "p50=2s" || search.Found.Plays != n || n < 4 || search.Trials[0].AskedPerS != 40 || search.Last == nil {
		t.Fatalf("%+v", search.Found)
	}
	if !search.Found.Unsure && search.Found.Rate > 0 {
		for _, trial := range search.Trials[n-3:] {
			if !trial.Held || trial.AskedPerS != search.Found.Rate {
				t.Errorf("the result is %g, a last play %+v", search.Found.Rate, trial)
			}
		}
	}
}

// overload: each multiple has its row, and the last word is a verdict.
func (g watchedDemo) overload(t *testing.T) {
	page := filepath.Join(g.dir, "overload.html")
	r := g.loadtest(t, "--overload", "0.5,2", "--duration", "300ms", "--warmup", "50ms", "--report", page, "--timeout", "2s")
	if r.status != 0 || !regexp.MustCompile(`(?m)^capacity: \d+ redemptions/s`).MatchString(r.out) ||
		!regexp.MustCompile(`Goodput at 2x is \d+ % of capacity\.`).MatchString(r.out) {
		t.Errorf("status %d:\n%s%s", r.status, r.out, r.err)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "Overload") {
		t.Errorf("the page: %v", err)
	}
}

// watchedDemo is a demo that stays up.
type watchedDemo struct {
	dir, addr, admin, pid string
	stop                  func()
}

func startWatched(t *testing.T) watchedDemo {
	t.Helper()
	g := watchedDemo{dir: pgtest.Folder(t), admin: freeAddress(t)}
	process, stop := startDemoProcess(t, g.dir, "--admin", g.admin)
	g.pid, g.stop = strconv.Itoa(process.Pid), stop
	p, err := loadProfile(filepath.Join(g.dir, "edc.json"))
	if err != nil {
		t.Fatal(err)
	}
	g.addr = p.Addr
	return g
}

func (g watchedDemo) loadtest(t *testing.T, args ...string) result {
	t.Helper()
	return bpnt(t, "", append([]string{"loadtest", "--addr", g.addr, "--data-dir", g.dir, "--families", "300", "--outlets", "5"}, args...)...)
}

// TestRefusedBeforeTheRun: what cannot be measured is said at once, with what to do, and nothing is played.
func TestRefusedBeforeTheRun(t *testing.T) {
	folder := t.TempDir()
	for _, tt := range []struct {
		says string
		args []string
	}{
		{"a bound is a quantile and a time", []string{"--find-max", "99=5ms"}},
		{"is no time above zero", []string{"--find-max", "p99=50"}},
		{"give one at a time", []string{"--find-max", "p99=50ms", "--overload", "1"}},
		{"multiples of the capacity", []string{"--overload", "1,0"}},
		{"all the time", []string{"--overload", "1", "--workload", "month"}},
		{"a steady rate", []string{"--find-max", "p99=50ms", "--arrivals", "ramp"}},
		{"no such folder", []string{"--report", filepath.Join(folder, "no", "r.html")}},
		{"name a file in it", []string{"--report", folder}},
		{"has no page", []string{"--compare", "1", "--report", filepath.Join(folder, "r.html")}},
		{"does not answer", []string{"--admin", "127.0.0.1:1"}},
		{"there is no process", []string{"--gateway-pid", "1073741824"}},
	} {
		args := append([]string{"loadtest", "--families", "10", "--outlets", "1", "--data-dir", folder, "--addr", "127.0.0.1:1"}, tt.args...)
		if r := bpnt(t, "", args...); r.status != statusUsage || !strings.Contains(r.err, tt.says) || r.out != "" || strings.Contains(r.err, "terminals against") {
			t.Errorf("%v: status %d, should say %q:\n%s%s", tt.args, r.status, tt.says, r.out, r.err)
		}
	}
}

// TestCommandLine: what is in a report can be pasted, and has no password.
func TestCommandLine(t *testing.T) {
	for _, tt := range []struct{ want, args string }{
		{"bpnt loadtest --rate 5000", "/usr/bin/bpnt|loadtest|--rate|5000"},
		{"bpnt loadtest --database-url … --prove", "bpnt|loadtest|--database-url|postgres://a:secret@b/c|--prove"},
		{"bpnt loadtest --database-url=… --prove", "bpnt|loadtest|--database-url=postgres://a:secret@b/c|--prove"},
		{`bpnt loadtest --report 'my report.html' ''`, "bpnt|loadtest|--report|my report.html|"},
		{`bpnt 'it'\''s'`, "bpnt|it's"},
	} {
		if got := commandLine(strings.Split(tt.args, "|")); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

// TestParseMetrics: sums and counts become means of what happened in between; a stage in which nothing happened is left out.
func TestParseMetrics(t *testing.T) {
	read := func(decodes, seconds, ok float64) metrics {
		m, err := parseMetrics(strings.NewReader(fmt.Sprintf(`# HELP bpnt_stage_seconds Time of a message.
# TYPE bpnt_stage_seconds histogram
bpnt_stage_seconds_bucket{stage="decode",le="+Inf"} %g
bpnt_stage_seconds_sum{stage="decode"} %g
bpnt_stage_seconds_count{stage="decode"} %[1]g
bpnt_stage_seconds_sum{stage="queue"} 7
bpnt_stage_seconds_count{stage="queue"} 3
bpnt_ledger_attempts_total{fate="done"} %[3]g
bpnt_ledger_attempts_total{fate="unknown"} 1
go_info{version="go 1"} NaN
`, decodes, seconds, ok)))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	moved := read(300, 5, 40).since(read(100, 4, 10))
	if got := moved.stages(); len(got) != 1 || got[0] != (loadtest.Stage{Name: "decode", Mean: 5, Count: 200}) {
		t.Errorf("stages %+v", got)
	}
	if moved.attempts() != 30 {
		t.Errorf("%g attempts", moved.attempts())
	}
	if _, err := parseMetrics(strings.NewReader("a b\n")); err == nil {
		t.Error("a line without a figure was read")
	}
}

// TestLive: bar, figures and phase; a run without an end in time has no bar.
func TestLive(t *testing.T) {
	p := loadtest.Snapshot{
		Elapsed: 5 * time.Second, Total: 20 * time.Second, WarmedUp: true, Goodput: 1234, P50: 2 * time.Millisecond,
		P99: 9 * time.Millisecond, BareP99: 3 * time.Millisecond, Outcomes: map[string]int64{"approved": 7, "reversed": 9},
	}
	table := liveTable(p)
	if !strings.Contains(table, "["+strings.Repeat("█", 10)+strings.Repeat("░", 30)+"] 5 of 20 s") || !strings.Contains(table, "1234") {
		t.Error(table)
	}
	if line := liveLine(p); line != "   5 s     1234/s good  p50    2.0 ms  p99    9.0 ms  bare commit p99   3.0 ms  reversed 9, approved 7" {
		t.Errorf("%q", line)
	}
	p.BareP99, p.WarmedUp = 0, false
	if line := liveLine(p); strings.Contains(line, "bare") || !strings.HasSuffix(line, "(warming up)") {
		t.Errorf("%q", line)
	}
	p.WarmedUp, p.Elapsed = true, 21*time.Second
	if line := liveLine(p); !strings.HasSuffix(line, "(doors closed, resolving)") {
		t.Errorf("%q", line)
	}
	p.Total = 25 * time.Hour
	if bar := liveBar(p); bar != "21 s" {
		t.Errorf("%q", bar)
	}
}
