package loadtest

import (
	"fmt"
	"html/template"
)

// barChart is one bar cut into parts, with a line for each.
type barChart struct {
	Title, Note string
	Parts       []barPart
	Unseen      []string
}

type barPart struct {
	Class, Name, Value, Note string
	Width                    template.CSS // of the bar, in percent
}

// barClasses are the page's colours for parts, in turn.
var barClasses = []string{"a", "b", "good", "late", "declined", "shed"}

// charts are where the time of a message and of the processors went.
func (c *Cost) charts() []barChart {
	if c == nil {
		return nil
	}
	var all []barChart
	if len(c.Processes) > 0 {
		all = append(all, c.processorChart())
	}
	if len(c.Stages) > 0 {
		all = append(all, c.stageChart())
	}
	if len(c.Unseen) > 0 {
		all = append(all, barChart{Title: "Not measured", Unseen: c.Unseen})
	}
	return all
}

func (c *Cost) total() (sum float64) {
	for _, p := range c.Processes {
		sum += p.CPU
	}
	return sum
}

func (c *Cost) processorChart() barChart {
	chart := barChart{Title: "Processor time of a redemption", Note: c.note()}
	for i, p := range c.Processes {
		part := newPart(i, p.Name, p.CPU, c.total(), "µs")
		part.Note = fmt.Sprintf("%.2f cores busy", p.Cores)
		if p.SystemCalls > 0 {
			part.Note += fmt.Sprintf(", %.2f read and write calls a message", p.SystemCalls)
		}
		chart.Parts = append(chart.Parts, part)
	}
	return chart
}

func (c *Cost) note() string {
	note := fmt.Sprintf("User and system, over %s redemptions of the measured time.", grouped(float64(c.Redemptions)))
	if c.RoundTrips > 0 {
		note += fmt.Sprintf(" %.4f calls of the ledger a redemption.", c.RoundTrips)
	}
	if c.DatabaseAfter > 0 {
		note += fmt.Sprintf(" Database %s, was %s.", Bytes(c.DatabaseAfter), Bytes(c.DatabaseBefore))
	}
	return note
}

func (c *Cost) stageChart() barChart {
	var sum float64
	for _, s := range c.Stages {
		sum += s.Mean
	}
	chart := barChart{Title: "Stages of a message in the gateway", Note: "Mean times, from the gateway's own metrics."}
	for i, s := range c.Stages {
		part := newPart(i, s.Name, s.Mean, sum, "ms")
		part.Note = stageNotes[s.Name]
		chart.Parts = append(chart.Parts, part)
	}
	return chart
}

// stageNotes say what a stage is, for those stages that the gateway names today.
var stageNotes = map[string]string{
	"decode": "frame to request, MAC and PIN value",
	"queue":  "waiting for the lane's batch",
	"ledger": "the batch in Postgres, commit included",
	"encode": "receipt and bytes",
	"write":  "until the kernel took them",
}

func newPart(i int, name string, value, sum float64, unit string) barPart {
	return barPart{
		Class: barClasses[i%len(barClasses)], Name: name, Value: trim(value) + " " + unit,
		Width: template.CSS(fmt.Sprintf("width:%.2f%%", 100*over(value, sum))), //nolint:gosec // a number
	}
}
