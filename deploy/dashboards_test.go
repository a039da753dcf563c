package deploy_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bpnt/deploy"
)

// page is a dashboard as Grafana reads it.
type page struct {
	UID, Title    string
	SchemaVersion int
	Panels        []panel
	Templating    struct{ List []variable }
	Annotations   struct{ List []target }
}

type panel struct {
	ID                       int
	Type, Title, Description string
	GridPos                  struct{ H, W, X, Y int }
	Targets                  []target
	Links                    []struct{ URL string }
	FieldConfig              struct{ Defaults struct{ Unit string } }
	Panels                   []panel // of a row that is folded
}

type target struct {
	RefID, Expr, LegendFormat string
	Instant, Range            bool
	Datasource                struct{ Type, UID string }
}

type variable struct{ Name, Type, Definition string }

// pages reads the committed dashboards.
func pages(t *testing.T) (all []page) {
	t.Helper()
	for _, d := range deploy.Dashboards() {
		var p page
		text, err := os.ReadFile(filepath.Join("grafana", d.UID+".json"))
		if err == nil {
			err = json.Unmarshal(text, &p)
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// TestDashboardsAreGenerated: the committed files are what the Go files make, and there are no others.
func TestDashboardsAreGenerated(t *testing.T) {
	dir := t.TempDir()
	if err := deploy.WriteDashboards(dir); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("grafana/*")
	if err != nil || len(files) != len(deploy.Dashboards()) {
		t.Errorf("%v, %v; want %d files", files, err, len(deploy.Dashboards()))
	}
	for _, file := range files {
		committed, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		made, err := os.ReadFile(filepath.Join(dir, filepath.Base(file)))
		if err != nil || !bytes.Equal(made, committed) {
			t.Errorf("%s is not what go generate ./deploy makes of the Go files (%v)", file, err)
		}
	}
}

// TestPlaces: numbers are unique, everything stands within the 24 columns, and nothing on something else.
func TestPlaces(t *testing.T) {
	for _, p := range pages(t) {
		taken := map[[2]int]string{}
		var numbers []int
		for _, one := range p.Panels {
			numbers = append(numbers, one.ID)
			g := one.GridPos
			if g.X < 0 || g.W < 1 || g.X+g.W > 24 || g.H < 1 || g.Y < 0 {
				t.Errorf("%s: %q stands outside: %+v", p.UID, one.Title, g)
			}
			for x := g.X; x < g.X+g.W; x++ {
				for y := g.Y; y < g.Y+g.H; y++ {
					if other, found := taken[[2]int{x, y}]; found {
						t.Errorf("%s: %q stands on %q", p.UID, one.Title, other)
					}
					taken[[2]int{x, y}] = one.Title
				}
			}
		}
		slices.Sort(numbers)
		if len(slices.Compact(slices.Clone(numbers))) != len(numbers) {
			t.Errorf("%s: numbers %v", p.UID, numbers)
		}
	}
}

var (
	plainTypes  = []string{"stat", "timeseries", "bargauge", "table", "text", "row"}
	headline    = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors are what the headlines of a document are called in links.
func anchors(t *testing.T, document string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headline.FindAllStringSubmatch(string(text), -1) {
		all = append(all, strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-"))
	}
	return all
}

// TestPanels: plain types, words for people, a unit, the reader's data source, and a runbook's entry that is there.
func TestPanels(t *testing.T) {
	entries := anchors(t, "../docs/operations.md")
	for _, p := range pages(t) {
		if p.Title == "" || p.SchemaVersion < 36 {
			t.Errorf("%s: title %q, schema version %d", p.UID, p.Title, p.SchemaVersion)
		}
		for _, one := range p.Panels {
			where := p.UID + ": " + one.Title
			if !slices.Contains(plainTypes, one.Type) || one.Title == "" || len(one.Panels) > 0 {
				t.Errorf("%s: type %q", where, one.Type)
			}
			for _, link := range one.Links {
				_, entry, _ := strings.Cut(link.URL, "#")
				if !strings.HasPrefix(link.URL, "${runbook}#") || !slices.Contains(entries, entry) {
					t.Errorf("%s: the runbook has no entry %q", where, entry)
				}
			}
			if one.Type == "row" || one.Type == "text" {
				continue
			}
			if len(one.Description) < 20 || one.FieldConfig.Defaults.Unit == "" || len(one.Targets) == 0 {
				t.Errorf("%s: description %q, unit %q, %d queries", where, one.Description, one.FieldConfig.Defaults.Unit,
					len(one.Targets))
			}
			checkTargets(t, where, one)
		}
	}
}

func checkTargets(t *testing.T, where string, p panel) {
	t.Helper()
	for i, q := range p.Targets {
		if q.Datasource.Type != "prometheus" || q.Datasource.UID != "${datasource}" {
			t.Errorf("%s: data source %+v", where, q.Datasource)
		}
		if q.Instant == q.Range || q.Range != (p.Type == "timeseries") || q.RefID != string(rune('A'+i)) {
			t.Errorf("%s: query %q is instant %v, range %v", where, q.RefID, q.Instant, q.Range)
		}
		if len(p.Targets) > 1 && q.LegendFormat == "" {
			t.Errorf("%s: one of several queries has no name", where)
		}
	}
}

// TestConfiguration: promtool takes prometheus.yml, and what WritePrometheus makes of it, with both files of rules.
func TestConfiguration(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not on this machine (Debian: prometheus); CI installs it")
	}
	made, err := deploy.WritePrometheus(t.TempDir(), "127.0.0.1:1234", "2s")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"prometheus/prometheus.yml", made} {
		out, err := exec.Command(promtool, "check", "config", file).CombinedOutput()
		if err != nil || strings.Count(string(out), "rules found") != 2 {
			t.Errorf("%v\n%s", err, out)
		}
	}
	text, err := os.ReadFile(made)
	told := strings.Contains(string(text), `["127.0.0.1:1234"]`) && strings.Count(string(text), "_interval: 2s") == 2
	if err != nil || !told {
		t.Errorf("%v\n%s", err, text)
	}
}
