package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

// reportPrinter writes a report in one of the formats. csv and json write each line as it comes; a table must have seen
// all of them to line them up.
type reportPrinter interface {
	ledger.ReportWriter
	end() error
}

func newReportPrinter(format string, w io.Writer) reportPrinter {
	switch format {
	case "csv":
		return &csvPrinter{csv: csv.NewWriter(w)}
	case "json":
		return &jsonPrinter{w: w}
	}
	return &tablePrinter{w: w}
}

// tablePrinter keeps the lines, and prints them for people.
type tablePrinter struct {
	ledger.Table
	w io.Writer
}

func (p *tablePrinter) end() error {
	p.title()
	if len(p.Rows) == 0 && p.Sum == nil {
		_, err := fmt.Fprintln(p.w, "nothing to report")
		return err
	}
	header := make([]string, len(p.Columns))
	var sides strings.Builder
	for i, c := range p.Columns {
		header[i] = columnTitle(c)
		sides.WriteString(side(c.Kind))
	}
	rows := [][]string{header}
	for _, cells := range p.Rows {
		rows = append(rows, p.texts(cells))
	}
	if p.Sum != nil {
		rows = append(rows, make([]string, len(p.Columns)), p.total())
	}
	grid(p.w, sides.String(), rows)
	return nil
}

// title says what the table is of.
func (p *tablePrinter) title() {
	fmt.Fprintln(p.w, p.Says)
	if p.Subject != "" {
		fmt.Fprintln(p.w, p.Subject)
	}
	asOf := "now"
	if p.AsOf != "" {
		asOf = p.AsOf
	}
	fmt.Fprintf(p.w, "as of %s", asOf)
	for _, v := range p.Parameters {
		fmt.Fprintf(p.w, ", %s %v", strings.ReplaceAll(strings.TrimSuffix(v.Name, "_code"), "_", " "), v.Value)
	}
	fmt.Fprintf(p.w, "; made %s\n\n", p.GeneratedAt.Format("2006-01-02 15:04 MST"))
}

// columnTitle is a column's name; amounts show their unit themselves.
func columnTitle(c ledger.Column) string {
	name := strings.TrimSuffix(c.Name, "_idr")
	if tenths, ok := strings.CutSuffix(name, "_permille"); ok {
		name = tenths + " %"
	}
	return strings.ReplaceAll(name, "_", " ")
}

func side(kind ledger.ColumnKind) string {
	switch kind {
	case ledger.ColumnNumber, ledger.ColumnRupiah, ledger.ColumnPermille:
		return "r"
	}
	return "l"
}

func (p *tablePrinter) texts(cells []any) []string {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = peopleText(p.Columns[i].Kind, cell)
	}
	return texts
}

// total is the last line; where its first cell is empty, it says what the line is.
func (p *tablePrinter) total() []string {
	texts := p.texts(p.Sum)
	if texts[0] == "" {
		texts[0] = "total"
	}
	return texts
}

func peopleText(kind ledger.ColumnKind, cell any) string {
	switch v := cell.(type) {
	case int64:
		switch kind {
		case ledger.ColumnRupiah:
			return iso.Rupiah(v)
		case ledger.ColumnPermille:
			return fmt.Sprintf("%d.%d", v/10, v%10)
		}
	case time.Time:
		if kind == ledger.ColumnTime {
			return v.Format(time.DateTime)
		}
	}
	return plainText(kind, cell)
}

// plainText is a cell as CSV has it.
func plainText(kind ledger.ColumnKind, cell any) string {
	switch v := cell.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case string:
		return v
	case time.Time:
		if kind == ledger.ColumnTime {
			return v.Format(time.RFC3339)
		}
		return v.Format(time.DateOnly)
	}
	return ""
}

// csvPrinter writes a header and plain lines. Totals are left out: a sheet adds up by itself.
type csvPrinter struct {
	csv     *csv.Writer
	columns []ledger.Column
}

func (p *csvPrinter) Begin(head ledger.ReportHead) error {
	p.columns = head.Columns
	names := make([]string, len(p.columns))
	for i, c := range p.columns {
		names[i] = c.Name
	}
	return p.csv.Write(names)
}

func (p *csvPrinter) Row(cells []any) error {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = plainText(p.columns[i].Kind, cell)
	}
	return p.csv.Write(texts)
}

func (p *csvPrinter) Total([]any) error { return nil }

func (p *csvPrinter) end() error {
	p.csv.Flush()
	return p.csv.Error()
}

// jsonPrinter writes one object, a line of the report on a line of its own.
type jsonPrinter struct {
	w       io.Writer
	columns []ledger.Column
	rows    int
	sum     []any
}

func (p *jsonPrinter) Begin(head ledger.ReportHead) error {
	p.columns = head.Columns
	parameters := make(map[string]any, len(head.Parameters))
	for _, v := range head.Parameters {
		parameters[v.Name] = v.Value
	}
	text, err := json.MarshalIndent(struct {
		Report      string          `json:"report"`
		Says        string          `json:"says"`
		Subject     string          `json:"subject,omitempty"`
		AsOf        string          `json:"as_of,omitempty"`
		GeneratedAt time.Time       `json:"generated_at"`
		Parameters  map[string]any  `json:"parameters"`
		Columns     []ledger.Column `json:"columns"`
	}{head.Report, head.Says, head.Subject, head.AsOf, head.GeneratedAt, parameters, head.Columns}, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.w, "%s,\n  \"rows\": [", strings.TrimSuffix(string(text), "\n}"))
	return err
}

func (p *jsonPrinter) Row(cells []any) error {
	object, err := p.object(cells)
	if err != nil {
		return err
	}
	comma := ","
	if p.rows == 0 {
		comma = ""
	}
	p.rows++
	_, err = fmt.Fprintf(p.w, "%s\n    %s", comma, object)
	return err
}

// object is a line as an object, in the order of the columns. Whole numbers stay whole.
func (p *jsonPrinter) object(cells []any) (string, error) {
	parts := make([]string, len(cells))
	for i, cell := range cells {
		if t, ok := cell.(time.Time); ok {
			cell = plainText(p.columns[i].Kind, t)
		}
		text, err := json.Marshal(cell)
		if err != nil {
			return "", err
		}
		parts[i] = fmt.Sprintf("%q: %s", p.columns[i].Name, text)
	}
	return "{" + strings.Join(parts, ", ") + "}", nil
}

func (p *jsonPrinter) Total(cells []any) error {
	p.sum = cells
	return nil
}

func (p *jsonPrinter) end() error {
	total := "null"
	if p.sum != nil {
		object, err := p.object(p.sum)
		if err != nil {
			return err
		}
		total = object
	}
	_, err := fmt.Fprintf(p.w, "\n  ],\n  \"total\": %s\n}\n", total)
	return err
}
