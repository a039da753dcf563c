package ledger

import "github.com/jackc/pgx/v5"

// Realisation tells for each programme, period and region how many families were funded, have redeemed all of it, part of
// it or nothing, and where the money is. together takes the periods of the scope as one: a family counts once, and has
// redeemed in full when it has redeemed all of them. Default: the period of the moment.
func Realisation(s Scope, together bool) Report {
	return Report{
		name: "realisation", parts: []string{"realisation"}, scope: s, defaults: onePeriod, hashes: true,
		args: pgx.NamedArgs{"together": together}, shows: []string{"programme_code", "from_period", "to_period", "region", "together"},
	}
}

// Untouched lists the families that have redeemed nothing of a period's money. Default: the period of the moment.
func Untouched(s Scope) Report {
	return Report{
		name: "untouched", parts: []string{"untouched"}, scope: s, defaults: onePeriod,
		args: pgx.NamedArgs{"together": false}, shows: []string{"programme_code", "from_period", "to_period", "region"},
	}
}

// Dormancy is the register of purses that were frozen between two business dates, and what became of the money. Default:
// all of them.
func Dormancy(s Scope) Report {
	return Report{
		name: "dormancy", parts: []string{"dormancy"}, scope: s, defaults: allDays,
		shows: []string{"programme_code", "from", "to", "region"},
	}
}

// Disbursements lists the files and orders begun between two business dates, and what became of their money. Default: all
// of them.
func Disbursements(s Scope) Report {
	return Report{
		name: "disbursements", parts: []string{"disbursements"}, scope: s, defaults: allDays,
		shows: []string{"programme_code", "from", "to"},
	}
}

// Receivables lists what families owe, since when, and the outlet that handed them food last. It is taken from their next
// disbursement by itself.
func Receivables(s Scope) Report {
	return Report{
		name: "receivables", parts: []string{"receivables"}, scope: s, defaults: allDays,
		shows: []string{"programme_code", "region"},
	}
}
