package ledger

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// writeAll carries out what was planned, unless the files are only to be looked at.
func writeAll(ctx context.Context, conn *pgx.Conn, runs []*importRun) error {
	for _, run := range runs {
		if run.DryRun {
			return nil
		}
	}
	// The tables that are written may be empty now and full at the end of one statement's life: a plan that scans them
	// would be right for the first chunk only.
	_, err := conn.Exec(ctx, `select set_config(name, 'off', false) from unnest('{enable_seqscan,enable_hashjoin,enable_mergejoin}'::text[]) name`)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if err := run.write(ctx); err != nil {
			return err
		}
	}
	return nil
}

// write writes a file's rows, between two lines of the journal.
func (r *importRun) write(ctx context.Context) error {
	what := r.what()
	if err := r.note(ctx, "import begun", what); err != nil {
		return err
	}
	r.report.Added, r.report.Changed = 0, 0
	for _, w := range r.writes {
		if err := r.writeBuckets(ctx, w); err != nil {
			return err
		}
	}
	return r.note(ctx, "import", fmt.Sprintf("%s, %d added, %d changed, %d same", what, r.report.Added, r.report.Changed, r.report.Same))
}

// what is what the journal calls the file. Its digest keeps another file from taking its identity.
func (r *importRun) what() string {
	return fmt.Sprintf("file %s: %s, sha256 %s", r.report.File, r.Kind, hex.EncodeToString(r.reader.Digest()[:16]))
}

func (r *importRun) note(ctx context.Context, action, what string) error {
	return pgx.BeginFunc(ctx, r.conn, func(tx pgx.Tx) error { return journal(ctx, tx, action, what, "") })
}

func (r *importRun) writeBuckets(ctx context.Context, w importWrite) error {
	buckets := 1
	if w.bucketed {
		buckets = r.l.buckets
	}
	for bucket := range int16(buckets) {
		for last := (*int64)(new(int64)); last != nil; {
			var err error
			if last, err = r.writeChunk(ctx, w, bucket, *last); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeChunk writes the rows after a number and tells the last one's.
func (r *importRun) writeChunk(ctx context.Context, w importWrite, bucket int16, after int64) (last *int64, err error) {
	step := func(tx pgx.Tx) error {
		var added, changed int64
		err := tx.QueryRow(ctx, w.sql, pgx.NamedArgs{
			"bucket": bucket, "after": after, "most": importChunk, "now": r.l.now(), "file": "file " + r.report.File,
		}).Scan(&last, &added, &changed)
		r.report.Added += added
		r.report.Changed += changed
		return err
	}
	if w.bucketed {
		err = underBucket(ctx, r.conn, bucket, step)
	} else {
		err = pgx.BeginFunc(ctx, r.conn, step)
	}
	r.progress("rows written", r.report.Added+r.report.Changed)
	return last, err
}

// sameFile refuses a file whose identity another file has.
func (r *importRun) sameFile(ctx context.Context) error {
	from, to := whatRange("file "+r.report.File, ':')
	var other bool
	err := r.conn.QueryRow(ctx, `select exists (select from bpnt.journal where what collate "C" >= $1 and what collate "C" < $2
		and action = 'import begun' and what <> $3)`, from, to, r.what()).Scan(&other)
	if err == nil && other {
		err = errors.New("a file with the identity " + r.report.File + " was imported before, with other content: give this one an identity of its own")
	}
	return err
}
