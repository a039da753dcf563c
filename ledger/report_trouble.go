package ledger

import (
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Declines counts what was refused between two business dates, by reason and region. Default: the moment's month.
func Declines(s Scope) Report {
	var numbers []int16
	var names []string
	for _, o := range slices.Sorted(slices.Values(Outcomes())) {
		numbers, names = append(numbers, int16(o)), append(names, o.String())
	}
	return Report{
		name: "declines", parts: []string{"declines"}, scope: s, defaults: thisMonth,
		args: pgx.NamedArgs{"outcomes": numbers, "outcome_names": names}, shows: []string{"from", "to", "region"},
	}
}

// Exceptions lists what does not match and needs somebody to look. Default: the moment's month.
func Exceptions(s Scope) Report {
	return Report{
		name: "exceptions", says: "What does not match and needs somebody to look.", scope: s, defaults: thisMonth, shows: []string{"from", "to", "region"},
		parts: []string{
			"exception_reversal", "exception_late", "exception_terminal", "exception_disbursement",
			"exception_cancelled", "exception_card", "exception_outlet", "exception_pin",
		},
	}
}

// Thresholds are where flags begin. Flags are for people to look at; nothing is ever refused because of them.
type Thresholds struct {
	LeftBelowIDR  int64         // a card with less than this left is emptied
	RunCards      int64         // different cards in a run
	RunGap        time.Duration // longest pause in a run
	PileCards     int64         // cards asked first and emptied later, with others in between
	PileWithin    time.Duration // from a card's inquiry to its being emptied
	CrowdFamilies int64         // families a day that an outlet may well serve
	BothWithin    time.Duration // between emptying the one programme and the other
	Opens, Closes string        // usual hours hh:mm, for programmes whose rule has none
}

// DefaultThresholds are from what was seen in the field (DOMAIN A.6, A.8, A.11).
func DefaultThresholds() Thresholds {
	return Thresholds{
		LeftBelowIDR:  10_000,           // buys no kilo of rice
		RunCards:      10,               // a queue's luck makes three or four
		RunGap:        30 * time.Second, // PIN and slip alone take as long, so nobody was handed food
		PileCards:     10,
		PileWithin:    15 * time.Minute,
		CrowdFamilies: 300, // 250 to 300 families an outlet are called right
		BothWithin:    15 * time.Minute,
		Opens:         "06:00", Closes: "21:00",
	}
}

// Flags lists what looks wrong on one business day (Scope.From; default: the moment's): runs of cards, piles of cards,
// crowds, operators' own cards, both programmes emptied together, trade outside hours.
func Flags(s Scope, t Thresholds) Report {
	return Report{
		name: "flags", says: "What looks wrong on a business day, for people to look at; nothing is refused because of it.", scope: s, defaults: oneDay,
		parts: []string{"flag_run", "flag_pile", "flag_crowd", "flag_operator", "flag_both", "flag_hours"},
		args: pgx.NamedArgs{
			"left_below": t.LeftBelowIDR, "run_cards": t.RunCards, "run_gap": t.RunGap, "pile_cards": t.PileCards,
			"pile_within": t.PileWithin, "crowd_families": t.CrowdFamilies, "both_within": t.BothWithin,
			"opens": t.Opens, "closes": t.Closes,
		},
		shows: []string{
			"from", "region", "left_below", "run_cards", "run_gap", "pile_cards", "pile_within", "crowd_families",
			"both_within", "opens", "closes",
		},
	}
}
