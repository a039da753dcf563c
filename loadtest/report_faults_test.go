package loadtest

import (
	"strings"
	"testing"
)

// TestFaultsInText: the table for people has a line of what was injected, and a run without a faulty network has none.
func TestFaultsInText(t *testing.T) {
	for want, f := range map[string]*Faults{
		"faults injected 3 cut, 1 drop (seed 9)": {Seed: 9, Injected: map[string]int64{"drop": 1, "cut": 3, "slow": 0}},
		"faults injected none (seed 1)":          {Seed: 1},
	} {
		if text := strings.Join(strings.Fields(textOf(t, &Report{Faults: f})), " "); !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if text := textOf(t, &Report{}); strings.Contains(text, "faults") {
		t.Errorf("faults in\n%s", text)
	}
}
