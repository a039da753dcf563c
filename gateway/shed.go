package gateway

// shed is why a message was not posted, or not answered.
type shed uint8

const (
	shedFull     shed = iota // the lane's queue was full
	shedAway                 // the database is away or an outcome is open
	shedClosed               // the gateway stops
	shedLate                 // it waited behind others of its card or terminal until its deadline
	shedKeys                 // the terminal's keys are not known and the ledger could not be asked
	shedRefused              // the lane took it and could not post it
	shedPoisoned             // the ledger rejected it alone
	shedUnknown              // it was posted, and the outcome was unknown at its deadline
	sheds        = int(shedUnknown) + 1
)

var shedNames = [sheds]string{
	"lane_full", "database_away", "stopping", "late", "no_terminal_keys", "not_posted", "poisoned", "outcome_unknown",
}

// unposted is the verdict for a message of which nothing was posted: the given one where it can have no earlier copy,
// silence where it can. The earlier copy of a purchase may stand in the books, and a refusal would make the outlet
// cancel a sale that the family has paid. An inquiry moves nothing, and a reversal is repeated until it is heard, so
// both may always be refused.
func (g *Gateway) unposted(x *exchange, v verdict, why shed) verdict {
	g.metrics.shed[why].Inc()
	if x.kind == kindPurchase && (x.copied || x.head.MTI.IsRepeat()) {
		return verdictSilence
	}
	return v
}
