package deploy

import (
	"fmt"
	"strings"
)

// The queries of the dashboards are of few shapes. All of them keep to the gateways that the reader chose. where are
// further label matchers; by is the label that tells series apart, empty for one series.

// chosen selects a metric of the gateways that the reader chose.
func chosen(metric string, where ...string) string {
	return metric + "{" + strings.Join(append([]string{`instance=~"$instance"`}, where...), ", ") + "}"
}

// over combines gateways by sum, min or max. Figures of the books are the same from all of them: max.
func over(how, by, expr string) string {
	if by != "" {
		how += " by (" + by + ")"
	}
	return how + "(" + expr + ")"
}

// total is a gauge of all gateways together, highest that of the one that has most.
func total(metric string) string   { return over("sum", "", chosen(metric)) }
func highest(metric string) string { return over("max", "", chosen(metric)) }

// perSecond is how fast a counter rises.
func perSecond(by, metric string, where ...string) string {
	return over("sum", by, "rate("+chosen(metric, where...)+"[$__rate_interval])")
}

// grown is how much a counter rose in a time, as in 1h; inAll, in the time that is shown.
func grown(time, by, metric string, where ...string) string {
	return over("sum", by, "increase("+chosen(metric, where...)+"["+time+"])")
}

const inAll = "$__range"

// quantile is of a histogram.
func quantile(q float64, by, metric string, where ...string) string {
	le := "le"
	if by != "" {
		le += ", " + by
	}
	return fmt.Sprintf("histogram_quantile(%v, %s)", q, perSecond(le, metric+"_bucket", where...))
}

// mean is of a histogram or of any sum and its count.
func mean(sum, count string) string { return perSecond("", sum) + " / " + perSecond("", count) }

// most are the dozen largest, without those that are nothing.
func most(expr string) string { return "topk(12, " + expr + " > 0)" }

// one is a single query, of which each series is named by legend.
func one(legend, expr string) []Query { return []Query{{legend, expr}} }

// compared is now and the same figure so long before as the reader chose.
func compared(expr string) []Query {
	const window = "[$__rate_interval]"
	return []Query{{"now", expr}, {"before", strings.ReplaceAll(expr, window, window+" offset $before")}}
}

// The metrics that are asked for most, and the redemptions among messages.
const (
	requests    = "bpnt_request_seconds"
	answered    = "bpnt_request_seconds_count"
	outcomes    = "bpnt_outcomes_total"
	redemptions = `message=~"purchase|advice"`
	purchases   = `message="purchase"`
	good        = `result="good"`
	anyLink     = `link=~"$link"`
)
