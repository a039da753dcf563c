package gateway

import (
	"context"

	"bpnt/iso"
	"bpnt/ledger"
)

// reconciliation holds a switch's figures for a business day against the books (0500, or 0520 where it only tells us).
// Nothing moves: what does not agree is an exception, for people.
func (c *conn) reconciliation(x *exchange, m *iso.Reconciliation) {
	x.institution = m.Institution
	claim := ledger.SwitchClaim{
		Link: c.link.id, STAN: x.head.STAN, Date: x.head.Route.SettlementDate, Totals: switchTotals(m.Figures),
		Advice: x.head.MTI.Original() == iso.MTIReconciliationAdvice,
	}
	c.send(x, func(ctx context.Context) (ledger.Outcome, error) {
		answer, err := c.gateway.ledger.Reconcile(ctx, claim)
		x.day = &answer
		return answer.Outcome, err
	})
}

// switchTotals are a switch's figures as the books have them. DE97 is credits less debits; the books count what the switch
// owes, which is the other way round.
func switchTotals(f iso.Figures) ledger.SwitchTotals {
	sum := func(t iso.Total) ledger.Sum { return ledger.Sum{Count: t.Count, Amount: t.Amount} }
	return ledger.SwitchTotals{
		Debits: sum(f.Debits), DebitReversals: sum(f.DebitReversals),
		Credits: sum(f.Credits), CreditReversals: sum(f.CreditReversals), Net: -f.Net,
	}
}

// switchFigures is the way back: what we count.
func switchFigures(t ledger.SwitchTotals) iso.Figures {
	total := func(s ledger.Sum) iso.Total { return iso.Total{Count: s.Count, Amount: s.Amount} }
	return iso.Figures{
		Debits: total(t.Debits), DebitReversals: total(t.DebitReversals),
		Credits: total(t.Credits), CreditReversals: total(t.CreditReversals), Net: -t.Net,
	}
}
