package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// AsOf is the moment that a report looks at; the zero AsOf is now.
type AsOf struct {
	date, time string // one of them, or neither
}

// ParseAsOf reads a business date, whose postings all count, or a time of the ledger's zone: "2026-11-30",
// "2026-11-25 14:30", "2026-11-25 14:30:15". The empty text is now.
func ParseAsOf(text string) (AsOf, error) {
	if text == "" {
		return AsOf{}, nil
	}
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return AsOf{date: text}, nil
	}
	for _, layout := range []string{"2006-01-02 15:04", time.DateTime} {
		if t, err := time.Parse(layout, text); err == nil {
			return AsOf{time: t.Format(time.DateTime)}, nil
		}
	}
	return AsOf{}, fmt.Errorf("%q is no moment: write 2026-11-30 for the end of a business date, or 2026-11-25 14:30", text)
}

// Scope narrows a report; its zero value is the widest, or the report's default.
type Scope struct {
	Programme            string // code, as "BPNT"
	Region               int16  // Kemendagri number
	FromPeriod, ToPeriod int32  // YYYYMM, both included
	From, To             string // business dates YYYY-MM-DD, both included
}

// moment is what a report must know of the time that it looks at.
type moment struct {
	asOf    string
	now     time.Time // by the ledger's clock, in its zone
	zone    *time.Location
	cutOver time.Duration
	until   pgtype.Timestamptz // what was decided before this counts
	cut     []int64            // the same as message numbers, by bucket
	pending []int32            // tranches that were not open by then
	today   time.Time          // business date of the moment
}

func (l *Ledger) readMoment(ctx context.Context, tx pgx.Tx, at AsOf) (moment, error) {
	_, query, err := readReport("moment")
	if err != nil {
		return moment{}, err
	}
	args := pgx.NamedArgs{"clock": l.now(), "date": orNull(at.date), "time": orNull(at.time)}
	m := moment{asOf: at.date + at.time}
	var zone string
	var cutOver int64
	var future bool
	err = tx.QueryRow(ctx, query, args).Scan(&zone, &cutOver, &m.now, &m.until, &m.cut, &m.today, &future, &m.pending)
	if err != nil {
		return m, err
	}
	if len(m.cut) != l.buckets {
		return m, errors.New("the chain of flushes has a gap, so no moment can be told: run bpnt ledger audit")
	}
	if future {
		return m, fmt.Errorf("%s lies in the future: there is nothing to report of it yet", m.asOf)
	}
	m.cutOver = time.Duration(cutOver) * time.Second
	m.zone, err = time.LoadLocation(zone)
	m.now = m.now.In(m.zone)
	return m, err
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// begins is when a business date begins.
func (m *moment) begins(date time.Time) time.Time {
	return time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, m.zone).Add(m.cutOver)
}

// arguments are those that every report may use, and its own.
func (m *moment) arguments(ctx context.Context, tx pgx.Tx, r Report) (pgx.NamedArgs, error) {
	scope := r.scope
	r.defaults(&scope, m.today)
	args := pgx.NamedArgs{
		"cut": m.cut, "until": m.until, "pending": m.pending, "today": m.today,
		"ledger_today": m.now.Add(-m.cutOver).Format(time.DateOnly),
	}
	for name, v := range r.args {
		args[name] = v
	}
	if err := periodArguments(args, scope); err != nil {
		return nil, err
	}
	if err := m.dateArguments(args, scope); err != nil {
		return nil, err
	}
	return args, placeArguments(ctx, tx, args, scope)
}

// dateArguments adds the business dates, and the times between which they lie.
func (m *moment) dateArguments(args pgx.NamedArgs, s Scope) error {
	from, err := time.Parse(time.DateOnly, s.From)
	if err != nil {
		return fmt.Errorf("%q is no business date: write 2026-11-25", s.From)
	}
	to, err := time.Parse(time.DateOnly, s.To)
	if err != nil {
		return fmt.Errorf("%q is no business date: write 2026-11-25", s.To)
	}
	if to.After(m.today) {
		to = m.today
	}
	if from.After(to) {
		return errors.New("the report would end before it begins: see the dates that it is asked for")
	}
	end := m.begins(to.AddDate(0, 0, 1))
	if m.until.InfinityModifier == pgtype.Finite && m.until.Time.Before(end) {
		end = m.until.Time
	}
	args["from"], args["to"], args["from_at"], args["to_at"] = from, to, m.begins(from), end
	return nil
}

func periodArguments(args pgx.NamedArgs, s Scope) error {
	if err := firstError(CheckPeriod(s.FromPeriod), CheckPeriod(s.ToPeriod)); err != nil {
		return err
	}
	if s.FromPeriod > s.ToPeriod {
		return errors.New("the report would end before it begins: see the periods that it is asked for")
	}
	args["from_period"], args["to_period"] = s.FromPeriod, s.ToPeriod
	return nil
}

// placeArguments adds programme and region, null where all are meant; and the business date before which there is no
// posting of the periods, so that a month's report reads a month's pages.
func placeArguments(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs, s Scope) error {
	var programme, region *int16
	var since time.Time
	err := tx.QueryRow(ctx, `select (select id from bpnt.programme where code = $1), (select id from bpnt.region where id = $2),
		(select coalesce(min(bpnt.business_date(d.begun_at)), $5::date) from bpnt.tranche t join bpnt.disbursement d on d.id = t.disbursement
		  where t.period between $3 and $4)`,
		s.Programme, s.Region, s.FromPeriod, s.ToPeriod, args["today"]).Scan(&programme, &region, &since)
	switch {
	case err != nil:
		return err
	case s.Programme != "" && programme == nil:
		return noProgramme(s.Programme, ErrNotFound)
	case s.Region != 0 && region == nil:
		return errRegion(s.Region)
	}
	args["programme"], args["region"], args["since"] = nil, nil, since
	if s.Programme != "" {
		args["programme"] = *programme
		args["programme_code"] = s.Programme
	}
	if s.Region != 0 {
		args["region"] = *region
	}
	return nil
}
