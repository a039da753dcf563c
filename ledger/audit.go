package ledger

import (
	"context"
	"embed"
	"fmt"
	"path"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Each file is one invariant of RELIABILITY 2: its first line says it in a sentence, its query returns a line of text
// for each row that breaks it. I19 to I25 are our own.
//
//go:embed audit/*.sql
var audits embed.FS

// auditExamples is how many broken rows are named for each invariant; the count is of all.
const auditExamples = 10

// AuditReport is the state of the books in one snapshot.
type AuditReport struct {
	Checked     []Check `json:"checked"`
	Violations  int64   `json:"violations"`
	Postings    int64   `json:"postings"`
	FundedIDR   int64   `json:"funded_idr"`
	DebitsIDR   int64   `json:"debits_idr"` // what outlets are owed: redemptions and advances less what was undone
	Redemptions int64   `json:"redemptions"`
	Reversals   int64   `json:"reversals"`
}

// Check is one invariant and what broke it.
type Check struct {
	Invariant  string   `json:"invariant"`
	Says       string   `json:"says"`
	Violations int64    `json:"violations"`
	Examples   []string `json:"examples,omitempty"`
}

// Clean tells whether every invariant holds.
func (r AuditReport) Clean() bool { return r.Violations == 0 }

// Audit checks every invariant in one snapshot. It may run while the gateway works.
func (l *Ledger) Audit(ctx context.Context, progress func(invariant string)) (AuditReport, error) {
	var report AuditReport
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, l.pool, options, func(tx pgx.Tx) error { return report.run(ctx, tx, progress) })
	return report, jobError(err)
}

// auditSettings suit statements that read whole tables: compiling them costs more than it saves, remembering the text of
// each flush (memoize) fills the memory for nothing, and a sum for each purse of a year wants room.
const auditSettings = `set local jit = off; set local enable_memoize = off; set local work_mem = '256MB'`

func (r *AuditReport) run(ctx context.Context, tx pgx.Tx, progress func(string)) error {
	if _, err := tx.Exec(ctx, auditSettings); err != nil {
		return err
	}
	files, err := audits.ReadDir("audit")
	if err != nil {
		return err
	}
	for _, file := range files {
		check, query, err := readAudit(file.Name())
		if err != nil {
			return err
		}
		if progress != nil {
			progress(check.Invariant)
		}
		if err := check.run(ctx, tx, query); err != nil {
			return fmt.Errorf("%s: %w", check.Invariant, err)
		}
		r.Checked = append(r.Checked, check)
		r.Violations += check.Violations
	}
	return r.sums(ctx, tx)
}

func readAudit(name string) (Check, string, error) {
	text, err := audits.ReadFile(path.Join("audit", name))
	says, query, _ := strings.Cut(string(text), "\n")
	return Check{Invariant: strings.TrimSuffix(name, ".sql"), Says: strings.TrimPrefix(says, "-- ")}, query, err
}

func (c *Check) run(ctx context.Context, tx pgx.Tx, query string) error {
	rows, err := tx.Query(ctx, `select what, count(*) over () from (`+query+`) as v (what) limit $1`, auditExamples)
	if err != nil {
		return err
	}
	var what string
	_, err = pgx.ForEachRow(rows, []any{&what, &c.Violations}, func() error {
		c.Examples = append(c.Examples, what)
		return nil
	})
	return err
}

// sums counts what moved. A redemption's first line, and its reversal's, is line 1.
func (r *AuditReport) sums(ctx context.Context, tx pgx.Tx) error {
	return tx.QueryRow(ctx, `select count(*),
		coalesce(sum(amount) filter (where kind = 'D'), 0),
		coalesce(sum(case kind when 'R' then amount when 'A' then amount when 'U' then -amount end), 0),
		count(*) filter (where kind in ('R', 'A') and line = 1),
		count(*) filter (where kind = 'U' and line = 1) from bpnt.posting`).
		Scan(&r.Postings, &r.FundedIDR, &r.DebitsIDR, &r.Redemptions, &r.Reversals)
}
