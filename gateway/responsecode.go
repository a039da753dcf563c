package gateway

import (
	"fmt"
	"slices"

	"bpnt/ledger"
)

// verdict is what the gateway says of a message: an outcome of the ledger, or one of its own for what never reached
// the ledger. Own verdicts have numbers beyond those of the ledger.
type verdict int16

const (
	verdictPoisoned    verdict = 100 + iota // the ledger rejects this one request, for a reason that is no outcome
	verdictUnavailable                      // nothing was posted: the database is away or the gateway is full
	verdictFormat                           // the message parses only in part
	verdictMAC                              // DE64 is wrong or missing
	verdictBadCode                          // a processing code that this gateway does not serve
	verdictNoAccount                        // a from-account (digits 3 and 4 of DE3) that this link does not serve
	verdictNoFunction                       // a message type or network function that it does not serve
	verdictNetwork                          // logon, echo, sign-on
	verdictNotSignedOn                      // a switch that sends traffic before it signed on
	verdictSilence                          // no answer at all
	verdictMax
)

var verdictNames = map[verdict]string{
	verdictPoisoned: "poisoned", verdictUnavailable: "unavailable", verdictFormat: "format", verdictMAC: "mac",
	verdictBadCode: "unsupported_code", verdictNoAccount: "unsupported_account", verdictNoFunction: "unsupported_function", verdictNetwork: "network",
	verdictNotSignedOn: "not_signed_on",
}

// String names the verdict as configuration and metrics do.
func (v verdict) String() string {
	if name, ok := verdictNames[v]; ok {
		return name
	}
	return ledger.Outcome(v).String()
}

// good tells whether the terminal may take the answer as done.
func (v verdict) good() bool { return v == verdictNetwork || ledger.Outcome(v).Good() }

// trouble tells whether the answer speaks of the gateway or of the wire, not of a card or a balance.
func (v verdict) trouble() bool { return v >= verdictPoisoned && v != verdictNetwork }

// codeTable is DE39 by verdict.
type codeTable [verdictMax]string

// defaultCodes is DOMAIN B.6: the meanings of ISO 8583:1987 as terminals in Indonesia show them.
var defaultCodes = map[verdict]string{
	verdict(ledger.OutcomeApproved):          "00",
	verdict(ledger.OutcomeReversed):          "00",
	verdict(ledger.OutcomeReversalNoEffect):  "00",
	verdict(ledger.OutcomeReversalUnmatched): "00", // so that the terminal clears its reversal queue; 25 on some links
	verdict(ledger.OutcomeConflict):          "94",
	verdict(ledger.OutcomeBlocked):           "94",
	verdict(ledger.OutcomeReversalMismatch):  "12", // "invalid transaction": people must look; 77 belongs to batches
	verdict(ledger.OutcomeTerminalUnknown):   "58",
	verdict(ledger.OutcomeTerminalSuspended): "58",
	verdict(ledger.OutcomeOutletUnknown):     "03",
	verdict(ledger.OutcomeOutletSuspended):   "03",
	verdict(ledger.OutcomeCardUnknown):       "14",
	verdict(ledger.OutcomeCardLost):          "41",
	verdict(ledger.OutcomeCardStolen):        "43",
	verdict(ledger.OutcomeCardBlocked):       "62",
	verdict(ledger.OutcomeCardInactive):      "62", // restricted, as a blocked one: with 14 the family would look for another card
	verdict(ledger.OutcomeCardExpired):       "54",
	verdict(ledger.OutcomePINExhausted):      "75",
	verdict(ledger.OutcomePINMissing):        "55",
	verdict(ledger.OutcomePINFault):          "96", // a key out of step is our fault: with 55 the family would try again in vain
	verdict(ledger.OutcomePINWrong):          "55",
	verdict(ledger.OutcomeAmountInvalid):     "13",
	verdict(ledger.OutcomeWrongProgramme):    "57",
	verdict(ledger.OutcomeCashNotAllowed):    "57",
	verdict(ledger.OutcomeOutsideHours):      "57", // the programme's hours bind the card at any terminal; 58 would blame this one
	verdict(ledger.OutcomeAmountLimit):       "61",
	verdict(ledger.OutcomeDayAmountLimit):    "61",
	verdict(ledger.OutcomeDayCountLimit):     "65",
	verdict(ledger.OutcomeAdviceNotAllowed):  "57",
	verdict(ledger.OutcomeAdviceLimit):       "61",
	verdict(ledger.OutcomeOriginalUnknown):   "25",
	verdict(ledger.OutcomeOriginalClosed):    "25",
	verdict(ledger.OutcomeOriginalVoided):    "25",
	verdict(ledger.OutcomeOriginalReversed):  "25",
	verdict(ledger.OutcomeRefundLimit):       "61",
	verdict(ledger.OutcomeTotalsDiffer):      "95",
	verdict(ledger.OutcomeBatchUnknown):      "77",
	verdict(ledger.OutcomeBatchClosed):       "79",
	verdict(ledger.OutcomeUploadForeign):     "25",
	verdict(ledger.OutcomeCutOverPast):       "12",
	verdict(ledger.OutcomeKeyRefused):        "96",
	verdict(ledger.OutcomeAccountFrozen):     "62",
	verdict(ledger.OutcomeInsufficientFunds): "51",
	verdict(ledger.OutcomeNotFunded):         "51",
	verdict(ledger.OutcomeAidReturned):       "51",
	verdict(ledger.OutcomeAidExpired):        "51",
	verdictPoisoned:                          "96",
	verdictUnavailable:                       "91",
	verdictFormat:                            "30",
	verdictMAC:                               "63",
	verdictBadCode:                           "12",
	verdictNoAccount:                         "12", // the terminal is set up wrongly; 57 would send the family to the bank with a good card
	verdictNoFunction:                        "40",
	verdictNetwork:                           "00",
	verdictNotSignedOn:                       "01", // as an Indonesian switch says "need to sign on"
}

// newCodeTable is the default table with a link's own codes in place.
func newCodeTable(overrides map[string]string) (table codeTable, mistakes []string) {
	for v, code := range defaultCodes {
		table[v] = code
		if own, ok := overrides[v.String()]; ok {
			table[v] = own
		}
	}
	for name, code := range overrides {
		v, known := verdictNamed(name)
		switch {
		case !known:
			mistakes = append(mistakes, fmt.Sprintf("response_codes: there is no outcome %q", name))
		case approvalCode(code) && !v.good():
			mistakes = append(mistakes, fmt.Sprintf("response_codes.%s: %s is an approval, and this is none: it would be food without a debit", name, code))
		case v == verdict(ledger.OutcomeApproved) && !approvalCode(code):
			mistakes = append(mistakes, fmt.Sprintf("response_codes.approved: %s is no approval: it would be a debit without food", code))
		case !twoCharacters(code):
			mistakes = append(mistakes, fmt.Sprintf("response_codes.%s: %q is not two letters or digits", name, code))
		}
	}
	slices.Sort(mistakes)
	return table, mistakes
}

// approvalCode tells whether terminals take a code as an approval (ISO 8583:1987).
func approvalCode(code string) bool {
	return slices.Contains([]string{"00", "08", "10", "11", "16"}, code)
}

// verdictNamed finds the verdict that configuration knows by this name.
func verdictNamed(name string) (verdict, bool) {
	for v := range defaultCodes {
		if v.String() == name {
			return v, true
		}
	}
	return 0, false
}

func twoCharacters(code string) bool {
	alnum := func(c byte) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }
	return len(code) == 2 && alnum(code[0]) && alnum(code[1])
}
