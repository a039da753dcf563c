package ledger

import (
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// ColumnKind says what a column's cells are, and so how they are printed.
type ColumnKind string

// The kinds of columns.
const (
	ColumnText     ColumnKind = "text"
	ColumnNumber   ColumnKind = "number"
	ColumnRupiah   ColumnKind = "rupiah"   // whole rupiah
	ColumnDate     ColumnKind = "date"     // a business date
	ColumnTime     ColumnKind = "time"     // in the ledger's time zone
	ColumnPermille ColumnKind = "permille" // tenths of a percent, rounded down
)

// Column is a report's column. Its unit stands last in its name: _idr, _permille.
type Column struct {
	Name string     `json:"name"`
	Kind ColumnKind `json:"kind"`
}

// columnsOf are a query's columns; marked says that is_total follows as the last one.
func columnsOf(fields []pgconn.FieldDescription) (columns []Column, marked bool) {
	if last := len(fields) - 1; fields[last].Name == "is_total" {
		fields, marked = fields[:last], true
	}
	for _, f := range fields {
		columns = append(columns, Column{f.Name, kindOf(f)})
	}
	return columns, marked
}

func kindOf(f pgconn.FieldDescription) ColumnKind {
	switch {
	case strings.HasSuffix(f.Name, "_idr"):
		return ColumnRupiah
	case strings.HasSuffix(f.Name, "_permille"):
		return ColumnPermille
	}
	switch f.DataTypeOID {
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
		return ColumnNumber
	case pgtype.DateOID:
		return ColumnDate
	case pgtype.TimestamptzOID:
		return ColumnTime
	}
	return ColumnText
}

// plain makes every whole number an int64 and puts every time into the ledger's zone; a date stays at midnight UTC.
func plain(columns []Column, cells []any, zone *time.Location) []any {
	for i, cell := range cells {
		cells[i] = number(cell)
		if t, ok := cell.(time.Time); ok && columns[i].Kind == ColumnTime {
			cells[i] = t.In(zone)
		}
	}
	return cells
}

func number(v any) any {
	switch n := v.(type) {
	case int:
		return int64(n)
	case int16:
		return int64(n)
	case int32:
		return int64(n)
	}
	return v
}

// Table keeps a report in memory.
type Table struct {
	ReportHead
	Rows [][]any
	Sum  []any // the total line; nil where the report has none
}

// Begin keeps the head.
func (t *Table) Begin(head ReportHead) error {
	t.ReportHead = head
	return nil
}

// Row keeps a line.
func (t *Table) Row(cells []any) error {
	t.Rows = append(t.Rows, cells)
	return nil
}

// Total keeps the total line.
func (t *Table) Total(cells []any) error {
	t.Sum = cells
	return nil
}
