package gateway

import (
	"bpnt/iso"
	"bpnt/ledger"
)

// refund prepares the giving back of all or part of the purchase that DE37 names, where the link's outlets may do that. To
// all others it is an unknown transaction.
func (c *conn) refund(x *exchange, m *iso.Refund) {
	c.payment(x, ledger.KindRefund, &m.Payment)
	if !c.link.Refund {
		x.refuse(c.gateway.unposted(x, verdictBadCode, shedNoRefund))
		return
	}
	x.request.Original = ledger.ParseRRN(x.head.RRN)
}
