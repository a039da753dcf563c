package gateway

import (
	"context"

	"bpnt/iso"
	"bpnt/ledger"
)

// closing is the close of a batch, from both sides.
type closing struct {
	sent               iso.Totals // as the terminal counts
	ledger.BatchAnswer            // as the books do
}

// settlement prepares the close of a terminal's batch (0500): with the terminal's totals, or, after those did not agree
// and the batch was uploaded, as the trailer. It stands in the terminal's chain alone, so that it counts what the
// terminal has in flight; purchases over other gateways meet the barrier of the ledger.
func (c *conn) settlement(x *exchange, m *iso.Settlement) {
	x.closing = &closing{sent: m.Totals}
	claim := ledger.BatchClaim{
		Link: c.link.id, TID: x.head.TID, MID: x.head.MID, STAN: x.head.STAN,
		SentBatch: int32(number(m.Batch)), Totals: sumTotals(m.Totals), Trailer: m.Trailer,
	}
	c.send(x, func(ctx context.Context) (ledger.Outcome, error) {
		answer, err := c.gateway.ledger.CloseBatch(ctx, claim)
		x.closing.BatchAnswer = answer
		return answer.Outcome, err
	})
}

// sumTotals adds up the pairs of DE63: the first, third and fifth are sales, the others refunds.
func sumTotals(t iso.Totals) (sum ledger.Totals) {
	for i, pair := range t.Pairs[:t.N] {
		if i%2 == 0 {
			sum.Sales, sum.SalesAmount = sum.Sales+pair.Count, sum.SalesAmount+pair.Amount
		} else {
			sum.Refunds, sum.RefundsAmount = sum.Refunds+pair.Count, sum.RefundsAmount+pair.Amount
		}
	}
	return sum
}
