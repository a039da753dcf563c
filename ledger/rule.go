package ledger

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"
)

// Programme is an aid programme and what has held, holds and will hold for it.
type Programme struct {
	ID    int16  `json:"programme_id"`
	Code  string `json:"programme"` // "BPNT"
	Name  string `json:"name"`
	Rules []Rule `json:"rules"` // the oldest first; the last one begun is in force
}

// Rule is what holds for a programme from a business date on, until its next rule. A nil pointer says that there is no
// such rule. Amounts are whole rupiah.
type Rule struct {
	Programme  string  `json:"programme"`   // its code
	Since      string  `json:"since"`       // business date, 2020-04-01
	AmountIDR  *int64  `json:"amount_idr"`  // a family and period; nil: what the disbursement's file says
	Unspent    string  `json:"unspent"`     // Accumulate, ExpireAtNext or ExpireAfter
	ExpireDays *int32  `json:"expire_days"` // since the period was opened, with ExpireAfter only
	FreezeDays *int32  `json:"freeze_days"` // since the period was opened and the family's last use of the programme
	ReturnDays *int32  `json:"return_days"` // since it was frozen
	MostIDR    *int64  `json:"most_idr"`    // a redemption
	DayMostIDR *int64  `json:"day_most_idr"`
	DayCount   *int32  `json:"day_count"` // redemptions of a family and business day
	Opens      *string `json:"opens"`     // hours of trade, 07:00, by the ledger's time zone
	Closes     *string `json:"closes"`
	CashOut    bool    `json:"cash_out"`
	Source     string  `json:"source"` // the decree
	// Berita acara: food handed out while the bank was away is booked, up to what a family may owe and what an outlet may
	// tell by advices in a business day, paid or owed. Nil in both: not booked.
	AdvanceFamilyIDR *int64 `json:"advance_family_idr"`
	AdvanceOutletIDR *int64 `json:"advance_outlet_idr"`
}

// What becomes of money that a family did not spend (DOMAIN A.3).
const (
	Accumulate   = "accumulate"
	ExpireAtNext = "expire_at_next" // when the next disbursement opens
	ExpireAfter  = "expire_after"   // ExpireDays after the period was opened
)

// Programmes lists every programme with its rules, by number.
func (l *Ledger) Programmes(ctx context.Context) ([]Programme, error) {
	rows, err := l.pool.Query(ctx, `select id, code, name from bpnt.programme order by id`)
	if err != nil {
		return nil, readError(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Programme, error) {
		p := Programme{Rules: []Rule{}}
		return p, row.Scan(&p.ID, &p.Code, &p.Name)
	})
	for i := range all {
		if err == nil {
			all[i].Rules, err = l.rules(ctx, all[i])
		}
	}
	return all, readError(err)
}

// Programme finds one by its code, or ErrNotFound.
func (l *Ledger) Programme(ctx context.Context, code string) (Programme, error) {
	p := Programme{Code: code}
	err := l.pool.QueryRow(ctx, `select id, name from bpnt.programme where code = $1`, code).Scan(&p.ID, &p.Name)
	if err == nil {
		p.Rules, err = l.rules(ctx, p)
	}
	return p, readError(err)
}

func (l *Ledger) rules(ctx context.Context, p Programme) ([]Rule, error) {
	rows, err := l.pool.Query(ctx, `select $2, since::text, amount, unspent, expire_days, freeze_days, return_days, most,
		day_most, day_count, to_char(opens, 'HH24:MI'), to_char(closes, 'HH24:MI'), cash_out, source,
		advance_family, advance_outlet
		from bpnt.rule where programme = $1 order by since`, p.ID, p.Code)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]Rule{}, rows, pgx.RowToStructByPos[Rule])
}

// On is the rule in force on a business date (2020-04-01), if there is one.
func (p Programme) On(date string) (in Rule, found bool) {
	for _, r := range p.Rules {
		if r.Since <= date {
			in, found = r, true
		}
	}
	return in, found
}

// Today is the ledger's business date, 2020-04-01.
func (l *Ledger) Today(ctx context.Context) (string, error) {
	var date string
	err := l.pool.QueryRow(ctx, `select bpnt.business_date(bpnt.clock($1))::text`, l.now()).Scan(&date)
	return date, readError(err)
}

var programmeCode = regexp.MustCompile(`^[A-Z0-9-]{2,12}$`)

// AddProgramme registers a programme and returns its number. It has no rule yet: nothing is spent or disbursed by rule
// until it gets one.
func (l *Ledger) AddProgramme(ctx context.Context, code, name string) (int16, error) {
	if !programmeCode.MatchString(code) {
		return 0, errors.New("a programme's code has 2 to 12 characters of A-Z, 0-9 and -")
	}
	if err := checkText("the programme's name", name); err != nil {
		return 0, err
	}
	var id int16
	err := jobError(l.pool.QueryRow(ctx, `select bpnt.programme_add($1, $2)`, code, name).Scan(&id))
	return id, nameConflict(err, "programme "+code+" stands in the books already")
}

// AddRule enters what holds for a programme from a date after today on. The past keeps its rules.
func (l *Ledger) AddRule(ctx context.Context, r Rule, reason string) error {
	if err := r.check(); err != nil {
		return err
	}
	if err := checkText("the reason", reason); err != nil {
		return err
	}
	id, err := l.ProgrammeID(ctx, r.Programme)
	if err != nil {
		return noProgramme(r.Programme, err)
	}
	_, err = l.pool.Exec(ctx, `select bpnt.rule_add($1, row($2::smallint, $3::text::date, $4::bigint, $5::text, $6::integer,
		$7::integer, $8::integer, $9::bigint, $10::bigint, $11::integer, $12::text::time, $13::text::time, $14::boolean,
		$15::text, $16::bigint, $17::bigint)::bpnt.rule, $18)`,
		l.now(), id, r.Since, r.AmountIDR, r.Unspent, r.ExpireDays, r.FreezeDays, r.ReturnDays, r.MostIDR, r.DayMostIDR,
		r.DayCount, r.Opens, r.Closes, r.CashOut, r.Source, r.AdvanceFamilyIDR, r.AdvanceOutletIDR, reason)
	return jobError(err)
}

func noProgramme(code string, err error) error {
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("there is no programme %s: bpnt ledger programme list names those that there are: %w", code, err)
	}
	return err
}

// check refuses in a sentence what the table's own checks would refuse by their name.
func (r *Rule) check() error {
	if _, err := time.Parse(time.DateOnly, r.Since); err != nil {
		return errors.New("a rule begins on a date written 2020-04-01")
	}
	if err := checkText("the source, a decree", r.Source); err != nil {
		return err
	}
	if err := r.checkUnspent(); err != nil {
		return err
	}
	if err := r.checkNumbers(); err != nil {
		return err
	}
	return r.checkHours()
}

func (r *Rule) checkUnspent() error {
	switch {
	case r.Unspent != Accumulate && r.Unspent != ExpireAtNext && r.Unspent != ExpireAfter:
		return fmt.Errorf("unspent money may %s, %s or %s", Accumulate, ExpireAtNext, ExpireAfter)
	case r.Unspent == ExpireAfter && r.ExpireDays == nil:
		return fmt.Errorf("%s needs the number of days after which money expires", ExpireAfter)
	case r.Unspent != ExpireAfter && r.ExpireDays != nil:
		return fmt.Errorf("a number of days after which money expires goes with %s only", ExpireAfter)
	}
	return nil
}

func (r *Rule) checkNumbers() error {
	for what, rupiah := range map[string]*int64{
		"amount": r.AmountIDR, "most of a redemption": r.MostIDR, "most of a day": r.DayMostIDR,
		"most that a family owes": r.AdvanceFamilyIDR, "most that an outlet hands out on credit": r.AdvanceOutletIDR,
	} {
		if rupiah != nil && (*rupiah < 1 || *rupiah > AmountMax) {
			return fmt.Errorf("the %s must be a positive number of whole rupiah, at most %d", what, int64(AmountMax))
		}
	}
	if (r.AdvanceFamilyIDR == nil) != (r.AdvanceOutletIDR == nil) {
		return errors.New("what is handed out on credit has two limits, of a family and of an outlet's day, or is not booked at all")
	}
	for what, days := range map[string]*int32{"days to expiry": r.ExpireDays, "days to freezing": r.FreezeDays, "redemptions of a day": r.DayCount} {
		if days != nil && (*days < 1 || *days > daysMax) {
			return fmt.Errorf("the number of %s must be 1 to %d", what, daysMax)
		}
	}
	if r.ReturnDays != nil && (*r.ReturnDays < 0 || *r.ReturnDays > daysMax) {
		return fmt.Errorf("the number of days to return must be 0 to %d", daysMax)
	}
	return nil
}

// daysMax keeps a date and a rule's days within the calendar.
const daysMax = 36_500

func (r *Rule) checkHours() error {
	if (r.Opens == nil) != (r.Closes == nil) {
		return errors.New("hours of trade have a beginning and an end")
	}
	if r.Opens == nil {
		return nil
	}
	opens, err := time.Parse("15:04", *r.Opens)
	closes, err2 := time.Parse("15:04", *r.Closes)
	if err != nil || err2 != nil || !opens.Before(closes) {
		return errors.New("hours of trade are written 07:00 to 17:00, the beginning before the end")
	}
	return nil
}
