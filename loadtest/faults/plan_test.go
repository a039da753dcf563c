package faults

import (
	"strings"
	"testing"
	"time"
)

func TestParsePlan(t *testing.T) {
	for text, want := range map[string]string{
		"none":                                  "none",
		"cut=0.5":                               "cut=0.5",
		"stall=0.1":                             "stall=0.1:1s",
		"stall=0.1:250ms, split=1e-3:3":         "stall=0.1:250ms,split=0.001:3",
		"mobile,stall=0,split=0,drop=0.25":      "cut=0.002,duplicate=0.001:16,drop=0.25,half-open=0.001:10s,reset=0.001",
		"refuse=1:2s,half-open=0.5,duplicate=0": "half-open=0.5:10s,refuse=1:2s",
	} {
		p, err := ParsePlan(text)
		if err != nil || p.String() != want {
			t.Errorf("%q: %s, %v; want %s", text, p, err, want)
		}
		again, err := ParsePlan(p.String())
		if err != nil || again.String() != want {
			t.Errorf("%q does not read itself: %s, %v", p, again, err)
		}
	}
	p, err := ParsePlan("rough")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range Kinds {
		if p.Faults[k].Share == 0 {
			t.Errorf("rough has no %s", k)
		}
	}
}

func TestBadPlans(t *testing.T) {
	for text, says := range map[string]string{
		"":                     `"" is no plan of faults: give none, mobile, rough`,
		"smooth":               "is no plan of faults",
		"stal=0.1":             `there is no fault "stal": the kinds are cut, stall`,
		"cut=much":             "the share must be a number from 0 to 1",
		"cut=NaN":              "the share must be 0 to 1",
		"cut=-0.1":             "the share must be 0 to 1",
		"cut=1.1":              "the share must be 0 to 1",
		"cut=0.1:2s":           "cut has no time and no number",
		"stall=0.1:2":          "a time such as 500ms",
		"stall=0.1:-2s":        "the time must be above zero",
		"stall=0.1:2h":         "at most 1h0m0s",
		"split=0.1:2s":         "a whole number",
		"split=0.1:0":          "the number must be 1 to 4096",
		"cut=0.6,reorder=0.6":  "more than 1 together",
		"cut=0.6,drop=0.6":     "more than 1 together",
		"rough,stall=0.9":      "more than 1 together",
		"duplicate=0.1:100000": "the number must be 1 to 4096",
	} {
		if _, err := ParsePlan(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}

// TestBadConfig: a proxy that cannot be says so before it listens.
func TestBadConfig(t *testing.T) {
	for says, c := range map[string]Config{
		"the host's address":   {Listen: "127.0.0.1:0", Target: "nowhere"},
		"listen for terminals": {Listen: "127.0.0.1:99999", Target: "127.0.0.1:1"},
		"more than 1": {Listen: "127.0.0.1:0", Target: "127.0.0.1:1", Plan: Plan{Faults: map[Kind]Fault{
			Cut: {Share: 1}, Stall: {Share: 1, For: time.Second},
		}}},
	} {
		if _, err := Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}
