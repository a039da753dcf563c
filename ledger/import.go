package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"bpnt/ledger/intake"
)

// importChunk is how many rows are written under one hold of a bucket's lock: about 10 ms here.
const importChunk = 500

// Import is a file of families, cards, outlets, terminals, regions or banks on its way into the books.
//
// It is staged in a table of the session, so memory is constant and nothing is left behind; all of it is checked; and
// only without a fault is it written: new rows are added, known ones changed where they differ, in chunks. A run that
// was broken off is run again: it writes what is left.
type Import struct {
	Kind     string // one of ImportKinds
	In       io.Reader
	Rejects  *intake.Rejects // gets every fault, by line
	DryRun   bool
	Keys     CardKeys // for cards
	NewLinks bool     // for terminals: a link that is not known yet is registered, and no fault
	Progress func(step string, rows int64)
}

// CardKeys are the parts of the security boundary that a file of cards needs; pin.Keystore has them.
type CardKeys interface {
	PANKey(digits []byte) [16]byte
	PANKeyID() int16
}

// ImportReport tells what a file brought, or would bring.
type ImportReport struct {
	Kind    string `json:"kind"`
	File    string `json:"file"` // its identity
	Lines   int64  `json:"lines"`
	Added   int64  `json:"added"`
	Changed int64  `json:"changed"`
	Same    int64  `json:"same"` // stood in the books as the file says
	Faults  int64  `json:"faults"`
	DryRun  bool   `json:"dry_run"`
}

// importKind is how the files of a kind are read, checked and written. The SQL works on the session's tables: stage_KIND
// has the file's lines, todo_KIND what is to be written, numbered (n) within each bucket.
type importKind struct {
	columns []string
	stage   string // columns of the stage table besides line and fault
	fields  []string
	parse   func(*importRun, []string) ([]any, error) // to fields; the error is a fault
	faults  string                                    // line and reason, of the lines that could be read
	moves   []string                                  // changes of status that a file may make, as "from to"
	todo    []string                                  // makes the todo tables
	counts  string                                    // rows to add and to change
	writes  []importWrite
}

// importWrite writes a chunk of at most @most rows, after number @after of bucket @bucket, at the time @now, for the
// journal from @file. It tells the last number, null where none was left, and how many rows were added and changed.
type importWrite struct {
	bucketed bool
	sql      string
}

var importKinds = map[string]*importKind{
	"regions": &regionFile, "banks": &bankFile, "families": &familyFile, "cards": &cardFile, "outlets": &outletFile,
	"terminals": &terminalFile,
}

// ImportKinds are the kinds that Import takes, in the order in which an empty ledger needs them.
var ImportKinds = []string{"regions", "banks", "families", "cards", "outlets", "terminals"}

// ImportColumns are the columns of a kind's files.
func ImportColumns(kind string) []string { return importKinds[kind].columns }

// importRun is an Import at work.
type importRun struct {
	Import
	*importKind
	l      *Ledger
	conn   *pgx.Conn
	reader *intake.Reader
	report ImportReport
}

// Import brings files into the books, all of them or, where one has a fault, none: faults are no error, the reports
// count them. Families and their first cards belong into one call, since a family's bucket is then that of its card.
func (l *Ledger) Import(ctx context.Context, files ...Import) ([]ImportReport, error) {
	runs := make([]*importRun, len(files))
	for i, file := range files {
		run, err := l.openImport(file)
		if err != nil {
			return nil, err
		}
		runs[i] = run
	}
	err := l.job(ctx, "import", func(conn *pgx.Conn) error { return lostConnection(ctx, conn, importAll(ctx, conn, runs)) })
	reports := make([]ImportReport, len(runs))
	for i, run := range runs {
		reports[i] = run.report
	}
	return reports, jobError(err)
}

// lostConnection says what to do about a connection that ended in the middle: COPY reports it as an error of a socket.
func lostConnection(ctx context.Context, conn *pgx.Conn, err error) error {
	var server *pgconn.PgError
	switch {
	case err == nil || !conn.IsClosed() || errors.As(err, &server):
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("stopped: run it again, and it goes on (%w)", ctx.Err())
	}
	return fmt.Errorf("the connection to the database was lost: run it again, and it goes on (%w)", ErrUnavailable)
}

// openImport reads a file's header.
func (l *Ledger) openImport(file Import) (*importRun, error) {
	kind := importKinds[file.Kind]
	if kind == nil {
		return nil, fmt.Errorf("files of %q are not known: there are %s", file.Kind, strings.Join(ImportKinds, ", "))
	}
	reader, err := intake.NewReader(file.In, file.Kind, kind.columns...)
	if err != nil {
		return nil, err
	}
	return &importRun{
		Import: file, importKind: kind, l: l, reader: reader,
		report: ImportReport{Kind: file.Kind, File: reader.Header().ID, DryRun: file.DryRun},
	}, nil
}

// importAll stages and checks all files before it writes any.
func importAll(ctx context.Context, conn *pgx.Conn, runs []*importRun) error {
	if err := prepareImport(ctx, conn); err != nil {
		return err
	}
	for _, run := range runs {
		run.conn = conn
		if err := run.load(ctx); err != nil {
			return err
		}
	}
	// From the check to the end nobody else registers, so what was checked holds.
	if err := register(ctx, conn); err != nil {
		return err
	}
	faults, err := check(ctx, runs)
	if err != nil || faults {
		return err
	}
	if err := plan(ctx, conn, runs); err != nil {
		return err
	}
	return writeAll(ctx, conn, runs)
}

// prepareImport makes the stage tables of all kinds, since one kind's check may look at another's. They end with the
// session.
func prepareImport(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, `select set_config('jit', 'off', false), set_config('work_mem', '64MB', false)`); err != nil {
		return err
	}
	for _, name := range ImportKinds {
		_, err := conn.Exec(ctx, `create temp table stage_`+name+` (line bigint not null, fault text, `+importKinds[name].stage+`)`)
		if err != nil {
			return err
		}
	}
	return nil
}

// check lists every file's faults and tells whether there are any.
func check(ctx context.Context, runs []*importRun) (faults bool, err error) {
	for _, run := range runs {
		if err := run.check(ctx); err != nil {
			return false, err
		}
		faults = faults || run.report.Faults > 0
	}
	return faults, nil
}
