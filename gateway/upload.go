package gateway

import (
	"context"

	"bpnt/iso"
	"bpnt/ledger"
)

// upload prepares one transaction of a batch whose totals differ (0320). It is held against the books by its terminal, STAN
// and RRN, and never debited: what the books do not have goes to the exceptions.
func (c *conn) upload(x *exchange, m *iso.Upload) {
	item := ledger.UploadItem{
		Link: c.link.id, TID: x.head.TID, STAN: x.head.STAN, OriginalMTI: int32(number(m.OriginalMTI.String())),
		OriginalSTAN: m.OriginalSTAN, RRN: m.OriginalRRN, PAN: c.gateway.panKey(m.PAN), Amount: m.Amount,
		ProcessingCode: int32(number(x.head.ProcessingCode)),
	}
	c.send(x, func(ctx context.Context) (ledger.Outcome, error) {
		answer, err := c.gateway.ledger.Upload(ctx, item)
		return answer.Outcome, err
	})
}
