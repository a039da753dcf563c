package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/jackc/pgx/v5"

	"bpnt/ledger/intake"
)

// stageColumns are the columns of the stage, in the order of stageRows.Values.
var stageColumns = []string{"line", "family", "amount", "period", "programme"}

// progressLines is how many lines are read between two words of progress.
const progressLines = 1000

// stageRows reads a file for COPY: one row for each family and month. It holds one line at a time.
type stageRows struct {
	reader   *intake.Reader
	rules    programmeRules
	faults   *faultList
	progress func(lines int64)
	line     disburseLine
	next     int // of line.periods
	total    int64
	unread   bool // the amount of some line could not be read
	pays     map[shareKey]*Share
	values   [5]any
	err      error
}

type shareKey struct {
	programme int16
	period    int32
}

// Next goes on to the next row; it lists the lines that have none.
func (s *stageRows) Next() bool {
	for s.next++; s.next >= len(s.line.periods); s.next = 0 {
		if !s.readLine() {
			return false
		}
	}
	return true
}

// readLine reads up to the next good line.
func (s *stageRows) readLine() bool {
	for {
		fields, err := s.reader.Next()
		if s.reader.Rows()%progressLines == 0 {
			s.progress(s.reader.Rows())
		}
		var fault *intake.Fault
		switch {
		case errors.Is(err, io.EOF):
			return false
		case errors.As(err, &fault):
			s.unread = true
			s.err = s.faults.form(*fault)
		case err != nil:
			s.err = fmt.Errorf("the file cannot be read: %w", err)
		default:
			good, err := s.parse(fields)
			if good {
				return true
			}
			s.err = err
		}
		if s.err != nil {
			return false
		}
	}
}

func (s *stageRows) parse(fields []string) (good bool, err error) {
	trouble := s.line.parse(fields, s.rules)
	s.total += s.line.total
	s.unread = s.unread || s.line.total == 0
	if trouble != nil {
		return false, s.faults.form(intake.Fault{Line: s.reader.Line(), Reason: trouble.Error()})
	}
	return true, nil
}

// Values is the row at hand.
func (s *stageRows) Values() ([]any, error) {
	period, amount := s.line.periods[s.next], s.line.amounts[s.next]
	share := s.pays[shareKey{s.line.programme, period}]
	if share == nil {
		share = &Share{Programme: s.line.code, Period: period}
		s.pays[shareKey{s.line.programme, period}] = share
	}
	share.Families++
	share.AmountIDR += amount
	s.values = [5]any{s.reader.Line(), s.line.family, amount, period, s.line.programme}
	return s.values[:], nil
}

// Err is what ended the reading before the end of the file.
func (s *stageRows) Err() error { return s.err }

// shares are what the rows come to, by programme and period.
func (s *stageRows) shares() []Share {
	all := make([]Share, 0, len(s.pays))
	for _, share := range s.pays {
		all = append(all, *share)
	}
	slices.SortFunc(all, func(a, b Share) int {
		return cmp.Or(cmp.Compare(a.Programme, b.Programme), cmp.Compare(a.Period, b.Period))
	})
	return all
}

// check stages the file and finds every reason why it cannot be paid.
func (f *fileOrder) check(ctx context.Context) (err error) {
	faults := newFaultList(f.Rejects)
	defer func() { err = errors.Join(err, faults.drop()) }()
	rows, err := f.stage(ctx, faults)
	if err != nil {
		return err
	}
	f.tell(PhaseCheck, 0, f.report.Lines)
	if err := f.sort(ctx, faults); err != nil {
		return err
	}
	f.tell(PhaseCheck, f.report.Lines, f.report.Lines)
	totals := f.reader.CheckTotals(rows.total)
	if rows.unread && f.reader.Rows() == f.reader.Header().Lines {
		totals = nil // the sum of amounts of which some cannot be read says nothing
	}
	switch {
	case faults.all.Count() > 0:
		return &FaultsError{Lines: faults.all.Count(), Rejects: f.Rejects, First: faults.all.Examples(), Totals: totals}
	case totals != nil:
		return fmt.Errorf("nothing was paid: %w", totals)
	case f.report.Lines == 0:
		return errors.New("the file pays nobody")
	}
	return nil
}

// sort puts what can be paid into the order of payment. Only where that is not all, the books are asked again, for the
// reasons.
func (f *fileOrder) sort(ctx context.Context, faults *faultList) error {
	var sorted int64
	if err := f.conn.QueryRow(ctx, `select bpnt.stage_sort($1)`, f.report.Name).Scan(&sorted); err != nil {
		return err
	}
	return faults.merge(func(add func(intake.Fault) error) error {
		if sorted == f.report.Purses {
			return nil
		}
		rows, err := f.conn.Query(ctx, `select line, reason from bpnt.stage_faults($1)`, f.report.Name)
		if err != nil {
			return err
		}
		var fault intake.Fault
		_, err = pgx.ForEachRow(rows, []any{&fault.Line, &fault.Reason}, func() error { return add(fault) })
		return err
	})
}

// stage copies the file's rows into the stage.
func (f *fileOrder) stage(ctx context.Context, faults *faultList) (*stageRows, error) {
	rules, err := readProgrammeRules(ctx, f.conn)
	if err != nil {
		return nil, err
	}
	month, err := f.CurrentPeriod(ctx)
	if err != nil {
		return nil, err
	}
	total := f.reader.Header().Lines
	rows := &stageRows{
		line:   disburseLine{latest: month + 100},
		reader: f.reader, rules: rules, faults: faults, pays: map[shareKey]*Share{},
		progress: func(lines int64) { f.tell(PhaseRead, lines, total) },
	}
	f.report.Purses, err = f.conn.CopyFrom(ctx, pgx.Identifier{"bpnt", "stage"}, stageColumns, rows)
	if rows.err != nil { // COPY's own error only says that the client gave up
		err = rows.err
	}
	f.report.Lines, f.report.TotalIDR, f.report.Pays = f.reader.Rows(), rows.total, rows.shares()
	f.tell(PhaseRead, f.report.Lines, total)
	return rows, err
}
