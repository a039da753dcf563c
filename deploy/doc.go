// Package deploy holds what runs beside a gateway: examples of links, the configuration of Prometheus with its rules,
// and the dashboards of Grafana. The rules and the dashboards are inside the program too, for bpnt demo --observe.
//
//	links*.toml                 what bpnt serve --config takes
//	prometheus/prometheus.yml   what to scrape, and which rules to load
//	prometheus/recording.yml    the figures that rules, alerts and dashboards share
//	prometheus/alerts.yml       when people are called; each alert names its entry in docs/operations.md
//	prometheus/*_test.yml       cases of promtool: each alert fires in one and is quiet in a neighbour (rules_test.go)
//	grafana/bpnt-*.json         the dashboards, written by go generate from the Go files here; edit those
//
// # Dashboards
//
// A dashboard is data: overview.go, wire.go and day.go are lists of rows of panels, which read like the page from top to
// bottom. A panel has one question as its title, says what to do when the answer is bad, and names the runbook's entry.
// layout.go gives it its place and number, grafana.go turns it into what Grafana 10 and later import. Only plain kinds of
// panels are used, and no plugin is needed.
//
// # A Prometheus of one's own
//
// StartPrometheus runs the machine's prometheus on a free port with this folder's rules: for bpnt demo --observe and for
// the tests. It is stopped by whoever started it, and ends with it where the kernel can see to that.
//
// # What the tests hold
//
// The committed JSON is what the Go files make. Numbers are unique, nothing overlaps, every panel has a unit, a
// description and an entry in the runbook that is there. Then a real gateway under load is scraped by a real Prometheus
// with the rules of this folder, and every query of every panel must give figures: a metric that was renamed, a label that
// nobody sets or a rule that was forgotten is an empty panel, and an empty panel fails.
package deploy
