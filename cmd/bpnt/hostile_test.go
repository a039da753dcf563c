package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestHostileCommand plays three attacks against a gateway in a process of its own, with few attackers for a moment: the
// report has a line for each in tables that line up, the books are right, and no fault was found.
func TestHostileCommand(t *testing.T) {
	t.Parallel()
	needPostgres(t)
	g := newService(t)
	keepPostgres(t, g.dir)
	area := []string{"--families", "400", "--outlets", "8", "--data-dir", g.dir}
	for _, args := range [][]string{{"ledger", "migrate", "--data-dir", g.dir}, append([]string{"ledger", "seed"}, area...), {"ledger", "disburse", "--data-dir", g.dir}} {
		if r := bpnt(t, "", args...); r.status != 0 {
			t.Fatalf("%v: %s", args, r.err)
		}
	}
	g.start(t)
	args := append([]string{
		"loadtest", "hostile", "--addr", g.edc, "--admin", g.admin, "--gateway-pid", fmt.Sprint(g.cmd.Process.Pid), "--prove",
		"--play", "garbage,replay,pins", "--duration", "300ms", "--warmup", "0s", "--attackers", "8", "--power", "400", "--rate", "50", "--victims", "2",
	}, area...)
	r := bpnt(t, "", append(args, "--json")...)
	var got hostileReport
	if err := json.Unmarshal([]byte(r.out), &got); r.status != 0 || err != nil {
		t.Fatalf("status %d, %v: %s", r.status, err, r.err)
	}
	if len(got.Attacks) != 3 || got.Proof == nil || got.Proof.Violations != 0 || got.Proof.LedgerDebitsIDR != got.Proof.TerminalsDebitsIDR {
		t.Fatalf("%d attacks, proof %+v", len(got.Attacks), got.Proof)
	}
	for _, a := range got.Attacks {
		if a.Alone.P99 <= 0 || a.Attacked.P99 <= 0 || a.Attacked.Peak < a.Attacked.Before || a.Attacked.Before == 0 || len(a.Tallies) != 1 || a.Tallies[0].Actions == 0 {
			t.Errorf("%s: %+v", a.Attack, a)
		}
	}
	if closed := got.Attacks[0].Attacked.Closed; len(closed) == 0 {
		t.Error("garbage was not closed for any reason")
	}
	if answers := got.Attacks[2].Tallies[0].Answers; answers["00"] != 0 || answers["55"]+answers["75"] == 0 {
		t.Errorf("guesses were answered %v", answers)
	}
	wantTable(t, &got)
	g.end(t, 0)
}

// wantTable: every attack has its line in each of the three tables.
func wantTable(t *testing.T, r *hostileReport) {
	t.Helper()
	var out strings.Builder
	r.write(&out)
	for _, a := range r.Attacks {
		if n := strings.Count(out.String(), "\n"+a.Attack+" "); n != 3 {
			t.Errorf("%s has %d lines:\n%s", a.Attack, n, out.String())
		}
	}
}

func TestHostileBadInput(t *testing.T) {
	for _, args := range [][]string{
		{"--play", "smash"},
		{"--victims", "0"},
		{"--victims", "253"},
		{"--rounds", "0"},
		{"--attackers", "0"},
		{"--power", "0"},
		{"--from", "here"},
		{"--duration", "0s"},
	} {
		r := bpnt(t, "", append([]string{"loadtest", "hostile", "--families", "400", "--outlets", "253", "--addr", "127.0.0.1:1"}, args...)...)
		if r.status != statusUsage || r.err == "" || r.out != "" {
			t.Errorf("%v: status %d, %q", args, r.status, r.err)
		}
	}
}
