package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Outlets tells how many outlets of each kind were activated in each month, how many there are by its end against the
// target (SetTarget), and how many of them traded. Default: the months of the moment's year so far.
func Outlets(s Scope) Report {
	return Report{
		name: "outlets", parts: []string{"outlets"}, scope: s, defaults: thisYear,
		shows: []string{"from_period", "to_period", "region"},
	}
}

// OutletStatement is an outlet's account: what it was owed at first, every redemption, reversal, void and refund, what it is
// owed at the end. daily makes it a line for each day. Default: the month of the moment.
func OutletStatement(mid string, s Scope, daily bool) Report {
	r := Report{name: "outlet", parts: []string{"outlet"}, scope: s, defaults: thisMonth, shows: []string{"mid", "from", "to"}}
	if daily {
		r.parts = []string{"outlet_daily"}
	}
	r.find = func(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) (string, error) {
		var id int64
		var name, city string
		err := tx.QueryRow(ctx, `select o.id, k.name, k.city from bpnt.outlet o join bpnt.masthead k on k.id = o.masthead
			where o.mid = $1`, mid).Scan(&id, &name, &city)
		if errors.Is(err, pgx.ErrNoRows) {
			return "", fmt.Errorf("outlet %s: %w", mid, ErrNotFound)
		}
		args["outlet"], args["mid"] = id, mid
		return fmt.Sprintf("outlet %s, %s, %s", mid, name, city), err
	}
	return r
}

// FamilyStatement is a family's account over all its purses. Default: from its first posting on.
func FamilyStatement(id int64, s Scope) Report {
	r := Report{name: "family", parts: []string{"family"}, scope: s, defaults: allDays, shows: []string{"family", "from", "to"}}
	r.find = func(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) (string, error) {
		var bucket int16
		var name, region string
		err := tx.QueryRow(ctx, `select f.bucket, f.name, r.name from bpnt.bucket b join bpnt.family f on f.bucket = b.id
			join bpnt.region r on r.id = f.region where f.id = $1`, id).Scan(&bucket, &name, &region)
		if errors.Is(err, pgx.ErrNoRows) {
			return "", fmt.Errorf("family %d: %w", id, ErrNotFound)
		}
		args["bucket"], args["family"] = bucket, id
		return fmt.Sprintf("family %d, %s, %s", id, name, region), err
	}
	return r
}
