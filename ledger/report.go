package ledger

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Each file is one report, or one kind of line of exceptions and flags: its first line says in a sentence what it tells.
// "-- with:" names the files that it reads like tables. What it calls @name are the arguments of moment.arguments and of
// the report itself.
//
//go:embed report/*.sql
var reports embed.FS

// reportWorkMem is what each sort and hash of a report may keep in memory: a month of Jakarta's purses fits.
const reportWorkMem = "256MB"

// reportSettings suit statements that read a month's or a year's rows: compiling them costs more than it saves, and what
// is joined comes in no order. $2 is whether sorting may be chosen where summing by hash would do.
const reportSettings = `select set_config('jit', 'off', true), set_config('work_mem', $1, true),
	set_config('enable_mergejoin', 'off', true), set_config('enable_sort', $2::boolean::text, true)`

// Report is a question to the books: Realisation, Untouched and so on make one.
type Report struct {
	name     string
	parts    []string // files, whose lines follow one another; all have the same columns
	says     string   // what it tells; empty where the first file says so
	scope    Scope
	defaults func(*Scope, time.Time) // of the scope, given the business date of the moment
	args     pgx.NamedArgs           // what the files ask for besides the moment and the scope
	shows    []string                // arguments that say what was asked, for the head
	hashes   bool                    // it sums millions of lines into few: by hash, however few lines the planner expects
	// find looks up what the report is about, and adds to the arguments; nil where it is about everything.
	find func(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) (subject string, err error)
}

// ReportHead says what a report is of.
type ReportHead struct {
	Report      string      // its name on the command line
	Says        string      // what it tells, in a sentence
	Subject     string      // the outlet or family that it is about; empty for reports on everything
	AsOf        string      // the moment asked for: a business date, or a time; empty for now
	GeneratedAt time.Time   // by the ledger's clock, in its time zone
	Parameters  []Parameter // what was asked, with defaults filled in
	Columns     []Column
}

// Parameter is a part of what was asked: a string, an int64 or a bool.
type Parameter struct {
	Name  string
	Value any
}

// ReportWriter takes a report as it is read, so that a long one needs no memory. Cells are int64, string, time.Time or
// nil, by their column's Kind.
type ReportWriter interface {
	Begin(ReportHead) error
	Row(cells []any) error
	Total(cells []any) error // at most once, at the end: sums, or the closing balance
}

// Report reads the books as of a moment, in one snapshot that does not hinder anybody, and hands the lines to w.
func (l *Ledger) Report(ctx context.Context, r Report, at AsOf, w ReportWriter) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, l.pool, options, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, reportSettings, reportWorkMem, !r.hashes); err != nil {
			return err
		}
		m, err := l.readMoment(ctx, tx, at)
		if err != nil {
			return err
		}
		return r.run(ctx, tx, m, w)
	})
	return jobError(err)
}

func (r Report) run(ctx context.Context, tx pgx.Tx, m moment, w ReportWriter) error {
	args, err := m.arguments(ctx, tx, r)
	if err != nil {
		return err
	}
	head := ReportHead{Report: r.name, AsOf: m.asOf, GeneratedAt: m.now}
	if r.find != nil {
		if head.Subject, err = r.find(ctx, tx, args); err != nil {
			return err
		}
	}
	head.Parameters = parameters(args, r.shows)
	for i, part := range r.parts {
		says, query, err := readReport(part)
		if err != nil {
			return err
		}
		if i == 0 {
			head.Says = cmp.Or(r.says, says)
		}
		if err := copyLines(ctx, tx, query, args, w, head, i == 0, m.zone); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
	}
	return nil
}

// copyLines runs one file and hands on its lines. A column is_total is not shown: it marks the total.
func copyLines(ctx context.Context, tx pgx.Tx, query string, args pgx.NamedArgs, w ReportWriter, head ReportHead, first bool, zone *time.Location) error {
	rows, err := tx.Query(ctx, query, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, marked := columnsOf(rows.FieldDescriptions())
	if first {
		head.Columns = columns
		if err := w.Begin(head); err != nil {
			return err
		}
	}
	for rows.Next() {
		cells, err := rows.Values()
		if err != nil {
			return err
		}
		write := w.Row
		if marked && cells[len(columns)] == true {
			write = w.Total
		}
		if err := write(plain(columns, cells[:len(columns)], zone)); err != nil {
			return err
		}
	}
	return rows.Err()
}

// readReport reads a file and puts in front of it those that it reads like tables.
func readReport(name string) (says, query string, err error) {
	text, err := reports.ReadFile(path.Join("report", name+".sql"))
	if err != nil {
		return "", "", err
	}
	var tables []string
	var body strings.Builder
	for line := range strings.Lines(string(text)) {
		comment, isComment := strings.CutPrefix(line, "-- ")
		switch names, reads := strings.CutPrefix(comment, "with: "); {
		case says == "":
			says = strings.TrimSpace(comment)
		case reads:
			tables = strings.Fields(names)
		case !isComment && strings.TrimSpace(line) != "--":
			body.WriteString(line)
		}
	}
	query, err = withTables(body.String(), tables)
	return says, query, err
}

func withTables(query string, tables []string) (string, error) {
	var with strings.Builder
	for _, table := range tables {
		_, text, err := readReport(table)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&with, "%s as (%s), ", table, text)
	}
	rest, more := strings.CutPrefix(query, "with ")
	switch {
	case with.Len() == 0:
		return query, nil
	case more:
		return "with " + with.String() + rest, nil
	}
	return "with " + strings.TrimSuffix(with.String(), ", ") + " " + query, nil
}

// parameters are the named arguments that have a value.
func parameters(args pgx.NamedArgs, names []string) []Parameter {
	var shown []Parameter
	for _, name := range names {
		switch v := args[name].(type) {
		case time.Time:
			shown = append(shown, Parameter{name, v.Format(time.DateOnly)})
		case time.Duration:
			shown = append(shown, Parameter{name, v.String()})
		case nil:
		default:
			shown = append(shown, Parameter{name, number(v)})
		}
	}
	return shown
}
