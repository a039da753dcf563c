package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	inline = regexp.MustCompile("`(bpnt [^`]+)`")
	verb   = regexp.MustCompile(`^[a-z][a-z-]*$`)
)

// TestNamedCommands: every command that operations.md names within its sentences is one that the program has, with the flags
// that are named. TestOperationsDocument runs those that stand in blocks.
func TestNamedCommands(t *testing.T) {
	text, err := os.ReadFile("operations.md")
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "bpnt")
	if out, err := exec.Command("go", "build", "-o", binary, "bpnt/cmd/bpnt").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	named := map[string][]string{}
	for _, m := range inline.FindAllStringSubmatch(string(text), -1) {
		command, flags := dissect(m[1])
		named[command] = append(named[command], flags...)
	}
	if len(named) < 20 {
		t.Errorf("%d commands were found", len(named))
	}
	for command, flags := range named {
		help, err := exec.Command(binary, append(strings.Fields(command), "--help")...).CombinedOutput()
		if err != nil {
			t.Errorf("bpnt %s: %v", command, err)
		}
		for _, flag := range flags {
			if !strings.Contains(string(help), flag) {
				t.Errorf("bpnt %s has no %s", command, flag)
			}
		}
	}
}

// dissect splits what is typed into the words that name a command, and its flags.
func dissect(typed string) (command string, flags []string) {
	words := strings.Fields(typed)[1:]
	n := 0
	for n < len(words) && verb.MatchString(words[n]) {
		n++
	}
	for _, w := range words[n:] {
		if strings.HasPrefix(w, "--") {
			name, _, _ := strings.Cut(w, "=")
			flags = append(flags, name)
		}
	}
	return strings.Join(words[:n], " "), flags
}
