package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// inRules runs promtool, Prometheus' own checker, among the rules.
func inRules(t *testing.T, args ...string) {
	t.Helper()
	path, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not on this machine (Debian: prometheus); CI installs it")
	}
	command := exec.CommandContext(t.Context(), path, args...)
	command.Dir = "prometheus"
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// TestRules: the rules can be read, and each fires and keeps quiet where its cases say. In the short form without the cases
// in which hundreds of hours pass.
func TestRules(t *testing.T) {
	t.Run("syntax", func(t *testing.T) { inRules(t, "check", "rules", "recording.yml", "alerts.yml") })
	for _, file := range caseFiles(t) {
		t.Run(file, func(t *testing.T) {
			if testing.Short() && (file == "days_test.yml" || file == "objectives_test.yml") {
				t.Skip("-short")
			}
			t.Parallel()
			inRules(t, "test", "rules", file)
		})
	}
}

func caseFiles(t *testing.T) (files []string) {
	t.Helper()
	found, err := filepath.Glob("prometheus/*_test.yml")
	if err != nil || len(found) == 0 {
		t.Fatal("there are no cases", err)
	}
	for _, path := range found {
		files = append(files, filepath.Base(path))
	}
	return files
}

// alertRule is one rule of alerts.yml: several may have one name, told apart by their labels.
type alertRule struct {
	name   string
	labels map[string]string
	text   string
}

var (
	ruleStart = regexp.MustCompile(`(?m)^ +- alert: (\w+)\n`)
	ruleEnd   = regexp.MustCompile(`(?m)^  - name: `)
	labelsOf  = regexp.MustCompile(`(?m)^ +labels: \{(.*)\}$`)
	runbookOf = regexp.MustCompile(`(?m)^ +runbook: docs/operations\.md#([a-z0-9-]+)$`)
	pair      = regexp.MustCompile(`(\w+): '?([^',}]+)'?`)
)

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func pairs(text string) map[string]string {
	all := map[string]string{}
	for _, p := range pair.FindAllStringSubmatch(text, -1) {
		all[p[1]] = p[2]
	}
	return all
}

// pieces cuts a text before each match.
func pieces(text string, start *regexp.Regexp) (all []string) {
	places := start.FindAllStringIndex(text, -1)
	for i, p := range places {
		end := len(text)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		all = append(all, text[p[0]:end])
	}
	return all
}

func alertRules(t *testing.T) (all []alertRule) {
	t.Helper()
	for _, text := range pieces(readText(t, "prometheus/alerts.yml"), ruleStart) {
		if end := ruleEnd.FindStringIndex(text); end != nil {
			text = text[:end[0]]
		}
		r := alertRule{name: ruleStart.FindStringSubmatch(text)[1], text: text}
		if found := labelsOf.FindStringSubmatch(text); found != nil {
			r.labels = pairs(found[1])
		}
		all = append(all, r)
	}
	return all
}

// TestAlertsAreForPeople: an alert says how urgent it is and what it is about, with figures, and its entry in the runbook
// speaks both languages.
func TestAlertsAreForPeople(t *testing.T) {
	entries := runbook(t)
	for _, r := range alertRules(t) {
		if !slices.Contains([]string{"page", "ticket", "info"}, r.labels["severity"]) {
			t.Errorf("%s: severity %q", r.name, r.labels["severity"])
		}
		if !strings.Contains(r.text, " summary: ") || !strings.Contains(r.text, " description: >-") {
			t.Errorf("%s has no summary, or no description", r.name)
		}
		anchor := runbookOf.FindStringSubmatch(r.text)
		if anchor == nil {
			t.Errorf("%s names no entry of the runbook", r.name)
			continue
		}
		if fault := entries[anchor[1]]; fault != "" {
			t.Errorf("%s: the runbook's entry %s %s", r.name, anchor[1], fault)
		} else if _, there := entries[anchor[1]]; !there {
			t.Errorf("%s: the runbook has no entry %s", r.name, anchor[1])
		}
	}
}

var (
	entryStart = regexp.MustCompile(`(?m)^### (Bpnt\w+)\n`)
	entryEnd   = regexp.MustCompile(`(?m)^## `)
	entryRow   = regexp.MustCompile(`(?m)^\| [^|]+ / [^|]+ \| [^|]+ \| [^|]+ \|$`)
)

// runbook finds the alerts' entries in docs/operations.md by their anchors, and says what each lacks.
func runbook(t *testing.T) map[string]string {
	t.Helper()
	faults := map[string]string{}
	for _, text := range pieces(readText(t, "../docs/operations.md"), entryStart) {
		if end := entryEnd.FindStringIndex(text); end != nil {
			text = text[:end[0]]
		}
		fault := ""
		if !strings.Contains(text, "| English | Bahasa Indonesia |") || len(entryRow.FindAllString(text, -1)) != 4 {
			fault = "does not tell what it means, what to look at, what to do and whom to call, in both languages"
		}
		faults[strings.ToLower(entryStart.FindStringSubmatch(text)[1])] = fault
	}
	return faults
}

// TestEveryAlertHasItsCases: each rule fires in a case, and is quiet in another one of the same alert.
func TestEveryAlertHasItsCases(t *testing.T) {
	cases := alertCases(t)
	for _, r := range alertRules(t) {
		fires := func(c alertCase) bool { return c.alert == r.name && slices.ContainsFunc(c.fired, r.is) }
		quiet := func(c alertCase) bool { return c.alert == r.name && !slices.ContainsFunc(c.fired, r.is) }
		if !slices.ContainsFunc(cases, fires) {
			t.Errorf("%s %v fires in no case", r.name, r.labels)
		}
		if !slices.ContainsFunc(cases, quiet) && r.name != "BpntAlive" {
			t.Errorf("%s %v is quiet in no case", r.name, r.labels)
		}
	}
	if len(cases) < 2*len(alertRules(t)) {
		t.Errorf("%d cases were read", len(cases))
	}
}

// is tells whether what fired comes of this rule: the labels by which rules of one name differ are the same.
func (r alertRule) is(fired map[string]string) bool {
	return !slices.ContainsFunc([]string{"severity", "window", "keys"}, func(k string) bool { return fired[k] != r.labels[k] })
}

// alertCase is what a case expects of an alert at a moment: the labels of those that fire.
type alertCase struct {
	alert string
	fired []map[string]string
}

var (
	caseStart = regexp.MustCompile(`(?m)^ +- alertname: (\w+)\n`)
	firedOf   = regexp.MustCompile(`(?m)^ +- exp_labels: \{(.*)\}$`)
)

func alertCases(t *testing.T) (all []alertCase) {
	t.Helper()
	for _, file := range caseFiles(t) {
		for _, text := range pieces(readText(t, "prometheus/"+file), caseStart) {
			c := alertCase{alert: caseStart.FindStringSubmatch(text)[1]}
			for _, fired := range firedOf.FindAllStringSubmatch(text, -1) {
				c.fired = append(c.fired, pairs(fired[1]))
			}
			all = append(all, c)
		}
	}
	return all
}
