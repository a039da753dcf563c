package mutants

import (
	"strings"
	"testing"
)

// said makes go test's JSON of lines "action test output".
func said(lines ...string) []byte {
	var all strings.Builder
	for _, line := range lines {
		part := strings.SplitN(line, " ", 3)
		all.WriteString(`{"Action":"` + part[0] + `","Test":"` + part[1] + `"`)
		if len(part) == 3 {
			all.WriteString(`,"Output":"` + part[2] + `\n"`)
		}
		all.WriteString("}\n")
	}
	return []byte(all.String())
}

// TestCaught: only a failure of the named test, in the program and not in its compiling, is a catch.
func TestCaught(t *testing.T) {
	by := Catch{"ledger", "TestA"}
	tests := []struct {
		name   string
		output []string
		want   string
	}{
		{"a part fails", []string{"output TestA/x     a_test.go:7: balance 5", "fail TestA/x", "fail TestA"}, "TestA/x balance 5"},
		{"a panic in a part", []string{"fail TestA/x", "output TestA panic: too late", "fail TestA"}, "TestA/x too late"},
		{"a panic elsewhere", []string{"run TestA", "output TestA panic: too late", "fail "}, "TestA too late"},
		{"survives", []string{"pass TestA", "pass "}, "it survived"},
		{"is skipped", []string{"skip TestA", "pass "}, "its test did not run"},
		{"hangs", []string{"output TestA panic: test timed out after 1m30s", "fail "}, "its test hung: a failure must come by itself"},
		{"no such test", []string{"pass "}, "its test did not run"},
		{"another fails", []string{"output TestB b_test.go:1: no", "fail TestB"}, "TestB failed instead: no"},
		{
			"bad Go",
			[]string{"build-output  # bpnt/ledger", "build-output  post.go:3:1: unused", "build-fail "},
			"it does not compile: post.go:3:1: unused",
		},
		{
			"bad SQL",
			[]string{"output TestA a_test.go:9: no column x (SQLSTATE 42703)", "fail TestA"},
			"its SQL does not compile: no column x (SQLSTATE 42703)",
		},
	}
	for _, test := range tests {
		who, words, err := Read(said(test.output...)).Caught(by)
		got := strings.TrimSpace(who + " " + words)
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
