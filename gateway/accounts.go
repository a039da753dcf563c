package gateway

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"bpnt/iso"
	"bpnt/ledger"
)

// Accounts are the programmes that a link's terminals ask for by the from-account, digits 3 and 4 of DE3: on Indonesian
// switches 10 is savings, where PKH money is, and 60 e-money, where BPNT's is. 00 never stands here: a message with it
// names no programme, so the card's goes before the link's. An empty table leaves every message to that rule, whatever
// its digits.
type Accounts map[string]string

// mistakes checks the digits; whether there is such a programme only the ledger knows (Gateway.accounts).
func (a Accounts) mistakes() (found []string) {
	for _, digits := range slices.Sorted(maps.Keys(a)) {
		switch {
		case len(digits) != 2 || !twoDigits(digits):
			found = append(found, fmt.Sprintf("accounts: %q is not two digits", digits))
		case digits == iso.AccountDefault:
			found = append(found, "accounts: 00 names no account: it goes by the card, else by the link's programme; leave it out")
		case a[digits] == "":
			found = append(found, fmt.Sprintf("accounts.%s: the programme is missing", digits))
		}
	}
	return found
}

func twoDigits(s string) bool { return s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9' }

// accountTable is Accounts as messages look it up: the programme's number by the digits' value, 0 for none.
type accountTable [100]int16

// programmeOf is the programme that a message with this DE3 is about; named tells whether the message says so itself.
// 0 stands for an account that the link does not serve.
func (l *link) programmeOf(processingCode int32) (programme int16, named bool) {
	account := processingCode / 100 % 100
	if account == 0 || len(l.Accounts) == 0 {
		return l.programme, false
	}
	return l.accounts[account], true
}

// account notes whose money a redemption or an inquiry is about. An account that the link does not serve is refused
// here: it is the terminal's setting that is wrong, nothing of the card is, so the ledger has nothing to decide or to
// keep. A reversal is never asked: it finds the programme by its original.
func (c *conn) account(x *exchange) {
	programme, named := c.link.programmeOf(x.request.ProcessingCode)
	x.request.Programme, x.request.ByCard = programme, !named
	if programme == 0 {
		x.refuse(c.gateway.unposted(x, verdictNoAccount, shedNoAccount))
	}
}

// programmes asks the ledger for the numbers of a link's programmes. All that it does not have are told at once.
func (g *Gateway) programmes(ctx context.Context, l *link) error {
	var missing Mistakes
	find := func(setting, code string) (int16, error) {
		id, err := g.ledger.ProgrammeID(ctx, code)
		if errors.Is(err, ledger.ErrNotFound) {
			missing = append(missing, fmt.Sprintf("link %q: %s: the ledger has no programme %q", l.Name, setting, code))
			return 0, nil
		}
		return id, err
	}
	var err error
	if l.programme, err = find("programme", l.Programme); err != nil {
		return err
	}
	for _, digits := range slices.Sorted(maps.Keys(l.Accounts)) {
		at := number(digits)
		if l.accounts[at], err = find("accounts."+digits, l.Accounts[digits]); err != nil {
			return err
		}
	}
	if len(missing) > 0 {
		return missing
	}
	return nil
}
