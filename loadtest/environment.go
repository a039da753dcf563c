package loadtest

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Environment is where a run was made: without it a figure means nothing.
type Environment struct {
	Began    time.Time `json:"began"`
	Command  string    `json:"command"`
	Commit   string    `json:"commit"` // with "+" where files were changed since; empty where the build does not say
	Go       string    `json:"go"`
	MaxProcs int       `json:"gomaxprocs"`
	System   string    `json:"system"` // operating system and architecture
	Kernel   string    `json:"kernel,omitempty"`
	CPU      string    `json:"cpu,omitempty"`
	CPUs     int       `json:"cpus"`
	Memory   int64     `json:"memory_bytes,omitempty"`

	Postgres string    `json:"postgres,omitempty"` // version
	Settings []Setting `json:"postgres_settings,omitempty"`
}

// Setting is one of the database server's.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// NewEnvironment looks around. What a system does not tell stays empty.
func NewEnvironment(command string) *Environment {
	e := &Environment{
		Began: time.Now().UTC().Truncate(time.Second), Command: command, Go: runtime.Version(), MaxProcs: runtime.GOMAXPROCS(0),
		System: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU(),
	}
	e.Kernel = strings.TrimSpace(readText("/proc/sys/kernel/osrelease"))
	e.CPU = lineValue(readText("/proc/cpuinfo"), "model name")
	kB, _, _ := strings.Cut(lineValue(readText("/proc/meminfo"), "MemTotal"), " ")
	if n, err := strconv.ParseInt(kB, 10, 64); err == nil {
		e.Memory = n * 1024
	}
	e.Commit = commit()
	return e
}

// readText is empty where the system has no such file.
func readText(path string) string {
	text, _ := os.ReadFile(path) // a courtesy: see NewEnvironment
	return string(bytes.ToValidUTF8(text, []byte("?")))
}

// lineValue finds "name : value" in a text of such lines.
func lineValue(text, name string) string {
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// commit is the program's, as the Go command wrote it into the binary.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	revision, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	return revision + changed
}

// rows are the environment as names and values, in the order of interest.
func (e *Environment) rows() [][2]string {
	rows := [][2]string{
		{"command", e.Command},
		{"began", e.Began.Format(time.RFC3339)},
		{"commit", cmp.Or(e.Commit, "not known: built with -buildvcs=false, or outside of the repository")},
		{"Go", fmt.Sprintf("%s, GOMAXPROCS %d", e.Go, e.MaxProcs)},
		{"machine", e.machine()},
		{"Postgres", e.Postgres},
	}
	var known [][2]string
	for _, row := range rows {
		if row[1] != "" {
			known = append(known, row)
		}
	}
	return known
}

func (e *Environment) machine() string {
	parts := []string{fmt.Sprintf("%d CPUs", e.CPUs)}
	if e.CPU != "" {
		parts[0] = fmt.Sprintf("%d x %s", e.CPUs, e.CPU)
	}
	if e.Memory > 0 {
		parts = append(parts, Bytes(e.Memory)+" of memory")
	}
	parts = append(parts, e.System)
	if e.Kernel != "" {
		parts = append(parts, "kernel "+e.Kernel)
	}
	return strings.Join(parts, ", ")
}

// write prints the environment; nothing where it is not known.
func (e *Environment) write(w io.Writer) {
	if e == nil {
		return
	}
	for _, row := range e.rows() {
		fmt.Fprintf(w, "%s\t%s\n", row[0], row[1])
	}
	settings := make([]string, len(e.Settings))
	for i, s := range e.Settings {
		settings[i] = s.Name + "=" + s.Value
	}
	for chunk := range slices.Chunk(settings, settingsPerLine) {
		fmt.Fprintf(w, "\t%s\n", strings.Join(chunk, " "))
	}
}

// settingsPerLine keeps a line of settings within a screen.
const settingsPerLine = 4
