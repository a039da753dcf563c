package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	caseRow   = regexp.MustCompile(`(?m)^\| ([FI]\d+) \|.*\| (.+) \|$`)
	namedTest = regexp.MustCompile("`([a-z0-9/]+)\\.((?:Test|Fuzz)[A-Za-z0-9]+)`")
)

// TestReliabilityTables: every case and every invariant has a row, in order, with tests that exist or the reason why
// there is none; and what the page names anywhere else exists too.
func TestReliabilityTables(t *testing.T) {
	text := read(t, "reliability.md")
	var rows []string
	for _, row := range caseRow.FindAllStringSubmatch(text, -1) {
		rows = append(rows, row[1])
		if !namedTest.MatchString(row[2]) && !strings.HasPrefix(row[2], "not built: ") {
			t.Errorf("%s has neither a test nor a reason: %s", row[1], row[2])
		}
	}
	if want := append(numbered("I", 18), numbered("F", 60)...); !slices.Equal(rows, want) {
		t.Errorf("the rows are %v", rows)
	}
	for _, name := range namedTest.FindAllStringSubmatch(text, -1) {
		if !declared(t, name[1], name[2]) {
			t.Errorf("%s has no %s", name[1], name[2])
		}
	}
}

// TestTargetsExist: what the documents tell people to make can be made.
func TestTargetsExist(t *testing.T) {
	makefile := read(t, "../Makefile")
	for _, document := range []string{"../README.md", "reliability.md", "operations.md", "performance.md"} {
		for _, target := range regexp.MustCompile("`make ([a-z]+)").FindAllStringSubmatch(read(t, document), -1) {
			if !strings.Contains(makefile, "\n"+target[1]+":") {
				t.Errorf("%s: make %s is no target of the Makefile", document, target[1])
			}
		}
	}
}

func numbered(letter string, last int) (all []string) {
	for n := 1; n <= last; n++ {
		all = append(all, fmt.Sprint(letter, n))
	}
	return all
}

// declared tells whether a folder's tests have one of that name.
func declared(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
