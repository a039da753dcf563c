package gateway

import "bpnt/iso"

// shed is why a message was not posted, or not answered.
type shed uint8

const (
	shedFull      shed = iota // the lane's queue was full
	shedAway                  // the database is away or an outcome is open
	shedClosed                // the gateway stops
	shedLate                  // it waited behind others of its card or terminal until its deadline
	shedKeys                  // the terminal's keys are not known and the ledger could not be asked
	shedRefused               // the lane took it and could not post it
	shedPoisoned              // the ledger rejected it alone
	shedUnknown               // it was posted, and the outcome was unknown at its deadline
	shedInvalid               // the books could not hold it
	shedNoAccount             // its from-account is not served on its link
	shedMAC                   // its MAC is wrong
	shedFormat                // it parses only in part
	sheds         = int(shedFormat) + 1
)

var shedNames = [sheds]string{
	"lane_full", "database_away", "stopping", "late", "no_terminal_keys", "not_posted", "poisoned", "outcome_unknown",
	"invalid", "unsupported_account", "wrong_mac", "format",
}

// unposted is the verdict for a message of which nothing was posted: the given one where it can have no earlier copy,
// silence where it can. The earlier copy of a purchase may stand in the books, and a refusal would make the outlet
// cancel a sale that the family has paid. An inquiry moves nothing, and a reversal is repeated until it is heard, so
// both may always be refused.
func (g *Gateway) unposted(x *exchange, v verdict, why shed) verdict {
	g.metrics.shed[why].Inc()
	if x.redeems() && (x.copied || x.head.MTI.IsRepeat()) {
		return verdictSilence
	}
	return v
}

// redeems tells whether the message is a redemption, or may be one as far as it could be read.
func (x *exchange) redeems() bool {
	return x.kind == kindPurchase || x.kind == kindOther && x.head.MTI.Original() == iso.MTIFinancial
}
