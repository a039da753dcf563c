package mutants

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the module's, from here.
const root = "../.."

// TestMutantsFit keeps the table from rotting: each edit still fits its file, and each test is still there.
func TestMutantsFit(t *testing.T) {
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	seen := make(map[string]bool)
	for _, m := range All() {
		if !name.MatchString(m.Name) || seen[m.Name] {
			t.Errorf("%s: not words joined by hyphens, or not the only one of that name", m.Name)
		}
		seen[m.Name] = true
		if !strings.HasSuffix(m.Breaks, ".") {
			t.Errorf("%s: %q is no sentence", m.Name, m.Breaks)
		}
		texts, err := m.texts(root)
		if err != nil || len(m.Edits) == 0 {
			t.Errorf("%s: %d edits, %v", m.Name, len(m.Edits), err)
		}
		for file, text := range texts {
			if err := parses(file, text); err != nil {
				t.Errorf("%s: %v", m.Name, err)
			}
		}
		if !tests(t, m.Catch.Package)[m.Catch.Test] {
			t.Errorf("%s: there is no %s in %s", m.Name, m.Catch.Test, m.Catch.Package)
		}
	}
}

// parses tells of a file of Go that is none any more: its mutant would not be caught, but fail to compile.
func parses(file, text string) error {
	if filepath.Ext(file) != ".go" {
		return nil
	}
	_, err := parser.ParseFile(token.NewFileSet(), file, text, 0)
	return err
}

var testsOf = make(map[string]map[string]bool)

var testName = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)

// tests are the names of a package's tests.
func tests(t *testing.T, folder string) map[string]bool {
	t.Helper()
	if found := testsOf[folder]; found != nil {
		return found
	}
	found := make(map[string]bool)
	testsOf[folder] = found
	files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range testName.FindAllSubmatch(text, -1) {
			found[string(match[1])] = true
		}
	}
	return found
}

// TestOverlayLeavesTheTreeAlone: the edited text stands in the overlay's copy, and only there.
func TestOverlayLeavesTheTreeAlone(t *testing.T) {
	tree, dir := t.TempDir(), t.TempDir()
	path := filepath.Join(tree, "a.sql")
	if err := os.WriteFile(path, []byte("select 1; select 2;"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := Mutant{Name: "two-edits", Edits: []Edit{{"a.sql", "1", "3"}, {"a.sql", "select 2", "select 4"}}}
	overlay, err := m.Overlay(tree, dir)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{path: "select 1; select 2;", filepath.Join(dir, "0_a.sql"): "select 3; select 4;"}
	want[overlay] = `{"Replace":{"` + path + `":"` + filepath.Join(dir, "0_a.sql") + `"}}`
	for file, text := range want {
		if got, err := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("%s: %q, %v", file, got, err)
		}
	}
	for _, old := range []string{"select", "5"} {
		if _, err := (Mutant{Edits: []Edit{{"a.sql", old, "x"}}}).Overlay(tree, dir); err == nil {
			t.Errorf("%q does not stand there once, and was taken", old)
		}
	}
}
