//go:build mutants

package mutants

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

const (
	// pick names the mutants to run, with commas between; all where it is empty.
	pick = "BPNT_TEST_MUTANTS"
	// patience is what one mutant's test may take: it ends a mutant that waits for ever.
	patience = "90s"
	// wide is how much of a failure's words fits the table.
	wide = 90
)

const row = "%-27s  %-15s  %-44s  %6s  %s\n"

// TestMutants puts in one bug after the other and demands that each is caught.
func TestMutants(t *testing.T) {
	mutants, err := picked(os.Getenv(pick))
	if err != nil {
		t.Fatal(err)
	}
	baseline(t, mutants)
	fmt.Printf("\n"+row, "mutant", "package", "caught by", "s", "in these words")
	caught := 0
	for _, m := range mutants {
		if hunt(t, m) {
			caught++
		}
	}
	fmt.Printf("\ncaught %d of %d\n", caught, len(mutants))
}

// picked are the mutants of these names, or all.
func picked(names string) ([]Mutant, error) {
	if names == "" {
		return All(), nil
	}
	var some []Mutant
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(All(), func(m Mutant) bool { return m.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%s: there is no mutant %q", pick, name)
		}
		some = append(some, All()[i])
	}
	return some, nil
}

// baseline runs every test that is to catch something in the tree as it is. Those that fail or are skipped there catch
// nothing.
func baseline(t *testing.T, mutants []Mutant) {
	t.Helper()
	named := make(map[string][]string)
	for _, m := range mutants {
		named[m.Catch.Package] = append(named[m.Catch.Package], m.Catch.Test)
	}
	for _, folder := range slices.Sorted(maps.Keys(named)) {
		tests := slices.Compact(slices.Sorted(slices.Values(named[folder])))
		began := time.Now()
		v := goTest(t.Context(), folder, tests, "-timeout=10m")
		fmt.Printf("as it is: %-15s %2d tests, %.0f s\n", folder, len(tests), time.Since(began).Seconds())
		for _, test := range tests {
			if !slices.Contains(v.Passed, test) || slices.ContainsFunc(v.Skipped, partOf(test)) {
				t.Fatalf("%s %s does not pass in the tree as it is: %s%s", folder, test, v.Broken, v.Words(test))
			}
		}
	}
}

func partOf(test string) func(string) bool {
	return func(name string) bool { return name == test || strings.HasPrefix(name, test+"/") }
}

// hunt runs a mutant's test with the bug in the program, and is true where that caught it.
func hunt(t *testing.T, m Mutant) bool {
	t.Helper()
	overlay, err := m.Overlay(root, t.TempDir())
	if err != nil {
		t.Error(err)
		return false
	}
	began := time.Now()
	v := goTest(t.Context(), m.Catch.Package, []string{m.Catch.Test}, "-overlay="+overlay, "-timeout="+patience)
	seconds := fmt.Sprintf("%.1f", time.Since(began).Seconds())
	by, said, err := v.Caught(m.Catch)
	if err != nil {
		fmt.Printf(row, m.Name, m.Catch.Package, "NOT CAUGHT", seconds, err)
		t.Errorf("%s (%s): %v", m.Name, m.Breaks, err)
		return false
	}
	fmt.Printf(row, m.Name, m.Catch.Package, cut(by, 44), seconds, cut(said, wide))
	return true
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// goTest runs tests of one package, compiled without optimisations, which is quicker. That the go command fails is what
// most runs are for; that it does not start shows as a verdict in which nothing ran.
func goTest(ctx context.Context, folder string, tests []string, flags ...string) Verdict {
	run := "-run=^(" + strings.Join(tests, "|") + ")$"
	args := append([]string{"test", "-json", "-short", "-count=1", "-vet=off", "-gcflags=-N -l", run}, flags...)
	command := exec.CommandContext(ctx, "go", append(args, "./"+folder)...)
	command.Dir = root
	output, err := command.Output()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		return Verdict{Broken: err.Error()}
	}
	return Read(output)
}
