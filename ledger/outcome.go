package ledger

// Outcome is what the ledger decided about one message. A refusal is a value, never an error. The numbers stand in
// the database (message.outcome) and in the SQL of post(): never renumber, only add.
type Outcome int16

// The outcomes, in the order of precedence in which post() looks for them: identity first, then terminal, outlet,
// card, expiry, PIN, amount, the programme's rules, balance. TestPrecedence walks down this list.
const (
	// OutcomeConflict: the identity was used before with other content. Nothing moved. Never stored.
	OutcomeConflict Outcome = 10
	// OutcomeBlocked: the original was reversed before it came, or was reversed since, or its fate was settled by a
	// tombstone of the gateway's own. An approval must not be shown (again).
	OutcomeBlocked Outcome = 11
	// OutcomeReversalMismatch: a reversal found originals of its key, but none with its amount and processing code.
	OutcomeReversalMismatch Outcome = 12

	OutcomeTerminalUnknown   Outcome = 20 // the link knows no such TID. Never stored.
	OutcomeTerminalSuspended Outcome = 21
	OutcomeOutletUnknown     Outcome = 22 // DE42 is not the MID of the terminal's outlet
	OutcomeOutletSuspended   Outcome = 23

	OutcomeCardUnknown  Outcome = 30
	OutcomeCardLost     Outcome = 31
	OutcomeCardStolen   Outcome = 32
	OutcomeCardBlocked  Outcome = 33 // by an operator, or replaced by another card
	OutcomeCardInactive Outcome = 35 // registered, not yet handed over
	OutcomeCardExpired  Outcome = 34

	OutcomePINExhausted Outcome = 40 // tries were used up before, or by this message
	OutcomePINMissing   Outcome = 41 // the link requires a PIN and none came
	OutcomePINFault     Outcome = 42 // the PIN block could not be read: a key out of step, not a wrong PIN
	OutcomePINWrong     Outcome = 43

	OutcomeAmountInvalid Outcome = 50 // zero, or a remainder below one rupiah

	OutcomeWrongProgramme Outcome = 61 // the card is for another programme than the message asks for
	OutcomeCashNotAllowed Outcome = 60 // the programme's rule: food, no cash
	OutcomeOutsideHours   Outcome = 62 // the programme's hours of trade
	OutcomeAmountLimit    Outcome = 63 // more than a redemption may be
	OutcomeDayAmountLimit Outcome = 64 // more than a family may spend on a business day
	OutcomeDayCountLimit  Outcome = 65 // more redemptions than a family may make on a business day

	OutcomeAdviceNotAllowed Outcome = 66 // the programme books no advices of food that was handed out already
	OutcomeAdviceLimit      Outcome = 67 // what the family would owe, or the outlet has on credit today, is too much

	// What a void or a refund is about. Each is answered 25: to the terminal there is no such original.
	OutcomeOriginalUnknown  Outcome = 70 // no purchase of that RRN, or of another terminal, card or amount
	OutcomeOriginalClosed   Outcome = 71 // its batch was closed: it may be refunded
	OutcomeOriginalVoided   Outcome = 72
	OutcomeOriginalReversed Outcome = 73
	OutcomeRefundLimit      Outcome = 74 // more than is left of the purchase

	OutcomeAccountFrozen     Outcome = 53 // money of the family lies frozen, and what is open does not suffice
	OutcomeInsufficientFunds Outcome = 51
	OutcomeNotFunded         Outcome = 52 // the family has no purse of the programme yet
	OutcomeAidReturned       Outcome = 54 // the family's money went back to the treasury
	OutcomeAidExpired        Outcome = 55 // the family's money has expired

	OutcomeApproved Outcome = 1
	// OutcomeReversed: a reversal was heard and the original's debit was credited back, now or earlier.
	OutcomeReversed Outcome = 2
	// OutcomeReversalNoEffect: a reversal was heard and there was nothing to credit: the original was declined.
	OutcomeReversalNoEffect Outcome = 3
	// OutcomeReversalUnmatched: a reversal was heard before its original, which is now blocked by a tombstone.
	OutcomeReversalUnmatched Outcome = 4

	// Of a batch, of an upload and of a switch's day. They are no messages: none of these is in table message.
	OutcomeTotalsDiffer  Outcome = 80 // their totals are not ours: upload the batch
	OutcomeBatchUnknown  Outcome = 81 // a trailer without a settlement before it
	OutcomeBatchClosed   Outcome = 82 // that batch was settled before, with other totals
	OutcomeUploadForeign Outcome = 83 // the RRN is another terminal's
	OutcomeCutOverPast   Outcome = 84 // a cut-over to a day that is over, or that is not the next
	OutcomeKeyRefused    Outcome = 85 // a new key whose check value is wrong, or that nobody can open: the old one stays

	// OutcomeTombstone stands only in the books: the row under the original's key that blocks it.
	OutcomeTombstone Outcome = 5
)

// outcomeNames are the words of metrics, reports and JSON.
var outcomeNames = map[Outcome]string{
	OutcomeApproved: "approved", OutcomeReversed: "reversed", OutcomeReversalNoEffect: "reversal_no_effect",
	OutcomeReversalUnmatched: "reversal_unmatched", OutcomeTombstone: "tombstone",
	OutcomeConflict: "conflict", OutcomeBlocked: "blocked_by_reversal", OutcomeReversalMismatch: "reversal_mismatch",
	OutcomeTerminalUnknown: "terminal_unknown", OutcomeTerminalSuspended: "terminal_suspended",
	OutcomeOutletUnknown: "outlet_unknown", OutcomeOutletSuspended: "outlet_suspended",
	OutcomeCardUnknown: "card_unknown", OutcomeCardLost: "card_lost", OutcomeCardStolen: "card_stolen",
	OutcomeCardBlocked: "card_blocked", OutcomeCardInactive: "card_inactive", OutcomeCardExpired: "card_expired",
	OutcomePINExhausted: "pin_exhausted", OutcomePINMissing: "pin_missing", OutcomePINFault: "pin_fault",
	OutcomePINWrong: "pin_wrong", OutcomeAmountInvalid: "amount_invalid",
	OutcomeWrongProgramme: "wrong_programme", OutcomeCashNotAllowed: "cash_not_allowed",
	OutcomeOutsideHours: "outside_hours", OutcomeAmountLimit: "amount_limit",
	OutcomeDayAmountLimit: "day_amount_limit", OutcomeDayCountLimit: "day_count_limit",
	OutcomeAdviceNotAllowed: "advice_not_allowed", OutcomeAdviceLimit: "advice_limit",
	OutcomeOriginalUnknown: "original_unknown", OutcomeOriginalClosed: "original_closed",
	OutcomeOriginalVoided: "original_voided", OutcomeOriginalReversed: "original_reversed",
	OutcomeRefundLimit: "refund_limit", OutcomeTotalsDiffer: "totals_differ", OutcomeBatchUnknown: "batch_unknown",
	OutcomeBatchClosed: "batch_closed", OutcomeUploadForeign: "upload_foreign", OutcomeCutOverPast: "cut_over_past",
	OutcomeKeyRefused:    "key_refused",
	OutcomeAccountFrozen: "account_frozen", OutcomeInsufficientFunds: "insufficient_funds",
	OutcomeNotFunded: "not_funded", OutcomeAidReturned: "aid_returned", OutcomeAidExpired: "aid_expired",
}

// String names the outcome as metrics and reports do.
func (o Outcome) String() string {
	if name, ok := outcomeNames[o]; ok {
		return name
	}
	return "unknown_outcome"
}

// Outcomes lists every outcome that a Result can carry, for those who prepare a counter or a table row for each.
func Outcomes() []Outcome {
	all := make([]Outcome, 0, len(outcomeNames))
	for o := range outcomeNames {
		if o != OutcomeTombstone {
			all = append(all, o)
		}
	}
	return all
}

// Good tells whether the terminal may take the answer as done: approved, or a reversal that was heard.
func (o Outcome) Good() bool { return o >= OutcomeApproved && o <= OutcomeReversalUnmatched }
