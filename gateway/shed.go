package gateway

// shed is why a message was not posted, or not answered.
type shed uint8

const (
	shedFull        shed = iota // the queue was full, the lane's or the clerk's
	shedSlow                    // its lane would have taken longer for it than its patience
	shedShare                   // its outlet or its address has more than its share under way
	shedAway                    // the database is away or an outcome is open
	shedClosed                  // the gateway stops
	shedLate                    // it waited behind others of its card or terminal until its deadline
	shedKeys                    // the terminal's keys are not known and the ledger could not be asked
	shedRefused                 // the lane took it and could not post it
	shedPoisoned                // the ledger rejected it alone
	shedUnknown                 // it was posted, and the outcome was unknown at its deadline
	shedInvalid                 // the books could not hold it
	shedNoAccount               // its from-account is not served on its link
	shedNoRefund                // its link takes no refunds
	shedMAC                     // its MAC is wrong
	shedFormat                  // it parses only in part
	shedNotSignedOn             // its switch has not signed on
	shedGuesses                 // too many wrong PINs came in the name of its terminal or outlet
	shedErrands                 // too many settlements and uploads came in the name of its terminal
	sheds           = int(shedErrands) + 1
)

var shedNames = [sheds]string{
	"lane_full", "expected_wait", "unfair_share", "database_away", "stopping", "late", "no_terminal_keys", "not_posted", "poisoned", "outcome_unknown",
	"invalid", "unsupported_account", "unsupported_refund", "wrong_mac", "format", "not_signed_on", "wrong_pins", "errands",
}

// unposted is the verdict for a message of which nothing was posted: the given one where it can have no earlier copy,
// silence where it can. The earlier copy of a purchase may stand in the books, and a refusal would make the outlet
// cancel a sale that the family has paid; that of a void may, and a refusal would make it void again what the family
// has been given back. An inquiry moves nothing, a reversal is repeated until it is heard, and so is a settlement, which
// answers the second time what it did the first: these may always be refused.
func (g *Gateway) unposted(x *exchange, v verdict, why shed) verdict {
	g.metrics.shed[why].Inc()
	if x.onceOnly() && (x.copied || x.head.MTI.IsRepeat()) {
		return verdictSilence
	}
	return v
}
