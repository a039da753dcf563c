package loadtest

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestWriteText: every figure that a person looks for has its line, in columns, and what nobody measured has none.
func TestWriteText(t *testing.T) {
	p := fullReport(rand.New(rand.NewPCG(1, 1)), 5, 1000)
	p.GoodputPerS, p.Results = 1234, Results{Good: 9, Late: 1, Shed: 2}
	text := textOf(t, p)
	for _, part := range []string{
		"p99.9 ", "p99.99", "bare commit", "purchase / bare", "2.0x", "goodput", "1 late, 0 declined, 2 shed (91), 0 unanswered",
		"25.0 µs a redemption: gateway, 0.40 cores, 4.00 read and write calls a message", "750 bytes of WAL a redemption",
		"database 2.0 GB, was 1.0 GB", "0.0500 a redemption", "queue 1.50, ledger 3.00", "the weather", "fsync=on", "poisson, 3000 visits/s",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("the text lacks %q:\n%s", part, text)
		}
	}
	p.Bare, p.Cost, p.Environment = nil, nil, nil
	for _, part := range []string{"bare", "processor", "Postgres", "command"} {
		if strings.Contains(textOf(t, p), part) {
			t.Errorf("the text speaks of %q, which nobody measured", part)
		}
	}
}

func textOf(t *testing.T, p *Report) string {
	t.Helper()
	var b strings.Builder
	if err := p.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestEnvironment: what the machine says is found by name, and sizes are for people.
func TestEnvironment(t *testing.T) {
	const text = "processor\t: 0\nmodel name\t: AMD EPYC: 7\nmodel name\t: other\n"
	if got := lineValue(text, "model name"); got != "AMD EPYC: 7" {
		t.Errorf("%q", got)
	}
	if got := lineValue(text, "model"); got != "" {
		t.Errorf("%q", got)
	}
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1.0 kB", 25_300_000_000: "25.3 GB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	e := NewEnvironment("bpnt loadtest")
	e.Commit, e.CPU, e.CPUs, e.Memory, e.Kernel, e.System = "", "EPYC", 2, 1e9, "6.1", "linux/amd64"
	rows := map[string]string{}
	for _, row := range e.rows() {
		rows[row[0]] = row[1]
	}
	if rows["machine"] != "2 x EPYC, 1.0 GB of memory, linux/amd64, kernel 6.1" || !strings.Contains(rows["commit"], "not known") {
		t.Errorf("%v", rows)
	}
	if _, ok := rows["Postgres"]; ok {
		t.Error("a server that nobody asked has a line")
	}
}
