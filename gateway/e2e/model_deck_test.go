package e2e

import (
	"slices"

	"pgregory.net/rapid"
)

// act is a kind of step, and how often it comes among the others. It tells whether it had anything to do.
type act struct {
	name   string
	weight int
	play   func(*story, *rapid.T) bool
}

var modelActs = []act{
	{"purchase", 16, (*story).buy},
	{"repeat", 8, (*story).repeat},
	{"conflicting repeat", 4, (*story).repeatOther},
	{"inquiry", 5, (*story).inquire},
	{"reversal", 8, (*story).reverse},
	{"reversal that does not match", 2, (*story).reverseOther},
	{"reversal before its original", 3, (*story).reverseFirst},
	{"answer dropped", 4, (*story).drop},
	{"void", 6, (*story).void},
	{"reversal of a void", 3, (*story).undoVoid},
	{"refund", 4, (*story).refund},
	{"advice", 4, (*story).advise},
	{"wrong PIN", 3, (*story).guess},
	{"settlement", 5, (*story).settle},
	{"settlement again", 2, (*story).settleAgain},
	{"wrong totals, upload, trailer", 3, (*story).dispute},
	{"disbursement", 2, (*story).disburseMore},
	{"expiry", 1, (*story).expireOld},
	{"clock jumps", 4, (*story).jump},
	{"card blocked or unblocked", 2, (*story).blockCard},
	{"card replaced", 1, (*story).replaceCard},
	{"terminal lent", 1, (*story).lend},
	{"terminal suspended or back", 1, (*story).suspend},
	{"terminal reset", 1, (*story).reset},
	{"purchase and reversal at once", 4, (*story).raceReversal},
	{"purchase and settlement at once", 2, (*story).raceSettlement},
	{"rush", 5, (*story).rush},
	{"gateway dies", 2, (*story).crash},
	{"sessions terminated", 2, (*story).terminate},
	{"Postgres killed", 1, (*story).killPostgres},
}

// modelDeck has the name of each act as often as its weight says, dealt round by round: rapid draws what stands first
// more often.
var modelDeck = func() (deck []string) {
	for round := range modelActs[0].weight {
		for _, a := range modelActs {
			if a.weight > round {
				deck = append(deck, a.name)
			}
		}
	}
	return deck
}()

// actOf finds an act by its name: a story is drawn by names, so that what rapid prints can be read.
func actOf(name string) func(*story, *rapid.T) bool {
	i := slices.IndexFunc(modelActs, func(a act) bool { return a.name == name })
	return modelActs[i].play
}
