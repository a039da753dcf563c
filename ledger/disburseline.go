package ledger

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"bpnt/ledger/intake"
)

// disburseColumns are the columns of a disbursement file.
var disburseColumns = []string{"family", "programme", "period", "amount"}

// familyMax is the largest number that a family may have: 18 digits, so that sums of numbers are far from their limit.
const familyMax = 999_999_999_999_999_999

// programmeRules are the programmes of a ledger with their rules, the newest first.
type programmeRules map[string]*programmeRule

type programmeRule struct {
	id    int16
	rules []amountRule
}

// amountRule says what a family gets a month, from a month on.
type amountRule struct {
	Since  time.Time
	Amount *int64 // nil: what the file says
}

func readProgrammeRules(ctx context.Context, conn *pgx.Conn) (programmeRules, error) {
	rows, err := conn.Query(ctx, `select p.id, p.code, r.since, r.amount from bpnt.programme p
		left join bpnt.rule r on r.programme = p.id order by p.id, r.since desc`)
	if err != nil {
		return nil, err
	}
	all := programmeRules{}
	var id int16
	var code string
	var since *time.Time
	var amount *int64
	_, err = pgx.ForEachRow(rows, []any{&id, &code, &since, &amount}, func() error {
		if all[code] == nil {
			all[code] = &programmeRule{id: id}
		}
		if since != nil {
			all[code].rules = append(all[code].rules, amountRule{*since, amount})
		}
		return nil
	})
	return all, err
}

// on is the rule of a month: the one in force on its first day.
func (p *programmeRule) on(period int32) (amountRule, bool) {
	first := firstOf(period)
	i := slices.IndexFunc(p.rules, func(r amountRule) bool { return !r.Since.After(first) })
	if i < 0 {
		return amountRule{}, false
	}
	return p.rules[i], true
}

// firstOf is the first day of a month.
func firstOf(period int32) time.Time {
	return time.Date(int(period/100), time.Month(period%100), 1, 0, 0, 0, 0, time.UTC)
}

// disburseLine is a line of a disbursement file: what one family gets, month by month.
type disburseLine struct {
	latest    int32 // period that may be paid: a year ahead is most likely a slip
	family    int64
	programme int16
	code      string
	periods   []int32
	amounts   []int64 // one a period
	total     int64
}

// parse reads a line's fields; an error is the sentence for its fault. The total is set where the amount could be read,
// whatever else is wrong.
func (d *disburseLine) parse(fields []string, rules programmeRules) (err error) {
	d.total, d.code = 0, fields[1]
	if d.total, err = amountOf(fields[3]); err != nil {
		return err
	}
	if d.family, err = familyNumber(fields[0]); err != nil {
		return err
	}
	programme := rules[d.code]
	if programme == nil {
		return fmt.Errorf("there is no such programme: it must be one of %s", rules.codes())
	}
	d.programme = programme.id
	if d.periods, err = intake.Periods(fields[2]); err != nil {
		return err
	}
	if last := d.periods[len(d.periods)-1]; last > d.latest {
		return fmt.Errorf("period %d is more than a year ahead", last)
	}
	return d.split(programme)
}

func amountOf(field string) (int64, error) {
	amount, err := intake.Rupiah(field)
	if err == nil && amount > AmountMax {
		err = fmt.Errorf("amount: more than Rp %d", int64(AmountMax))
	}
	if err != nil {
		return 0, err
	}
	return amount, nil
}

func familyNumber(field string) (int64, error) {
	id, err := intake.Number(field)
	if err == nil && (id == 0 || id > familyMax) {
		err = fmt.Errorf("it must be 1 to %d", int64(familyMax))
	}
	if err != nil {
		return 0, fmt.Errorf("family: %w", err)
	}
	return id, nil
}

func (p programmeRules) codes() string {
	codes := make([]string, 0, len(p))
	for code := range p {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return fmt.Sprint(codes)
}

// split shares the amount out over the periods. Where the programme's rule gives an amount for each month, each gets
// that and the line must come to their sum. Where it gives none, all get the same and the last what is left over.
func (d *disburseLine) split(programme *programmeRule) error {
	d.amounts = d.amounts[:0]
	var byRule int64
	var given int
	for _, period := range d.periods {
		rule, found := programme.on(period)
		if !found {
			return fmt.Errorf("programme %s has no rule for period %d yet", d.code, period)
		}
		d.amounts = append(d.amounts, 0)
		if rule.Amount != nil {
			given++
			d.amounts[len(d.amounts)-1] = *rule.Amount
			byRule += *rule.Amount
		}
	}
	switch given {
	case 0:
		return d.shareEvenly()
	case len(d.periods):
		return d.sameAsRule(byRule)
	}
	return fmt.Errorf("the rules of %s give an amount for some of these months only: write a line for each month", d.code)
}

func (d *disburseLine) sameAsRule(byRule int64) error {
	switch {
	case d.total == byRule:
		return nil
	case len(d.periods) == 1:
		return fmt.Errorf("the amount is Rp %d, by the rule of %s period %d has Rp %d", d.total, d.code, d.periods[0], byRule)
	}
	return fmt.Errorf("the amount is Rp %d, by the rules of %s periods %d-%d have Rp %d together",
		d.total, d.code, d.periods[0], d.periods[len(d.periods)-1], byRule)
}

func (d *disburseLine) shareEvenly() error {
	months := int64(len(d.periods))
	if d.total < months {
		return fmt.Errorf("the amount is less than Rp 1 for each of %d months", months)
	}
	for i := range d.amounts {
		d.amounts[i] = d.total / months
	}
	d.amounts[months-1] += d.total % months
	return nil
}
