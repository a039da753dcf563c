package main

import (
	"encoding/json"
	"strings"
	"testing"

	"bpnt/loadtest/linear"
)

// TestWitnessedLoad: terminals race for the same families' money, with reversals and repeats, and an order of each family's
// messages is found. (A void that is undone when the money is spent makes a debtor, whom a race takes for overdrawn.)
func TestWitnessedLoad(t *testing.T) {
	needPostgres(t)
	g := newService(t)
	keepPostgres(t, g.dir)
	g.seed(t, "60000", "--families", "300", "--outlets", "5")
	g.start(t)
	defer g.end(t, 0)
	r := bpnt(t, "", "loadtest", "--addr", g.edc, "--data-dir", g.dir, "--families", "300", "--outlets", "5", "--workload", "drain",
		"--funds", "60000", "--reversals", "0.05", "--repeats", "0.1", "--inquiries", "0.3", "--witness", "1", "--no-probe",
		"--duration", shortOr("500ms", "3s"), "--warmup", "0s", "--prove", "--json")
	var got struct {
		Accounts *linear.Report `json:"linearizability"`
	}
	if err := json.Unmarshal([]byte(r.out), &got); err != nil || r.status != 0 {
		t.Fatalf("status %d, %v:\n%s%s", r.status, err, r.out, r.err)
	}
	if a := got.Accounts; a == nil || a.Accounts < 8 || a.Widest < 2 || a.Illegal+a.Undecided > 0 {
		t.Errorf("%+v", a)
	}
}

// TestWitnessMistakes: what would not be shown is refused before anything is played.
func TestWitnessMistakes(t *testing.T) {
	for _, args := range [][]string{
		{"--witness", "1.5"}, {"--witness", "-0.1"}, {"--witness", "0.5", "--compare", "2"}, {"--witness", "0.5", "--find-max", "p99=50ms"},
	} {
		r := bpnt(t, "", append([]string{"loadtest", "--addr", "127.0.0.1:1"}, args...)...)
		if r.status != statusUsage || !strings.Contains(r.err, "--witness") {
			t.Errorf("%v: status %d, %s", args, r.status, r.err)
		}
	}
}
