package mutants

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Verdict is what go test said.
type Verdict struct {
	Passed  []string // tests that stand alone, and passed
	Skipped []string // these, and parts of tests
	Failed  []string // the first to fail stands first, so a part before its whole
	Broken  string   // what the compiler said
	Hung    bool     // go test ran out of patience
	output  map[string][]string
}

// event is a line of go test -json (go doc test2json).
type event struct{ Action, Test, Output string }

// Read makes a verdict of what go test -json wrote.
func Read(output []byte) (v Verdict) {
	v.output = make(map[string][]string)
	lines := bufio.NewScanner(bytes.NewReader(output))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) == nil {
			v.add(e)
		}
	}
	return v
}

func (v *Verdict) add(e event) {
	switch e.Action {
	case "build-output":
		if v.Broken == "" && !strings.HasPrefix(e.Output, "#") {
			v.Broken = strings.TrimSpace(e.Output)
		}
	case "output":
		v.output[e.Test] = append(v.output[e.Test], e.Output)
		v.panicked(e)
	case "fail":
		if e.Test != "" {
			v.Failed = append(v.Failed, e.Test)
		}
	case "skip":
		v.Skipped = append(v.Skipped, e.Test)
	case "pass":
		if e.Test != "" && !strings.Contains(e.Test, "/") {
			v.Passed = append(v.Passed, e.Test)
		}
	}
}

// panicked notes a panic outside of the test's own goroutine: go test reports no failure of a test then.
func (v *Verdict) panicked(e event) {
	switch {
	case !strings.HasPrefix(e.Output, "panic: ") || e.Test == "":
	case strings.HasPrefix(e.Output, "panic: test timed out"):
		v.Hung = true
	default:
		v.Failed = append(v.Failed, e.Test)
	}
}

// words is what stands behind a test's file and line, or behind a panic.
var words = regexp.MustCompile(`(?:\.go:\d+: +|^panic: |^fatal error: )(.+)`)

// Words are the first in which a test said what is wrong. A panic of a part may be told of the whole.
func (v Verdict) Words(test string) string {
	for _, line := range v.output[test] {
		if found := words.FindStringSubmatch(line); found != nil {
			return strings.TrimSpace(found[1])
		}
	}
	if whole := strings.LastIndexByte(test, '/'); whole > 0 {
		return v.Words(test[:whole])
	}
	return "no words"
}

// badSQL is how a server refuses SQL that is wrong in itself (class 42), which every test would find.
const badSQL = "SQLSTATE 42"

// Caught is who caught a mutant, and its words. It is an error where nobody did, or where that proves nothing.
func (v Verdict) Caught(by Catch) (test, said string, err error) {
	switch {
	case v.Broken != "":
		return "", "", fmt.Errorf("it does not compile: %s", v.Broken)
	case v.Hung:
		return "", "", errors.New("its test hung: a failure must come by itself")
	case len(v.Failed) == 0 && slices.Contains(v.Passed, by.Test):
		return "", "", errors.New("it survived")
	case len(v.Failed) == 0:
		return "", "", errors.New("its test did not run")
	}
	test = v.Failed[0]
	said = v.Words(test)
	if whole, _, _ := strings.Cut(test, "/"); whole != by.Test {
		return "", "", fmt.Errorf("%s failed instead: %s", test, said)
	}
	if strings.Contains(said, badSQL) {
		return "", "", fmt.Errorf("its SQL does not compile: %s", said)
	}
	return test, said, nil
}
