package ledger

import (
	"context"
	"embed"
	"fmt"
	"path"
	"strings"
	"sync"

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

// auditors is how many invariants are checked at once: most of them keep one core busy and no more.
const auditors = 2

// Audit checks every invariant in one snapshot. It may run while the gateway works.
func (l *Ledger) Audit(ctx context.Context, progress func(invariant string)) (AuditReport, error) {
	var report AuditReport
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, l.pool, options, func(tx pgx.Tx) error {
		a, err := newAudit(ctx, tx, progress)
		if err != nil {
			return err
		}
		if err := a.check(ctx, l, tx); err != nil {
			return err
		}
		report.take(a.checks)
		return report.sums(ctx, tx)
	})
	return report, jobError(err)
}

func (r *AuditReport) take(checks []Check) {
	r.Checked = checks
	for _, check := range checks {
		r.Violations += check.Violations
	}
}

// auditSettings suit statements that read whole tables: compiling them costs more than it saves, remembering the text of
// each flush (memoize) fills the memory for nothing, and a sum for each purse of a year wants room.
const auditSettings = `set local jit = off; set local enable_memoize = off; set local work_mem = '256MB'`

// audit is one under way: its auditors take one invariant after another.
type audit struct {
	snapshot string // that all of them look at
	files    []string
	progress func(invariant string)

	mu     sync.Mutex
	next   int
	checks []Check // in the order of files
}

func newAudit(ctx context.Context, tx pgx.Tx, progress func(string)) (*audit, error) {
	files, err := audits.ReadDir("audit")
	if err != nil {
		return nil, err
	}
	a := &audit{progress: progress, checks: make([]Check, len(files))}
	for _, file := range files {
		a.files = append(a.files, file.Name())
	}
	return a, tx.QueryRow(ctx, `select pg_export_snapshot()`).Scan(&a.snapshot)
}

// check has all invariants checked. The first trouble ends the others' work.
func (a *audit) check(ctx context.Context, l *Ledger, tx pgx.Tx) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var helpers sync.WaitGroup
	for range auditors - 1 {
		helpers.Go(func() {
			if err := a.help(ctx, l); err != nil {
				stop(err)
			}
		})
	}
	if err := a.work(ctx, tx); err != nil {
		stop(err)
	}
	helpers.Wait()
	return context.Cause(ctx)
}

// help works on a connection of its own, not the pool's: those who hold the pool's last ones would wait for each other.
func (a *audit) help(ctx context.Context, l *Ledger) error {
	conn, err := pgx.ConnectConfig(ctx, l.pool.Config().ConnConfig)
	if err != nil {
		return connectError(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, conn, options, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `set transaction snapshot '`+a.snapshot+`'`); err != nil {
			return err
		}
		return a.work(ctx, tx)
	})
}

// work checks invariants until none is left.
func (a *audit) work(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, auditSettings); err != nil {
		return err
	}
	for i := a.take(); i < len(a.files); i = a.take() {
		check, query, err := readAudit(a.files[i])
		if err != nil {
			return err
		}
		a.tell(check.Invariant)
		if err := check.run(ctx, tx, query); err != nil {
			return fmt.Errorf("%s: %w", check.Invariant, err)
		}
		a.checks[i] = check
	}
	return nil
}

// take is the number of the next invariant.
func (a *audit) take() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.next++
	return a.next - 1
}

func (a *audit) tell(invariant string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.progress != nil {
		a.progress(invariant)
	}
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
