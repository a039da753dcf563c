package deploy_test

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bpnt/deploy"
	"bpnt/ledger/localpg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

// patience is how long panels may take to fill: the gateway looks at the books every 15 s.
const patience = 45 * time.Second

// TestEveryPanel lets a real Prometheus with the rules of this folder scrape a real gateway under load, and runs every
// query of every panel until it has given what its panel shows. One that never does is an empty panel.
func TestEveryPanel(t *testing.T) {
	if _, err := deploy.FindPrometheus(); err != nil {
		t.Skip(err)
	}
	s := openShop(t)
	w := watch(t, s.admin)
	w.seen() // what happens before is no rise of a counter
	s.load()
	s.trouble()
	questions := w.questions(t)
	if !eventually(patience, func() bool { return w.answered(questions) }) {
		complain(t, questions)
	}
	w.unseen(questions, w.rules())
}

// load is families at work until the test ends, and a bank's day.
func (s *shop) load() {
	s.t.Helper()
	s.begin("loadtest", "--addr", s.plain, "--families", fmt.Sprint(loadFamilies), "--outlets", fmt.Sprint(outlets),
		"--workload", "realistic", "--rate", "60", "--duration", "10m", "--warmup", "0s", "--repeats", "0.05", "--voids", "0.1")
	cmd := s.command("switch", "--connect", s.switched, "--state", filepath.Join(s.dir, "switch.json"),
		"--zmk-file", filepath.Join(s.dir, "zmk"), "--mac", "--probe")
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("switch: %v\n%s", err, out)
	}
	s.staySignedOn()
}

// watch starts a Prometheus that looks every second.
func watch(t *testing.T, target string) *watcher {
	t.Helper()
	p, err := deploy.StartPrometheus(t.Context(), filepath.Join(t.TempDir(), "prometheus"), target, "1s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	return &watcher{t, p.URL()}
}

// seen waits until the gateway was scraped, so that later figures have one to rise from.
func (w *watcher) seen() {
	w.t.Helper()
	if !eventually(patience, func() bool {
		got, err := w.moment(`count_over_time(up{job="bpnt"}[10s]) > 1 and up{job="bpnt"} == 1`)
		return err == nil && len(got) > 0
	}) {
		w.t.Fatal("the gateway is not scraped")
	}
}

// question is a query as Grafana would send it, and what it must give.
type question struct {
	where, expr string
	labels      []string // that name its series
	moment      bool
	calm        bool // it may be 0
	mark        bool // it may be nothing
	trouble     error
}

// calm is what this test does not bring about, or not for long enough to be seen: for these 0 is the truth.
var calm = regexp.MustCompile(strings.Join([]string{
	"ALERTS", ":ratio_", "outcome=~", "lane_full", "unknown_commits", "bpnt_settled", "bpnt_unsettled", "tranche", "exceptions_open",
	"batches_unclosed", "handshakes", "lane_depth", "lane_wait", "in_flight", "order_chains", "errands_waiting", "memory",
	"malformed", "undelivered", "unasked", "redials", "pool_", "books_age", "go_gc",
}, "|"))

var (
	unnamed = regexp.MustCompile(`\{\{(\w+)\}\}`)
	unsaid  = regexp.MustCompile(`\$\{?\w+`)
)

// questions are the queries of all panels, the marks of alerts and the choices of variables.
func (w *watcher) questions(t *testing.T) (all []*question) {
	t.Helper()
	for _, p := range pages(t) {
		choices := w.choices(p)
		for _, one := range p.Panels {
			for _, q := range one.Targets {
				all = append(all, w.question(p.UID+": "+one.Title+", "+q.LegendFormat, q, choices))
			}
		}
		for _, q := range p.Annotations.List {
			mark := w.question(p.UID+": marks", q, choices)
			mark.mark = true
			all = append(all, mark)
		}
	}
	if len(all) < 100 {
		t.Errorf("only %d queries", len(all))
	}
	return all
}

func (w *watcher) question(where string, q target, choices *strings.Replacer) *question {
	w.t.Helper()
	made := &question{where: where, expr: choices.Replace(q.Expr), moment: q.Instant, trouble: errors.New("not asked yet")}
	if left := unsaid.FindString(made.expr); left != "" {
		w.t.Errorf("%s: nobody says what %s is", where, left)
	}
	for _, label := range unnamed.FindAllStringSubmatch(q.LegendFormat, -1) {
		made.labels = append(made.labels, label[1])
	}
	made.calm = calm.MatchString(made.expr)
	return made
}

// choices are the values of a page's variables as Grafana puts them into queries: all that there are.
func (w *watcher) choices(p page) *strings.Replacer {
	w.t.Helper()
	// Longest names first: $__range is the beginning of others.
	pairs := []string{
		"$__rate_interval", "5s", "$__interval", "1s", "$__range", fmt.Sprintf("%.0fs", shown.Seconds()), "$before", "2s",
	}
	for _, v := range p.Templating.List {
		if v.Type == "query" {
			pairs = append(pairs, "$"+v.Name, w.values(v.Definition, pairs))
		}
	}
	return strings.NewReplacer(pairs...)
}

var labelValues = regexp.MustCompile(`^label_values\((.+), (\w+)\)$`)

// values are a variable's as a regular expression.
func (w *watcher) values(definition string, pairs []string) string {
	w.t.Helper()
	asked := labelValues.FindStringSubmatch(definition)
	if asked == nil {
		w.t.Fatalf("%s is no question for label values", definition)
	}
	var all []string
	match := url.Values{"match[]": {strings.NewReplacer(pairs...).Replace(asked[1])}}
	if !eventually(patience, func() bool {
		return w.ask("/api/v1/label/"+asked[2]+"/values", match, &all) == nil && len(all) > 0
	}) {
		w.t.Fatalf("there is no answer to %s", definition)
	}
	for i, v := range all {
		all[i] = strings.ReplaceAll(regexp.QuoteMeta(v), `\`, `\\`)
	}
	return "(" + strings.Join(all, "|") + ")"
}

// answered asks what was not answered yet.
func (w *watcher) answered(all []*question) bool {
	left := 0
	for _, q := range all {
		if q.trouble == nil {
			continue
		}
		if q.trouble = w.try(q); q.trouble != nil {
			left++
		}
	}
	return left == 0
}

func complain(t *testing.T, all []*question) {
	t.Helper()
	for _, q := range all {
		if q.trouble != nil {
			t.Errorf("%s: %v\n  %s", q.where, q.trouble, q.expr)
		}
	}
}

func (w *watcher) try(q *question) error {
	ask := w.span
	if q.moment {
		ask = w.moment
	}
	got, err := ask(q.expr)
	if err != nil {
		return err
	}
	var figures []float64
	for _, line := range got {
		figures = append(figures, line.figures()...)
		for _, label := range q.labels {
			if line.Labels[label] == "" {
				return fmt.Errorf("a series has no %s", label)
			}
		}
	}
	switch {
	case q.mark:
	case len(figures) == 0:
		return errors.New("nothing is shown")
	case !q.calm && !slices.ContainsFunc(figures, func(v float64) bool { return v != 0 }):
		return errors.New("0 is shown")
	}
	return nil
}

// rules fails where one cannot be evaluated, where a recording gives nothing, and where an alert looks at what is not
// there. It returns what they look at.
func (w *watcher) rules() (seen []string) {
	w.t.Helper()
	var found struct {
		Groups []struct {
			Name  string
			Rules []struct{ Name, Query, Type, Health, LastError string }
		}
	}
	if err := w.ask("/api/v1/rules", nil, &found); err != nil {
		w.t.Fatal(err)
	}
	counts := map[string]int{}
	for _, g := range found.Groups {
		for _, r := range g.Rules {
			counts[r.Type]++
			if r.Health != "ok" {
				w.t.Errorf("%s: %s is %s: %s", g.Name, r.Name, r.Health, r.LastError)
			}
			needed := metrics(r.Type, r.Name, r.Query)
			seen = append(seen, needed...)
			for _, metric := range needed {
				if got, err := w.moment(metric); err != nil || len(got) == 0 {
					w.t.Errorf("%s: %s has no %s (%v)", g.Name, r.Name, metric, err)
				}
			}
		}
	}
	if counts["recording"] < 10 || counts["alerting"] < 10 {
		w.t.Errorf("%v rules were loaded", counts)
	}
	return seen
}

// unseen fails on a metric of ours that stands on no dashboard and in no rule: nobody would ever look at it.
func (w *watcher) unseen(questions []*question, seen []string) {
	w.t.Helper()
	for _, q := range questions {
		seen = append(seen, metricName.FindAllString(q.expr, -1)...)
	}
	var all []string
	if err := w.ask("/api/v1/label/__name__/values", nil, &all); err != nil {
		w.t.Fatal(err)
	}
	for _, metric := range all {
		same := func(s string) bool {
			return ofHistogram.ReplaceAllString(s, "") == ofHistogram.ReplaceAllString(metric, "")
		}
		if strings.HasPrefix(metric, "bpnt_") && !slices.ContainsFunc(seen, same) {
			w.t.Errorf("%s is on no dashboard and in no rule", metric)
		}
	}
}

var ofHistogram = regexp.MustCompile(`_(bucket|sum|count)$`)

var metricName = regexp.MustCompile(`\b(bpnt_[a-z_0-9]+|bpnt:[a-z_:0-9]+|process_[a-z_]+|go_[a-z_]+)\b`)

// metrics are those that must be there for a rule to mean something.
func metrics(kind, name, query string) []string {
	all := metricName.FindAllString(query, -1)
	if kind == "recording" {
		all = append(all, name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
