package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// report reads a report as of a moment, told that it is now the test's time.
func (b *books) report(r Report, asOf string) *Table {
	b.t.Helper()
	at, err := ParseAsOf(asOf)
	b.must(0, err)
	table := &Table{}
	b.must(0, b.operator.at(b.now).Report(b.t.Context(), r, at, table))
	return table
}

// lines are a report's lines as text, the total last; the columns named are left out.
func lines(t *Table, without ...string) []string {
	var out []string
	for _, row := range t.Rows {
		out = append(out, line(t.Columns, row, without))
	}
	if t.Sum != nil {
		out = append(out, "total "+line(t.Columns, t.Sum, without))
	}
	return out
}

func line(columns []Column, row []any, without []string) string {
	var cells []string
	skip := " " + strings.Join(without, " ") + " "
	for i, cell := range row {
		if !strings.Contains(skip, " "+columns[i].Name+" ") {
			cells = append(cells, cellText(columns[i].Kind, cell))
		}
	}
	return strings.Join(cells, " | ")
}

func cellText(kind ColumnKind, cell any) string {
	switch v := cell.(type) {
	case nil:
		return "-"
	case time.Time:
		if kind == ColumnDate {
			return v.Format("02 Jan")
		}
		return v.Format("02 Jan 15:04:05")
	}
	return fmt.Sprint(cell)
}

// says compares a report's lines with what they should be.
func (b *books) says(what string, t *Table, want ...string) {
	b.t.Helper()
	b.compare(what, lines(t), want)
}

func (b *books) compare(what string, got, want []string) {
	b.t.Helper()
	if g, w := strings.Join(got, "\n  "), strings.Join(want, "\n  "); g != w {
		b.t.Errorf("%s:\n  %s\nwant:\n  %s", what, g, w)
	}
}

// everyReport is one of each kind, over as much as it can tell.
func everyReport() map[string]Report {
	wide := Scope{FromPeriod: 202601, ToPeriod: 202712}
	days := Scope{From: "2026-01-01"}
	return map[string]Report{
		"realisation":   Realisation(wide, false),
		"together":      Realisation(wide, true),
		"untouched":     Untouched(wide),
		"dormancy":      Dormancy(Scope{}),
		"disbursements": Disbursements(Scope{}),
		"outlets":       Outlets(Scope{FromPeriod: 202601}),
		"outlet":        OutletStatement(testMID, days, false),
		"daily":         OutletStatement(testMID, days, true),
		"family":        FamilyStatement(1, Scope{}),
		"declines":      Declines(days),
		"exceptions":    Exceptions(days),
		"flags":         Flags(Scope{}, DefaultThresholds()),
	}
}

// TestReportsOfEmptyBooks: nothing happened, and every report says so.
func TestReportsOfEmptyBooks(t *testing.T) {
	b := newBooks(t)
	b.family(1, pan("a", 0))
	for name, r := range everyReport() {
		table := b.report(r, "")
		if table.Says == "" || len(table.Columns) < 5 || !strings.HasSuffix(table.Says, ".") {
			t.Errorf("%s: %+v", name, table.ReportHead)
		}
		if r.name == "outlet" {
			r.scope.From = "" // its month
		}
		for _, asOf := range []string{"2026-01-01", "2026-01-01 12:00"} {
			if table := b.report(r, asOf); money(table) != 0 || !strings.HasPrefix(table.AsOf, asOf) {
				t.Errorf("%s as of %s: %v", name, asOf, lines(table))
			}
		}
	}
}

// money is the sum of all cells in rupiah.
func money(t *Table) (sum int64) {
	for _, row := range append(t.Rows, t.Sum) {
		for i, cell := range row {
			if amount, ok := cell.(int64); ok && t.Columns[i].Kind == ColumnRupiah {
				sum += amount
			}
		}
	}
	return sum
}

func TestParseAsOf(t *testing.T) {
	for text, want := range map[string]AsOf{
		"": {}, "2026-11-30": {date: "2026-11-30"}, "2026-11-25 14:30": {time: "2026-11-25 14:30:00"},
		"2026-11-25 14:30:15": {time: "2026-11-25 14:30:15"},
	} {
		if got, err := ParseAsOf(text); got != want || err != nil {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"yesterday", "2026-02-30", "2026-11", "20261130", "2026-11-25 25:00", "2026-11-25T14:30:00Z"} {
		if _, err := ParseAsOf(text); err == nil || !strings.Contains(err.Error(), "no moment") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestReportsRefuse: what cannot be told is said in a sentence, and no line of a report was handed out before.
func TestReportsRefuse(t *testing.T) {
	b := newBooks(t)
	for says, ask := range map[string]struct {
		report Report
		asOf   string
	}{
		"2027-01-01 lies in the future":  {Realisation(Scope{}, false), "2027-01-01"},
		"2026-11-25 12:01:00 lies in":    {Realisation(Scope{}, false), "2026-11-25 12:01"},
		"there is no programme RASTRA":   {Realisation(Scope{Programme: "RASTRA"}, false), ""},
		"region 99 is not in the books":  {Untouched(Scope{Region: 99}), ""},
		"a month written YYYYMM":         {Untouched(Scope{FromPeriod: 202613}), ""},
		"see the periods":                {Outlets(Scope{FromPeriod: 202612, ToPeriod: 202611}), ""},
		"see the dates":                  {Declines(Scope{From: "2026-11-20", To: "2026-11-19"}), ""},
		"\"25 Nov\" is no business date": {Flags(Scope{From: "25 Nov"}, DefaultThresholds()), ""},
		"outlet 999: not found":          {OutletStatement("999", Scope{}, true), ""},
		"family 7: not found":            {FamilyStatement(7, Scope{}), ""},
		"it is asked for":                {Declines(Scope{From: "2026-12-01"}), "2026-11-24"},
	} {
		at, err := ParseAsOf(ask.asOf)
		b.must(0, err)
		var table Table
		err = b.operator.at(b.now).Report(t.Context(), ask.report, at, &table)
		if err == nil || !strings.Contains(err.Error(), says) || table.Columns != nil {
			t.Errorf("%v, should say %q", err, says)
		}
	}
}

// TestReportSaysWhatWasAsked: the head names the moment, the clock and the parameters with their defaults.
func TestReportSaysWhatWasAsked(t *testing.T) {
	b := newBooks(t)
	head := b.report(Realisation(Scope{Programme: "BPNT"}, false), "2026-11-24").ReportHead
	if got := fmt.Sprint(head.Report, head.AsOf, head.GeneratedAt, head.Parameters); got !=
		"realisation2026-11-242026-11-25 12:00:00 +0700 WIB [{programme_code BPNT} {from_period 202611} {to_period 202611} {together false}]" {
		t.Error(got)
	}
	head = b.report(OutletStatement(testMID, Scope{}, true), "").ReportHead
	if got := fmt.Sprint(head.Subject, head.Parameters); got !=
		"outlet 600600600600600, E-WARONG MELATI, Jakarta Timur[{mid 600600600600600} {from 2026-11-01} {to 2026-11-25}]" {
		t.Error(got)
	}
}
