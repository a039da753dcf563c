package ledger

import (
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

// pursesTellTheirPostings: what purses.sql says of each purse is what its postings up to the moment add up to, all of them
// (testdata/purses_by_postings.sql, which reports used before purses told it by themselves).
func (b *books) pursesTellTheirPostings(r Report, asOf string) error {
	at, err := ParseAsOf(asOf)
	b.must(0, err)
	_, quick, err := readReport("purses")
	b.must(0, err)
	slow, err := os.ReadFile("testdata/purses_by_postings.sql")
	b.must(0, err)
	var wrong, rows int64
	ctx := b.t.Context()
	office := b.operator.at(b.now)
	err = pgx.BeginTxFunc(ctx, office.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		m, err := office.readMoment(ctx, tx, at)
		if err != nil {
			return err
		}
		args, err := m.arguments(ctx, tx, r)
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, fmt.Sprintf(`with quick as (%s), slow as (%s)
			select (select count(*) from ((table quick except all table slow) union all (table slow except all table quick)) x),
			       (select count(*) from slow)`, quick, slow), args).Scan(&wrong, &rows)
	})
	if err == nil && wrong > 0 {
		err = fmt.Errorf("as of %s %d of %d purses do not tell what their postings do", asOf, wrong, rows)
	}
	return err
}

// TestPursesTellTheirPostings walks a winter in which money is frozen, thawed, returned, expired, taken back, owed and paid
// anew, and looks back at each of its days.
func TestPursesTellTheirPostings(t *testing.T) {
	w := newWorld(t)
	w.november()
	w.winter()
	wide := Scope{FromPeriod: 202611, ToPeriod: 202701}
	for _, together := range []bool{false, true} {
		for _, asOf := range []string{
			"2026-11-25 11:59", "2026-11-25 14:30", "2026-11-30", "2026-12-02", "2026-12-10", "2026-12-25", "2026-12-26 09:59",
			"2026-12-26 10:00", "2027-01-10", "2027-02-23", "2027-03-01", "",
		} {
			w.must(0, w.pursesTellTheirPostings(Realisation(wide, together), asOf))
		}
	}
	w.asOwner(`update bpnt.purse set balance = balance - 1 where balance > 1`)
	if w.pursesTellTheirPostings(Realisation(wide, false), "") == nil {
		t.Error("a purse that was changed by hand tells what its postings do")
	}
}
