package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"bpnt/ledger/intake"
)

// The phases of a disbursement file, as its Progress tells them.
const (
	PhaseRead  = "lines read"
	PhaseCheck = "lines checked"
	PhaseFund  = "purses funded"
)

// FileOptions say which disbursement file to carry out, and how.
type FileOptions struct {
	Path     string // the file
	Rejects  string // where its faults are listed; Path with .rejects.csv where empty
	DryRun   bool   // check everything, tell what would be paid, move nothing
	Progress func(phase string, done, total int64)
}

// FileReport tells what a disbursement file says and what a run did. A run that was broken off is simply run again.
type FileReport struct {
	DisburseReport
	Lines      int64      `json:"lines"`
	TotalIDR   int64      `json:"total_idr"`
	DryRun     bool       `json:"dry_run"`
	DoneBefore *time.Time `json:"done_before"` // when an earlier run carried it out; this one then moved nothing
	Pays       []Share    `json:"pays"`        // by programme and period; empty where it was done before
}

// Share is what a file pays of one programme and period.
type Share struct {
	Programme string `json:"programme"`
	Period    int32  `json:"period"` // YYYYMM
	Families  int64  `json:"families"`
	AmountIDR int64  `json:"amount_idr"`
}

// FaultsError says that a file has lines that cannot be paid. Nothing of it was.
type FaultsError struct {
	Lines   int64          // with a fault
	Rejects string         // the file that lists them all, in their order
	First   []intake.Fault // some of them
	Totals  error          // what is wrong with the totals besides; nil where they agree or cannot be told
}

func (e *FaultsError) Error() string {
	says := fmt.Sprintf("%d lines cannot be paid, so nothing was: %s lists them", e.Lines, e.Rejects)
	if e.Totals != nil {
		says += "; " + e.Totals.Error()
	}
	return says
}

// fileOrder is a disbursement file under way.
type fileOrder struct {
	*Ledger
	FileOptions
	conn   *pgx.Conn
	reader *intake.Reader
	report *FileReport
}

// DisburseFile pays what a file of kind "disbursement" says: all of it, or nothing. The whole file is read, staged and
// checked; then its purses are filled in chunks, and made spendable by one statement at the end. Lines that cannot be
// paid are a *FaultsError. A file that was carried out before moves nothing and is no error; one that was broken off
// goes on; another file under the same identity is refused.
func (l *Ledger) DisburseFile(ctx context.Context, o FileOptions) (report FileReport, err error) {
	if o.Rejects == "" {
		o.Rejects = o.Path + ".rejects.csv"
	}
	file, err := openRegular(o.Path)
	if err != nil {
		return report, err
	}
	defer file.Close()
	known, err := intake.NewReader(file, "disbursement", disburseColumns...)
	if err != nil {
		return report, fmt.Errorf("%s: %w", o.Path, err)
	}
	report.DryRun, report.Name = o.DryRun, known.Header().ID
	err = l.job(ctx, "disburse "+report.Name, func(conn *pgx.Conn) error {
		f := &fileOrder{Ledger: l, FileOptions: o, conn: conn, reader: known, report: &report}
		return brokenOff(ctx, conn, f.run(ctx, file))
	})
	return report, jobError(err)
}

// openRegular opens a file that can be read twice.
func openRegular(path string) (*os.File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read: %w", err)
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(fmt.Errorf("%s is not a file that can be read twice: give a regular file", path), file.Close())
	}
	return file, nil
}

func (f *fileOrder) run(ctx context.Context, file io.ReadSeeker) error {
	done, err := f.doneBefore(ctx, file)
	if err != nil || done {
		return err
	}
	if _, err := f.conn.Exec(ctx, `select bpnt.stage_clear()`); err != nil {
		return err
	}
	if err := f.check(ctx); err != nil {
		return errors.Join(err, f.clear(ctx))
	}
	if f.DryRun {
		return f.clear(ctx)
	}
	progress := func(purses int64) { f.tell(PhaseFund, purses, f.report.Purses) }
	o := order{name: f.report.Name, digest: f.reader.Digest(), progress: progress}
	err = f.fund(ctx, f.conn, o, &f.report.DisburseReport)
	f.report.Before = f.report.Purses - f.report.Funded
	return err
}

// clear empties the stage of a file that is not paid now. Where the session is gone the next run does it.
func (f *fileOrder) clear(ctx context.Context) error {
	if ctx.Err() != nil || f.conn.IsClosed() {
		return nil
	}
	_, err := f.conn.Exec(ctx, `select bpnt.stage_clear()`)
	return err
}

func (f *fileOrder) tell(phase string, done, total int64) {
	if f.Progress != nil {
		f.Progress(phase, done, total)
	}
}

// doneBefore tells whether this file was carried out already, and refuses another one under a name that is taken. Only
// a file whose name is known is read a second time for this.
func (f *fileOrder) doneBefore(ctx context.Context, file io.ReadSeeker) (bool, error) {
	var status string
	var digest []byte
	var begun time.Time
	var opened *time.Time
	err := f.conn.QueryRow(ctx, `select status, digest, begun_at, opened_at from bpnt.disbursement where name = $1`, f.report.Name).
		Scan(&status, &digest, &begun, &opened)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := f.sameFile(file, digest, begun); err != nil {
		return false, err
	}
	switch status {
	case "open":
		f.report.DoneBefore = opened
		f.report.Expired, err = f.finish(ctx)
		return true, err
	case "funding":
		return false, nil
	}
	return false, fmt.Errorf("disbursement %s was reversed: to pay these families after all, send a file with a new identity", f.report.Name)
}

// finish clears away what a run that was broken off at its very end left. A dry run leaves it.
func (f *fileOrder) finish(ctx context.Context) (Moved, error) {
	if f.DryRun {
		return Moved{}, nil
	}
	if err := f.clear(ctx); err != nil {
		return Moved{}, err
	}
	return f.empty(ctx, f.conn, expired, nil)
}

// sameFile refuses a file whose name belongs to another one.
func (f *fileOrder) sameFile(file io.ReadSeeker, digest []byte, begun time.Time) error {
	if digest == nil {
		return fmt.Errorf("%s is the name of an order for every family: a file needs an identity of its own", f.report.Name)
	}
	at, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	sum := sha256.New()
	if _, err = file.Seek(0, io.SeekStart); err == nil {
		_, err = io.Copy(sum, file)
	}
	if err != nil {
		return fmt.Errorf("the file cannot be read: %w", err)
	}
	if !bytes.Equal(sum.Sum(nil), digest) {
		return fmt.Errorf("another file with the identity %s was given on %s: each file needs an identity of its own",
			f.report.Name, begun.Format(time.DateOnly))
	}
	_, err = file.Seek(at, io.SeekStart)
	return err
}
