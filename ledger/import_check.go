package ledger

import (
	"context"
	"errors"
	"io"

	"github.com/jackc/pgx/v5"

	"bpnt/ledger/intake"
)

// lineSource feeds COPY with a file's lines: each with its fields, or with what is wrong with it.
type lineSource struct {
	run *importRun
	row []any
	err error
}

// Next reads a line.
func (s *lineSource) Next() bool {
	fields, err := s.run.reader.Next()
	var fault *intake.Fault
	switch {
	case errors.Is(err, io.EOF):
		return false
	case errors.As(err, &fault):
		s.row = s.faulty(fault.Reason)
	case err != nil:
		s.err = err
		return false
	default:
		s.row = s.parsed(fields)
	}
	if rows := s.run.reader.Rows(); rows%1000 == 0 {
		s.run.progress("lines read", rows)
	}
	return true
}

// progress tells how far a step is, where somebody wants to know.
func (r *importRun) progress(step string, rows int64) {
	if r.Progress != nil {
		r.Progress(step, rows)
	}
}

func (s *lineSource) parsed(fields []string) []any {
	values, err := s.run.parse(s.run, fields)
	if err != nil {
		return s.faulty(err.Error())
	}
	return append([]any{s.run.reader.Line(), nil}, values...)
}

func (s *lineSource) faulty(reason string) []any {
	return append([]any{s.run.reader.Line(), reason}, make([]any, len(s.run.fields))...)
}

// Values is the line that was read.
func (s *lineSource) Values() ([]any, error) { return s.row, nil }

// Err is what ended the reading before the end of the file.
func (s *lineSource) Err() error { return s.err }

// load stages the file.
func (r *importRun) load(ctx context.Context) error {
	table := pgx.Identifier{"pg_temp", "stage_" + r.Kind}
	source := &lineSource{run: r}
	rows, err := r.conn.CopyFrom(ctx, table, append([]string{"line", "fault"}, r.fields...), source)
	if source.err != nil {
		return source.err
	}
	if err != nil {
		return err
	}
	r.report.Lines = rows
	if err := r.reader.CheckTotals(0); err != nil {
		return err
	}
	if err := r.sameFile(ctx); err != nil {
		return err
	}
	_, err = r.conn.Exec(ctx, `analyze stage_`+r.Kind)
	return err
}

// check lists what is wrong with the lines, in their order.
func (r *importRun) check(ctx context.Context) error {
	r.progress("lines checked", 0)
	defer r.progress("lines checked", r.report.Lines)
	rows, err := r.conn.Query(ctx, `select line, fault from stage_`+r.Kind+` where fault is not null
		union all select * from (`+r.faults+`) f (line, reason) where reason is not null order by 1`, r.checkArguments())
	if err != nil {
		return err
	}
	var fault intake.Fault
	_, err = pgx.ForEachRow(rows, []any{&fault.Line, &fault.Reason}, func() error {
		r.report.Faults++
		return r.Rejects.Add(fault)
	})
	return err
}

// checkArguments are those of all kinds' checks: the changes of status that a file may make, the time, and whether links
// need not be known.
func (r *importRun) checkArguments() pgx.NamedArgs {
	return pgx.NamedArgs{"moves": r.moves, "now": r.l.now(), "new_links": r.NewLinks}
}

// plan decides what is to be written and counts it. It does so for all kinds, since a new family's bucket depends on its
// card, and a card's on its family.
func plan(ctx context.Context, conn *pgx.Conn, runs []*importRun) error {
	for _, name := range ImportKinds {
		for _, sql := range importKinds[name].todo {
			if _, err := conn.Exec(ctx, sql); err != nil {
				return err
			}
		}
	}
	for _, r := range runs {
		if err := conn.QueryRow(ctx, r.counts).Scan(&r.report.Added, &r.report.Changed); err != nil {
			return err
		}
		r.report.Same = r.report.Lines - r.report.Added - r.report.Changed
	}
	return nil
}

// wholeNumber reads digits; a fault never quotes them, since they may be a card number in the wrong column.
func wholeNumber(what, s string, most int64) (int64, error) {
	n, err := intake.Number(s)
	if err != nil || n > most {
		return 0, errors.New(what + " must be a number, in digits only")
	}
	return n, nil
}

// optional turns an empty field into null.
func optional(s string) any {
	if s == "" {
		return nil
	}
	return s
}
