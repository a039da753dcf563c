package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// An outlet's statuses. closed is for ever: who comes back gets a new MID from the bank.
const (
	outletRegistered = "registered"
	outletActive     = "active"
	outletSuspended  = "suspended"
	outletClosed     = "closed"
)

// OutletVerb is what an operator does to an outlet.
type OutletVerb string

// The verbs.
const (
	OutletActivate OutletVerb = "activate"
	OutletSuspend  OutletVerb = "suspend"
	OutletClose    OutletVerb = "close"
)

// outletMoves says which statuses a verb leads from, and to which.
var outletMoves = map[OutletVerb]struct {
	from []string
	to   string
}{
	OutletActivate: {[]string{outletRegistered, outletSuspended}, outletActive},
	OutletSuspend:  {[]string{outletActive}, outletSuspended},
	OutletClose:    {[]string{outletRegistered, outletActive, outletSuspended}, outletClosed},
}

// ChangeOutlet does a verb to an outlet. The day on which it became active for the first time stays.
func (l *Ledger) ChangeOutlet(ctx context.Context, mid string, verb OutletVerb, reason string) error {
	move, known := outletMoves[verb]
	if !known {
		return fmt.Errorf("an outlet cannot be %q", verb)
	}
	if verb != OutletActivate || reason != "" {
		if err := checkText("the reason", reason); err != nil {
			return err
		}
	}
	return l.changeOutlet(ctx, mid, func(tx pgx.Tx, o *Outlet) error {
		if !slices.Contains(move.from, o.Status) {
			return fmt.Errorf("outlet %s is %s: it can be %s only where it is %s", mid, o.Status, move.to, strings.Join(move.from, " or "))
		}
		_, err := tx.Exec(ctx, `update bpnt.outlet set status = $2, activated_on = coalesce(activated_on, case when $2 = 'active'
			then bpnt.business_date(bpnt.clock($3)) end) where id = $1`, o.ID, move.to, l.now())
		if err != nil {
			return err
		}
		return journal(ctx, tx, "outlet "+string(verb), outletWhat(mid), reason)
	})
}

// changeOutlet finds an outlet and changes it while nobody else does.
func (l *Ledger) changeOutlet(ctx context.Context, mid string, change func(pgx.Tx, *Outlet) error) error {
	return l.inTx(ctx, func(tx pgx.Tx) error {
		o, err := findOutlet(ctx, tx, mid, "for update of o")
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoOutlet(mid)
		}
		if err != nil {
			return err
		}
		return change(tx, &o)
	})
}

func errNoOutlet(mid string) error {
	return fmt.Errorf("no outlet has MID %s: add it with bpnt ledger outlet add", mid)
}

// OutletEdit is what is to be changed of an outlet; what is nil stays.
type OutletEdit struct {
	Name, City, Kind *string
	Region, Bank     *int16
	Operator         *int64  // a family; 0: not known
	Account, Holder  *string // where it is paid; empty: not known
}

// apply makes the changes and lists them for the journal.
func (e *OutletEdit) apply(o *Outlet) string {
	var said []string
	said = edit(said, "name", &o.Name, e.Name)
	said = edit(said, "city", &o.City, e.City)
	said = edit(said, "kind", &o.Kind, e.Kind)
	said = edit(said, "region", &o.Region, e.Region)
	said = edit(said, "bank", &o.Bank, e.Bank)
	said = edit(said, "operator", &o.Operator, e.Operator)
	said = edit(said, "account holder", &o.Holder, e.Holder)
	said = e.applyAccount(said, o)
	return strings.Join(said, ", ")
}

// applyAccount is edit for the account, which the journal does not name in full.
func (e *OutletEdit) applyAccount(said []string, o *Outlet) []string {
	if e.Account == nil || *e.Account == o.Account {
		return said
	}
	said = append(said, fmt.Sprintf("account from %q to %q", maskAccount(o.Account), maskAccount(*e.Account)))
	o.Account = *e.Account
	return said
}

func edit[T comparable](said []string, what string, to, from *T) []string {
	if from == nil || *from == *to {
		return said
	}
	said = append(said, fmt.Sprintf("%s from %v to %v", what, *to, *from))
	*to = *from
	return said
}

// EditOutlet changes what is known of an outlet. Another name or city is another masthead: receipts that were printed, and
// their repeats, keep theirs. Another bank settles from the next business day on.
func (l *Ledger) EditOutlet(ctx context.Context, mid string, e OutletEdit, reason string) error {
	if reason != "" {
		if err := checkText("the reason", reason); err != nil {
			return err
		}
	}
	return l.changeOutlet(ctx, mid, func(tx pgx.Tx, o *Outlet) error {
		bank := o.Bank
		said := e.apply(o)
		if said == "" {
			return errors.New("nothing to change: the outlet is so already")
		}
		fresh := *o
		fresh.Status = outletActive // check is about new ones
		if err := fresh.check(); err != nil {
			return err
		}
		if err := outletPlaces(ctx, tx, *o); err != nil {
			return err
		}
		masthead, err := mastheadID(ctx, tx, *o)
		if err != nil {
			return err
		}
		if bank != o.Bank {
			if err := l.leaveBank(ctx, tx, o.ID, bank); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `update bpnt.outlet set masthead = $2, region = $3, bank = $4, kind = $5, operator = nullif($6::bigint, 0),
			account = nullif($7, ''), account_holder = nullif($8, '') where id = $1`,
			o.ID, masthead, o.Region, o.Bank, o.Kind, o.Operator, o.Account, o.Holder)
		if err != nil {
			return err
		}
		return journal(ctx, tx, "outlet set", outletWhat(mid)+": "+said, reason)
	})
}

// leaveBank notes that an outlet's business days up to today are the earlier bank's. Who changes twice in a day was with
// the first one.
func (l *Ledger) leaveBank(ctx context.Context, tx pgx.Tx, outlet int32, bank int16) error {
	_, err := tx.Exec(ctx, `insert into bpnt.outlet_bank (outlet, until, bank)
		values ($1, bpnt.business_date(bpnt.clock($3)) + 1, $2) on conflict do nothing`, outlet, bank, l.now())
	return err
}
