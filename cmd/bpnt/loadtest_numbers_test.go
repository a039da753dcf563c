package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bpnt/ledger"
	"bpnt/loadtest"
)

// TestTerminalsCountOn: a run begins where the last one ended, also where nobody answered it, and one that dies leaves
// nothing that the next would begin with.
func TestTerminalsCountOn(t *testing.T) {
	o := &storage{DataDir: t.TempDir()}
	cfg := loadtest.DefaultConfig()
	cfg.Addr, cfg.Duration, cfg.Warmup, cfg.AnswerTimeout, cfg.ResolveTimeout = freeAddress(t), 50*time.Millisecond, 0, time.Second, 0
	cfg.FirstSTAN, cfg.FirstBatch = 71, 9
	c := loadtestCmd{}
	c.area.Families, c.area.Outlets = 2, 1
	fleet, err := c.fleet(&streams{err: os.Stderr}, ledger.NewJakarta(1), 1)
	if err != nil {
		t.Fatal(err)
	}
	report, err := loadtest.Run(context.Background(), cfg, fleet)
	if err != nil {
		t.Fatal(err)
	}
	o.keepNumbers(report)
	next := loadtest.DefaultConfig()
	if o.takeNumbers(&next); next.FirstSTAN != report.NextSTAN() || next.FirstBatch != report.NextBatch() || next.FirstSTAN < 71 {
		t.Errorf("STAN %d and batch %d after 71 and 9", next.FirstSTAN, next.FirstBatch)
	}
	for _, text := range []string{"", `{"stan":71,"batch":9}`, `{"stan":0,"batch":1}`, "not JSON"} {
		if text != "" {
			if err := os.WriteFile(filepath.Join(o.DataDir, "loadtest.json"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got := loadtest.DefaultConfig()
		o.takeNumbers(&got)
		if want := text == `{"stan":71,"batch":9}`; want != (got.FirstSTAN == 71) {
			t.Errorf("%q: STAN %d", text, got.FirstSTAN)
		}
	}
}
