package loadtest

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"bpnt/iso"
)

// WriteText prints the report as a table for people.
func (p *Report) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "redemptions\t%d in all, %s\nrate\t%.0f/s (%.0f messages/s) over the measured %.1f s\n",
		p.Redemptions, iso.Rupiah(p.TerminalsDebitsIDR), p.RatePerS, p.MessagesPerS, p.MeasuredS)
	fmt.Fprintf(t, "goodput\t%.0f/s approved within the terminal's patience; %s\n", p.GoodputPerS, p.Results)
	fmt.Fprintf(t, "arrivals\t%s\n", p.arrivals())
	p.writeLatencies(t)
	for _, name := range sortedKeys(p.Outcomes) {
		fmt.Fprintf(t, "%s\t%d\n", name, p.Outcomes[name])
	}
	p.Settlement.write(t)
	p.Workload.write(t)
	fmt.Fprintf(t, "answers\t%d late, %d duplicate, %d unmatched, %d undecodable, %d altered (matched by %s)\n",
		p.Late, p.Duplicate, p.Unmatched, p.Undecodable, p.Altered, MatchKey)
	fmt.Fprintf(t, "connections\t%d made, %d refused, %d broken under a message, %d timeouts\n", p.Connects, p.FailedDials, p.Broken, p.Timeouts)
	p.Faults.write(t)
	fmt.Fprintf(t, "unresolved\t%d\n", len(p.Unresolved))
	p.Cost.write(t)
	p.Environment.write(t)
	return t.Flush()
}

// String lists what was not good, where anything was.
func (r Results) String() string {
	return fmt.Sprintf("%d late, %d declined, %d shed (91), %d unanswered", r.Late, r.Declined, r.Shed, r.Unanswered)
}

func (p *Report) arrivals() string {
	if p.OfferedPerS == 0 {
		return fmt.Sprintf("%s, %d terminals", p.Arrivals, p.Terminals)
	}
	return fmt.Sprintf("open loop (%s), %d terminals, %.0f purchases/s sent, %d families not served when it ended",
		p.Arrivals, p.Terminals, p.SentPerS, p.Unserved)
}

func (p *Report) writeLatencies(w io.Writer) {
	fmt.Fprintf(w, "latency (ms)\t%s\tcount\n", strings.Join(quantileNames, "\t"))
	writeQuantiles(w, "purchase", p.Latency)
	p.Bare.write(w)
	for _, name := range sortedKeys(p.Others) {
		if p.Others[name].Count > 0 {
			writeQuantiles(w, name, p.Others[name])
		}
	}
	writeQuantiles(w, "generator's lag", p.Lag)
}

// write prints the bare commit's line and the ratio's; nothing where none was timed.
func (b *BareCommit) write(w io.Writer) {
	if b == nil {
		return
	}
	writeQuantiles(w, "bare commit", b.Latency)
	fmt.Fprint(w, "  purchase / bare")
	for _, key := range quantileKeys {
		fmt.Fprintf(w, "\t%.1fx", b.Ratios[key])
	}
	fmt.Fprintln(w)
	if b.Failed > 0 {
		fmt.Fprintf(w, "  bare commits failed\t%d (%s)\n", b.Failed, b.Trouble)
	}
}

func writeQuantiles(w io.Writer, name string, q Quantiles) {
	fmt.Fprintf(w, "  %s", name)
	for _, v := range q.figures() {
		fmt.Fprintf(w, "\t%.2f", v)
	}
	fmt.Fprintf(w, "\t%d\n", q.Count)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
