package main

import (
	"encoding/json"
	"os"
	"path/filepath"

	"bpnt/loadtest"
)

// numbers are where simulated terminals go on counting. A real one keeps them over a power cut; ours would begin with those
// of a run before, and a sale with the STAN, card and amount of an earlier one is its repeat: answered 00, and not debited.
type numbers struct {
	STAN  int32 `json:"stan"`
	Batch int32 `json:"batch"`
}

// numbersPath is a file beside the keystore of the books; other machines' terminals are others.
func (o *storage) numbersPath() string { return filepath.Join(o.DataDir, "loadtest.json") }

// takeNumbers sets the numbers with which the last run ended, where that is known. The file is gone then, until
// keepNumbers: what a run that dies has used nobody knows, and the next one goes by the clock.
func (o *storage) takeNumbers(cfg *loadtest.Config) {
	text, err := os.ReadFile(o.numbersPath())
	if err != nil {
		return
	}
	_ = os.Remove(o.numbersPath())
	n := numbers{STAN: cfg.FirstSTAN, Batch: cfg.FirstBatch}
	if json.Unmarshal(text, &n) != nil || n.STAN < 1 || n.STAN > loadSTANs || n.Batch < 1 || n.Batch > 2*loadBatches {
		return
	}
	cfg.FirstSTAN, cfg.FirstBatch = n.STAN, n.Batch
}

// keepNumbers writes down where the terminals of a run ended. Where there is no folder to keep it in, the clock will do.
func (o *storage) keepNumbers(r *loadtest.Report) {
	if text, err := json.Marshal(numbers{r.NextSTAN(), r.NextBatch()}); err == nil {
		_ = os.WriteFile(o.numbersPath(), text, 0o600)
	}
}
