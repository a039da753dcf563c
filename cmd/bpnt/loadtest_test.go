package main

import (
	"encoding/json"
	"math"
	"path/filepath"
	"testing"
	"time"

	"bpnt/ledger/localpg/pgtest"
)

// TestCompare: windows of both kinds take turns against one gateway, no STAN or batch number is used twice, and every
// batch of every window is the ledger's.
func TestCompare(t *testing.T) {
	needPostgres(t)
	dir := pgtest.Folder(t)
	defer startDemo(t, dir)()
	p, err := loadProfile(filepath.Join(dir, "edc.json"))
	if err != nil {
		t.Fatal(err)
	}
	r := bpnt(t, "", "loadtest", "--addr", p.Addr, "--data-dir", dir, "--families", "300", "--outlets", "5", "--compare", "2",
		"--duration", "400ms", "--warmup", "100ms", "--voids", "0.2", "--disputes", "0.5", "--prove", "--json")
	var got comparison
	if err := json.Unmarshal([]byte(r.out), &got); err != nil || r.status != 0 {
		t.Fatalf("status %d, %v:\n%s%s", r.status, err, r.out, r.err)
	}
	if len(got.Rounds) != 2 || got.MessagesRatio <= 0 || got.RedemptionsRatio <= 0 || got.RedemptionsRatio >= got.MessagesRatio {
		t.Errorf("%d rounds, ratios %.2f and %.2f", len(got.Rounds), got.MessagesRatio, got.RedemptionsRatio)
	}
	if b := got.Proof.Batches; b == nil || b.Compared < 4*5 || b.Differ != 0 || b.TerminalsIDR != got.Proof.TerminalsDebitsIDR {
		t.Errorf("proof %+v, batches %+v", *got.Proof, b)
	}
}

// TestMedians: an even number of rounds has the mean of the two in the middle, and figures are taken one by one.
func TestMedians(t *testing.T) {
	r := comparison{Rounds: []comparedRound{
		{Alone: comparedRate{Messages: 100, P99: 9}, Mix: comparedRate{Messages: 90}},
		{Alone: comparedRate{Messages: 300, P99: 1}, Mix: comparedRate{Messages: 10}},
		{Alone: comparedRate{Messages: 200, P99: 5}, Mix: comparedRate{Messages: 30}},
		{Alone: comparedRate{Messages: 400, P99: 7}, Mix: comparedRate{Messages: 70}},
	}}
	r.conclude()
	if r.Alone.Messages != 250 || r.Alone.P99 != 6 || r.Mix.Messages != 50 || math.Abs(r.MessagesRatio-0.1625) > 1e-9 || r.RedemptionsRatio != 0 {
		t.Errorf("%+v", r)
	}
}

// TestFirstNumbers: a run begins with other STANs and another batch than one a minute before, whatever the time is.
func TestFirstNumbers(t *testing.T) {
	now := time.Date(2026, 11, 22, 23, 59, 59, 0, time.UTC)
	for range 1000 {
		next := now.Add(time.Minute)
		if b := firstBatch(next); b < 1 || b > 999_997 || b%2 != 1 || b == firstBatch(now) {
			t.Fatalf("batch %d after %d", b, firstBatch(now))
		}
		if s := firstSTAN(next); s < 1 || s > loadSTANs || s == firstSTAN(now) {
			t.Fatalf("STAN %d after %d", s, firstSTAN(now))
		}
		now = next
	}
}
