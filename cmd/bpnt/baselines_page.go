package main

import (
	"fmt"
	"html/template"
)

// baselinePage is the result with a bar for each rate, in one file that needs nothing else.
var baselinePage = template.Must(template.New("baselines").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>bpnt loadtest baselines</title>
<style>
body { font: 15px/1.4 system-ui, sans-serif; max-width: 72em; margin: 2em auto; padding: 0 1em; color: #222 }
table { border-collapse: collapse; margin: 1em 0 2em } td, th { padding: .2em .7em; text-align: right; white-space: nowrap }
td:nth-child(-n+2), th:nth-child(-n+2) { text-align: left } tr + tr { border-top: 1px solid #ddd }
.bar { background: #3b7a57; height: 1em; display: inline-block; vertical-align: middle } .bars td { text-align: left }
code { background: #f3f3f3; padding: .1em .3em }
</style>
<h1>Redemptions, and what they are held against</h1>
<p><code>{{.Environment.Command}}</code><br>{{.Environment.Began.Format "2006-01-02 15:04 MST"}}, {{.Environment.CPUs}} CPUs
{{with .Environment.CPU}}({{.}}){{end}}, Postgres {{.Environment.Postgres}}, {{.Environment.Go}}{{with .Environment.Commit}}, commit {{.}}{{end}}</p>
<table class="bars">{{range .Bars}}<tr><td>{{.Letter}}</td><td>{{.Name}}</td><td><span class="bar" style="width: {{.Width}}em"></span> {{.Says}}</td></tr>
{{end}}</table>
{{range .Tables}}<table>{{range $i, $line := .}}<tr>{{range $line}}{{if $i}}<td>{{.}}</td>{{else}}<th>{{.}}</th>{{end}}{{end}}</tr>
{{end}}</table>
{{end}}<p>{{.Legend}}</p>
{{with .Proof}}<p>Audit: {{.Checked}} invariants, {{.Violations}} violations. The terminals debited {{.TerminalsDebitsIDR}} rupiah, the books
{{.LedgerDebitsIDR}}.</p>{{end}}
<h2>Settings of Postgres</h2><table>{{range .Environment.Settings}}<tr><td>{{.Name}}</td><td>{{.Value}}</td></tr>
{{end}}</table>
</html>
`))

// baselineBar is a rate as a bar.
type baselineBar struct {
	Letter, Name, Says string
	Width              float64 // em
}

// barWidth is that of the largest rate.
const barWidth = 28.0

// Bars are the rows that have a rate.
func (r *baselineResult) Bars() (bars []baselineBar) {
	most := 0.0
	for _, row := range r.Rows {
		most = max(most, row.Median[perSecond])
	}
	for _, row := range r.Rows {
		rate, ok := row.Median[perSecond]
		if !ok {
			continue
		}
		bar := baselineBar{row.Letter, row.Name, fmt.Sprintf("%.0f/s", rate), barWidth * rate / most}
		if ratio, ok := row.Median[ratioToPgbench]; ok {
			bar.Says += fmt.Sprintf(", %.2f x pgbench", ratio)
		}
		bars = append(bars, bar)
	}
	return bars
}

// Tables are the cells, as in the text.
func (r *baselineResult) Tables() (tables [][][]string) {
	for _, codec := range []bool{false, true} {
		if _, lines := r.cells(codec); lines != nil {
			tables = append(tables, lines)
		}
	}
	return tables
}

// Legend says what the columns mean.
func (r *baselineResult) Legend() string { return legend }
